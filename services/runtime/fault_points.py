"""Named places at which a drill may kill a process, so that a crash comes exactly where it hurts most.

A process passes `reached(name)` at each of its places. Where `ADLOOM_CRASH_POINTS` names a folder and a drill has put a
file of that name there (`arm`), the process kills itself with SIGKILL once it has passed as often as the file says, or
freezes. Without the setting a pass costs one look at a cached value.
"""

from __future__ import annotations

import os
import signal
from functools import cache
from pathlib import Path
from typing import Final

VARIABLE: Final = "ADLOOM_CRASH_POINTS"

_WORKER: Final = (
    "recovered",  # partitions and states are there, nothing was read yet
    "emission.before",  # states are advanced in memory, records and dead letters are not sent
    "emission.after",  # the broker has them, no state is stored
    "table.before",  # likewise; also where nothing was to be sent
    "table.between",  # the local store has the states, the changelog has not
    "table.after",  # the changelog has them
    "commit.before",  # finished work is about to be committed
    "commit.after",
)

POINTS: Final[dict[str, tuple[str, ...]]] = {
    "profiles": (*_WORKER, "feast.before", "feast.after"),
    "outcomes": _WORKER,
    "evaluation": (
        "emission.before",  # letters, a report or a posterior are about to be sent
        "emission.after",
        "ledger.before",  # a batch was read, nothing of it is written
        "ledger.between",  # its ids are written, its sums and offsets are not
        "ledger.after",  # sums, ids and offsets are committed
        "noted",  # a new version of the posterior is in the ledger and not on its way
    ),
}
"""The places of each process, in the order in which a batch passes them."""


def reached(process: str, place: str) -> None:
    """Returns, unless a drill has armed this place of this process and its passes are used up."""
    folder = _folder()
    if folder is None:
        return
    file = _file(folder, process, place)
    try:
        left, signum = map(int, file.read_text().split())
    except FileNotFoundError:
        return
    if left > 0:
        _write(file, left - 1, signum)
        return
    file.unlink()
    os.kill(os.getpid(), signum)


def arm(folder: Path, process: str, place: str, passes: int = 0, signum: int = signal.SIGKILL) -> None:
    """Lets the process die at this place, or freeze (SIGSTOP), after it has passed there so many times."""
    _write(_file(folder, process, place), passes, signum)


def is_armed(folder: Path, process: str, place: str) -> bool:
    """Whether the process has not died there yet."""
    return _file(folder, process, place).exists()


def disarm(folder: Path, process: str, place: str) -> bool:
    """Takes the trap away; whether it was still there."""
    file = _file(folder, process, place)
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


def in_a_drill() -> bool:
    """Whether anybody may arm a place at all."""
    return _folder() is not None


@cache
def _folder() -> Path | None:
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def _file(folder: Path, process: str, place: str) -> Path:
    if place not in POINTS[process]:
        raise ValueError(f"{process} has no place called {place!r}")
    return folder / f"{process}.{place}"


def _write(file: Path, passes: int, signum: int) -> None:
    """Whole at any moment: a process may be reading."""
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(f"{passes} {int(signum)}")
    draft.replace(file)

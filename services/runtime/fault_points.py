"""Fault points: named points in the code at which a drill may kill or freeze a process.

A process calls `reached` at each of its points. If `ADLOOM_CRASH_POINTS` names a folder and a drill has put a file for
the point there (`arm`), the process sends itself the file's signal (SIGKILL or SIGSTOP) after the number of passes that
the file states. Without the setting, a pass costs one read of a cached value.
"""

from __future__ import annotations

import os
import signal
from functools import cache
from pathlib import Path
from typing import Final

VARIABLE: Final = "ADLOOM_CRASH_POINTS"

_WORKER: Final = (
    "recovered",  # partitions are assigned and states restored, nothing was read yet
    "emission.before",  # states are advanced in memory, records and dead letters are not sent
    "emission.after",  # the broker has the records, no state is stored
    "table.before",  # the same moment, but also reached when there is nothing to send
    "table.between",  # the local store has the states, the changelog has not
    "table.after",  # the changelog has them
    "commit.before",  # finished work is about to be committed
    "commit.after",
)

POINTS: Final[dict[str, tuple[str, ...]]] = {
    "profiles": (*_WORKER, "feast.before", "feast.after"),
    "outcomes": _WORKER,
    "evaluation": (
        "emission.before",  # dead letters, a report or a posterior are about to be sent
        "emission.after",
        "store.before",  # a batch was read, none of it is written to the store
        "store.between",  # its ids are written, its sums and offsets are not
        "store.after",  # sums, ids and offsets are committed
        "noted",  # a new version of the posterior is in the store, but not sent
    ),
}
"""The fault points of each process, in the order in which a batch passes them."""


def reached(process: str, point: str) -> None:
    """Returns, unless a drill has armed this point of this process and its passes are used up."""
    folder = _folder()
    if folder is None:
        return
    file = _file(folder, process, point)
    try:
        left, signum = map(int, file.read_text().split())
    except FileNotFoundError:
        return
    if left > 0:
        _write(file, left - 1, signum)
        return
    file.unlink()
    os.kill(os.getpid(), signum)


def arm(folder: Path, process: str, point: str, passes: int = 0, signum: int = signal.SIGKILL) -> None:
    """Makes the process die at this point, or freeze (SIGSTOP), after `passes` passes."""
    _write(_file(folder, process, point), passes, signum)


def is_armed(folder: Path, process: str, point: str) -> bool:
    """Whether the point is armed and has not been triggered yet."""
    return _file(folder, process, point).exists()


def disarm(folder: Path, process: str, point: str) -> bool:
    """Disarms the point; returns whether it was still armed."""
    file = _file(folder, process, point)
    there = file.exists()
    file.unlink(missing_ok=True)
    return there


def in_a_drill() -> bool:
    """Whether this process was started with fault points enabled."""
    return _folder() is not None


@cache
def _folder() -> Path | None:
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def _file(folder: Path, process: str, point: str) -> Path:
    if point not in POINTS[process]:
        raise ValueError(f"{process} has no fault point called {point!r}")
    return folder / f"{process}.{point}"


def _write(file: Path, passes: int, signum: int) -> None:
    """Writes the file atomically, because a process may be reading it."""
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(f"{passes} {int(signum)}")
    draft.replace(file)

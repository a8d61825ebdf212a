"""Looks at a door while a case goes through it: what it answered, how long it took, what it kept."""

from __future__ import annotations

import mmap
import resource
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.tools.drills.fuzzing.case import Case, pack
from services.tools.drills.fuzzing.door import Target

BLOW_UP_KIB: Final = 256 * 1024
"""Growth of the process's peak by one case; the largest one has 4 MiB."""

_CURRENT_BYTES: Final = 16 << 20
_KINDS_KEPT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Finding:
    """A case that a door did not take as it should."""

    kind: str  # crash, stall, memory
    where: str  # the same for cases that fail in the same place
    text: str
    case: Case


class Judge:
    """Sends cases into one door and remembers what came of them; writes the case under way to `current`."""

    def __init__(self, door: Target, current: Path) -> None:
        self.door = door
        self.inputs = 0
        self.findings: dict[tuple[str, str], Finding] = {}
        self.answers: Counter[str] = Counter()
        self.times_s: list[float] = []  # CPU, a sample
        self.slowest_s = 0.0
        self._current = _Current(current)

    def look(self, case: Case) -> bool:
        """Whether the door's answer was one that it had not given before."""
        self._current.write(pack(case))
        kib, began = _peak_kib(), time.process_time()
        answer = self._enter(case)
        took_s = time.process_time() - began
        self._note(case, took_s, _peak_kib() - kib)
        new = answer not in self.answers
        if not new or len(self.answers) < _KINDS_KEPT:
            self.answers[answer] += 1
        return new

    def _enter(self, case: Case) -> str:
        try:
            return self.door.enter(case)
        except Exception as error:  # whatever a door raises is a finding
            self._found("crash", f"{type(error).__name__} {_place(error)}", traceback.format_exc(), case)
            return "crash"

    def _note(self, case: Case, took_s: float, kib: int) -> None:
        self.inputs += 1
        self.slowest_s = max(self.slowest_s, took_s)
        if self.inputs % 16 == 0:
            self.times_s.append(took_s)
        if took_s > self.door.stalls_after_s(case):
            self._found("stall", f"{took_s:.0f} s", f"{took_s:.2f} s of CPU", case)
        if kib > BLOW_UP_KIB and self.inputs > 1:
            self._found("memory", f"{kib >> 18} x 256 MiB", f"the peak grew by {kib >> 10} MiB", case)

    def _found(self, kind: str, where: str, text: str, case: Case) -> None:
        known = self.findings.get((kind, where))
        if known is None or len(pack(case)) < len(pack(known.case)):
            self.findings[kind, where] = Finding(kind, where, text, case)


class _Current:
    """The case under way in a file, for when the process itself does not come back from it."""

    def __init__(self, path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(_CURRENT_BYTES)
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _CURRENT_BYTES)

    def write(self, data: bytes) -> None:
        data = data[: _CURRENT_BYTES - 8]
        self._memory[:8] = len(data).to_bytes(8, "big")
        self._memory[8 : 8 + len(data)] = data


def read_current(path: Path) -> bytes:
    """The packed case that was under way when the process ended."""
    data = path.read_bytes()
    return data[8 : 8 + int.from_bytes(data[:8], "big")]


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _place(error: BaseException) -> str:
    """The innermost line of ours in the error's traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/services/" in frame.filename and "/drills/" not in frame.filename]
    frame = (ours or frames)[-1]
    return f"{Path(frame.filename).name}:{frame.name}"

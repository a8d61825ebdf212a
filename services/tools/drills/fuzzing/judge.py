"""Runs cases through a target and records its answers, its CPU time, and its use of memory."""

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
from services.tools.drills.fuzzing.target import Target

BLOW_UP_KIB: Final = 256 * 1024
"""Limit for the growth of the process's peak memory by one case; the largest case has 4 MiB."""

_CURRENT_BYTES: Final = 16 << 20
_KINDS_KEPT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Finding:
    """A case that a target handled wrongly."""

    kind: str  # crash, stall, memory
    where: str  # the same for cases that fail at the same line
    text: str
    case: Case


class Judge:
    """Runs cases through one target and records the results; writes the current case to the file `current`."""

    def __init__(self, target: Target, current: Path) -> None:
        self.target = target
        self.inputs = 0
        self.findings: dict[tuple[str, str], Finding] = {}
        self.answers: Counter[str] = Counter()
        self.times_s: list[float] = []  # CPU, a sample
        self.slowest_s = 0.0
        self._current = _Current(current)

    def look(self, case: Case) -> bool:
        """Runs a case; True where the target's answer is new."""
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
            return self.target.enter(case)
        except Exception as error:  # every exception of a target is a finding
            self._found("crash", f"{type(error).__name__} {_innermost(error)}", traceback.format_exc(), case)
            return "crash"

    def _note(self, case: Case, took_s: float, kib: int) -> None:
        self.inputs += 1
        self.slowest_s = max(self.slowest_s, took_s)
        if self.inputs % 16 == 0:
            self.times_s.append(took_s)
        if took_s > self.target.stalls_after_s(case):
            self._found("stall", f"{took_s:.0f} s", f"{took_s:.2f} s of CPU", case)
        if kib > BLOW_UP_KIB and self.inputs > 1:
            self._found("memory", f"{kib >> 18} x 256 MiB", f"the peak grew by {kib >> 10} MiB", case)

    def _found(self, kind: str, where: str, text: str, case: Case) -> None:
        known = self.findings.get((kind, where))
        if known is None or len(pack(case)) < len(pack(known.case)):
            self.findings[kind, where] = Finding(kind, where, text, case)


class _Current:
    """Keeps the current case in a file, in case the process itself crashes or hangs on it."""

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
    """The packed case that the process was running when it ended."""
    data = path.read_bytes()
    return data[8 : 8 + int.from_bytes(data[:8], "big")]


def _peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _innermost(error: BaseException) -> str:
    """The innermost function of ours in the error's traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/services/" in frame.filename and "/drills/" not in frame.filename]
    frame = (ours or frames)[-1]
    return f"{Path(frame.filename).name}:{frame.name}"

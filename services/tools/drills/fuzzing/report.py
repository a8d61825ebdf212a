"""The report of the process that fuzzes a target: figures in `report.json`, findings beside it."""

from __future__ import annotations

import hashlib
import json
import resource
import statistics
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from services.tools.drills.fuzzing.case import pack
from services.tools.drills.fuzzing.judge import Finding, Judge

_REPORT: Final = "report.json"
_MOST_ANSWERS: Final = 40


class Timer:
    """Says when a run is over."""

    def __init__(self, seconds: float, inputs: int) -> None:
        self._began = time.monotonic()
        self._seconds = seconds
        self._inputs = inputs
        self._stopped = False

    def stop(self) -> None:
        """Ends the run early."""
        self._stopped = True

    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    def over(self, inputs: int) -> bool:
        """Whether the run has reached a limit or was stopped."""
        return self._stopped or inputs >= self._inputs or self.seconds() >= self._seconds


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a run so far."""

    target: str
    inputs: int
    seconds: float
    median_ms: float  # CPU of one input
    slowest_ms: float  # CPU
    peak_mib: int
    answers: dict[str, int]  # the most frequent ones
    different_answers: int
    findings: list[str]

    @classmethod
    def of(cls, judge: Judge, seconds: float) -> Report:
        """The report of what the judge has recorded so far."""
        return cls(
            judge.target.name,
            judge.inputs,
            round(seconds, 1),
            round(1000 * statistics.median(judge.times_s or [0.0]), 3),
            round(1000 * judge.slowest_s, 1),
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
            dict(judge.answers.most_common(_MOST_ANSWERS)),
            len(judge.answers),
            [f"{found.kind}: {found.where}" for found in judge.findings.values()],
        )


def write_report(folder: Path, report: Report, findings: Iterable[Finding]) -> None:
    """Writes the report atomically, and each finding as `KIND-DIGEST.case` (packed) and `.txt`."""
    for found in findings:
        name = f"{found.kind}-{hashlib.sha256(found.where.encode()).hexdigest()[:8]}"
        (folder / f"{name}.case").write_bytes(pack(found.case))
        (folder / f"{name}.txt").write_text(f"{found.where}\n{found.text}", "utf-8", "backslashreplace")
    draft = folder / f"{_REPORT}.draft"
    draft.write_text(json.dumps(asdict(report), ensure_ascii=True, indent=1))
    draft.replace(folder / _REPORT)


def read_report(folder: Path) -> Report | None:
    """The last report of the process of that folder; None where it wrote none."""
    try:
        return Report(**json.loads((folder / _REPORT).read_text()))
    except FileNotFoundError:
        return None

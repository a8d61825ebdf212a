"""A campaign: all doors fuzzed, each in a process of its own, and what the processes said."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.tools.drills.fuzzing.doors import DOORS
from services.tools.drills.fuzzing.judge import read_current
from services.tools.drills.fuzzing.report import Report, read_report

AT_ONCE: Final = 2
LOWEST_PRIORITY: Final = ("nice", "-n", "19")
_OPEN_S: Final = 600.0  # for imports and a small shop's pictures, at lowest priority on a busy machine
_END_S: Final = 120.0  # for the last input, likewise
_LOOK_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried at each door, until the first of both is over."""

    seconds: float
    inputs: int = 0  # 0: as many as the time allows
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of one door."""

    word: str
    report: Report | None  # None: it never got to an input
    status: int  # of its process
    kept_in: Path  # findings, and the input under way where the process did not end by itself

    @property
    def findings(self) -> list[str]:
        """Everything that was not as it should be."""
        found = list(self.report.findings) if self.report else ["it could not be opened"]
        if self.status:
            found.append(f"its process ended with status {self.status}, the input is kept as `last.case`")
        return found


def visit_all(
    folder: Path, keep: Path, effort: Effort, environ: Mapping[str, str], say: Callable[[str], None]
) -> list[Visit]:
    """Every door, `AT_ONCE` at a time; Ctrl-C ends the visits under way, says what they found, and goes on upwards."""
    running: list[subprocess.Popen[bytes]] = []
    leaving = False

    def visit(word: str) -> Visit:
        if leaving:
            return Visit(word, None, 0, keep)
        process = _begun(word, folder / word, effort, environ)
        running.append(process)
        _end(process, folder / word, effort)
        report = read_report(folder / word)
        if leaving and not (report and report.findings):
            say(f"{word}: interrupted after {report.inputs if report else 0:,} inputs, 0 findings")
            return Visit(word, report, 0, keep)
        done = Visit(word, report, process.returncode, keep / word)
        _keep(folder / word, done)
        kept = f", kept in {done.kept_in}" if done.findings else ""
        say(f"{word}: {done.report.inputs if done.report else 0:,} inputs, {len(done.findings)} findings{kept}")
        return done

    with ThreadPoolExecutor(AT_ONCE) as pool:
        visits = [pool.submit(visit, word) for word in DOORS]
        try:
            return [done.result() for done in visits]
        except KeyboardInterrupt:
            leaving = True
            for process in running:
                process.terminate()
            raise


def _end(process: subprocess.Popen[bytes], folder: Path, effort: Effort) -> None:
    """Returns when it has ended; it is killed where it takes longer."""
    _wait(process, lambda: read_report(folder) is not None, _OPEN_S)
    _wait(process, lambda: False, effort.seconds + _END_S)
    if process.poll() is None:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], holds: Callable[[], bool], within_s: float) -> None:
    """Returns when it holds, when the process has ended, or when the time is over."""
    until = time.monotonic() + within_s
    while process.poll() is None and not holds() and time.monotonic() < until:
        time.sleep(_LOOK_S)


def _begun(word: str, folder: Path, effort: Effort, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True)
    # Half an hour of it must be in nobody's way; a few seconds are somebody's to wait for.
    priority = () if effort.inputs else LOWEST_PRIORITY
    command = [*priority, sys.executable, "-m", "services.tools.drills.fuzzing.process", word, str(folder)]
    command += [f"--seconds={effort.seconds}", f"--inputs={effort.inputs}", f"--seed={effort.seed}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, env=dict(environ), stdout=log, stderr=log, start_new_session=True)


def _keep(folder: Path, visit: Visit) -> None:
    """Copies what was found to where it stays."""
    found = [*folder.glob("*.case"), *folder.glob("*.txt")]
    if not visit.findings:
        return
    visit.kept_in.mkdir(parents=True, exist_ok=True)
    for path in (*found, folder / "log"):
        (visit.kept_in / path.name).write_bytes(path.read_bytes())
    if visit.status and (folder / "current").exists():
        (visit.kept_in / "last.case").write_bytes(read_current(folder / "current"))

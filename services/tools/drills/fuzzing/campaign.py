"""A campaign: fuzzes all targets, each in a process of its own, and collects the reports."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.tools.drills.fuzzing.judge import read_current
from services.tools.drills.fuzzing.report import Report, read_report
from services.tools.drills.fuzzing.targets import TARGETS

AT_ONCE: Final = 2
LOWEST_PRIORITY: Final = ("nice", "-n", "19")
_OPEN_S: Final = 600.0  # for imports and a small shop's pictures, at lowest priority on a busy machine
_END_S: Final = 120.0  # for the last input
_LOOK_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Effort:
    """Limits of the run of each target; the first that is reached ends it."""

    seconds: float
    inputs: int = 0  # 0: no limit
    seed: int = 1


@dataclass(frozen=True, slots=True)
class TargetRun:
    """The result of fuzzing one target."""

    key: str  # of the target
    report: Report | None  # None: no input was tried
    status: int  # exit status of its process
    kept_in: Path  # the folder of findings, and of the last input where the process did not end by itself

    @property
    def findings(self) -> list[str]:
        """All findings, those about the process included."""
        found = list(self.report.findings) if self.report else ["it could not be opened"]
        if self.status:
            found.append(f"its process ended with status {self.status}, the input is kept as `last.case`")
        return found


def fuzz_all(
    folder: Path, keep: Path, effort: Effort, environ: Mapping[str, str], report_progress: Callable[[str], None]
) -> list[TargetRun]:
    """Fuzzes every target, `AT_ONCE` at a time; Ctrl-C ends the running processes, reports their findings, raises."""
    running: list[subprocess.Popen[bytes]] = []
    leaving = False

    def fuzz(key: str) -> TargetRun:
        if leaving:
            return TargetRun(key, None, 0, keep)
        process = _begun(key, folder / key, effort, environ)
        running.append(process)
        _end(process, folder / key, effort)
        report = read_report(folder / key)
        if leaving and not (report and report.findings):
            report_progress(f"{key}: interrupted after {report.inputs if report else 0:,} inputs, 0 findings")
            return TargetRun(key, report, 0, keep)
        done = TargetRun(key, report, process.returncode, keep / key)
        _keep(folder / key, done)
        kept = f", kept in {done.kept_in}" if done.findings else ""
        report_progress(
            f"{key}: {done.report.inputs if done.report else 0:,} inputs, {len(done.findings)} findings{kept}"
        )
        return done

    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [pool.submit(fuzz, key) for key in TARGETS]
        try:
            return [done.result() for done in runs]
        except KeyboardInterrupt:
            leaving = True
            for process in running:
                process.terminate()
            raise


def _end(process: subprocess.Popen[bytes], folder: Path, effort: Effort) -> None:
    """Waits for the process to end, and kills it where it takes too long."""
    _wait(process, lambda: read_report(folder) is not None, _OPEN_S)
    _wait(process, lambda: False, effort.seconds + _END_S)
    if process.poll() is None:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], holds: Callable[[], bool], within_s: float) -> None:
    """Waits until `holds()`, or until the process has ended or the time is over."""
    until = time.monotonic() + within_s
    while process.poll() is None and not holds() and time.monotonic() < until:
        time.sleep(_LOOK_S)


def _begun(key: str, folder: Path, effort: Effort, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    folder.mkdir(parents=True)
    # The long form must not slow other work on the machine; in the short form somebody waits for the result.
    priority = () if effort.inputs else LOWEST_PRIORITY
    command = [*priority, sys.executable, "-m", "services.tools.drills.fuzzing.process", key, str(folder)]
    command += [f"--seconds={effort.seconds}", f"--inputs={effort.inputs}", f"--seed={effort.seed}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, env=dict(environ), stdout=log, stderr=log, start_new_session=True)


def _keep(folder: Path, done: TargetRun) -> None:
    """Copies findings to the folder in which they are kept."""
    found = [*folder.glob("*.case"), *folder.glob("*.txt")]
    if not done.findings:
        return
    done.kept_in.mkdir(parents=True, exist_ok=True)
    for path in (*found, folder / "log"):
        (done.kept_in / path.name).write_bytes(path.read_bytes())
    if done.status and (folder / "current").exists():
        (done.kept_in / "last.case").write_bytes(read_current(folder / "current"))

"""The simulator as a child process that cannot outlive this one, and the answers that its ad server received."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.common.errors import Unavailable

_START_WITHIN_S: Final = 60.0
_END_WITHIN_S: Final = 60.0


class SimulatedTraffic:
    """The simulator process, and its ad server's answers up to now."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log
        self._began = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="run-traffic", daemon=True)
        self.waits_ms: list[float] = []  # for each request, answered or not
        self.degraded = 0
        self.failed = 0
        self.failure = ""  # text of the newest failure
        self._thread.start()

    def wait_until_begun(self) -> None:
        """Returns when the simulator has started; raises `Unavailable` where it does not."""
        waited = 0.0
        while not self._began.wait(0.25):
            waited += 0.25
            self.check()
            if waited > _START_WITHIN_S:
                raise Unavailable("simulator", f"it did not begin within {_START_WITHIN_S:.0f} s, see {self._log}")

    def check(self) -> None:
        """Raises `Unavailable` where the simulator has ended by itself."""
        status = self._process.poll()
        if status is not None:
            raise Unavailable("simulator", f"it ended with status {status}: {_last_line(self._log)}")

    def end(self) -> None:
        """Ends the simulator, and returns when all its events are on Kafka."""
        self.check()
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            status = self._process.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired as error:
            raise Unavailable("simulator", f"it did not end within {_END_WITHIN_S:.0f} s") from error
        self._thread.join(timeout=5.0)
        if status:
            raise Unavailable("simulator", f"it ended with status {status}: {_last_line(self._log)}")

    def _listen(self) -> None:
        for line in self._process.stdout or ():
            answers = json.loads(line)
            self.waits_ms += answers["waits_ms"]
            self.degraded += answers["degraded"]
            self.failed += answers["failed"]
            self.failure = answers["failure"] or self.failure
            self._began.set()


@contextmanager
def simulated_shoppers(environ: Mapping[str, str], log: Path) -> Iterator[SimulatedTraffic]:
    """Runs the simulator inside the `with`; afterwards its process has ended."""
    with (
        log.open("ab") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "services.simulator.main", "--tied"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=dict(environ),
            start_new_session=True,
        ) as process,
    ):
        try:
            yield SimulatedTraffic(process, log)
        finally:
            if process.poll() is None:
                process.kill()


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() or ["(its log is empty)"]
    return lines[-1].removeprefix("adloom: ")

"""A process of ours that a drill starts itself, beside the stack's own or in its place, to kill, freeze and wake it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.tools.drills.waiting import WITHIN_S, answered
from services.tools.stack import launch
from services.tools.stack.addresses import LOOPBACK, any_free_port
from services.tools.stack.health_endpoint import HealthEndpoint, total

MODULES = {
    "profiles": "services.profiles.main",
    "outcomes": "services.outcomes.main",
    "creative": "services.creative.main",
}


@dataclass(slots=True)
class OwnWorker:
    """A process of `service` (a key of MODULES), with its own folder and its own name in the consumer group."""

    service: str
    instance: str
    folder: Path
    environ: Mapping[str, str]  # of the stack that it belongs to
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """The folder of its states."""
        return self.folder / "data"

    def start(self) -> None:
        """Starts it; it ends at the latest when this process ends."""
        self.port = any_free_port()
        own = {
            "ADLOOM_DATA_DIR": str(self.data),
            "ADLOOM_HEALTH_PORT": str(self.port),
            "ADLOOM_INSTANCE": self.instance,
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-m", MODULES[self.service]]
        tied = [sys.executable, "-I", "-S", str(launch.__file__), str(os.getpid()), *command]
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(tied, env={**self.environ, **own}, stdout=log, stderr=log)

    def send(self, signum: signal.Signals) -> None:
        """Sends it a signal."""
        assert self.process is not None
        self.process.send_signal(signum)

    def end(self, signum: signal.Signals = signal.SIGKILL) -> int:
        """Ends it, also where it is frozen; returns its exit status."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.send(signum)
        if signum is not signal.SIGKILL:
            self.send(signal.SIGCONT)
        return self.process.wait(WITHIN_S)

    def runs(self) -> bool:
        """Whether its process is running."""
        return self.process is not None and self.process.poll() is None

    def ready(self) -> bool:
        """Whether it reports that it is ready: it owns its partitions and waits for nothing."""
        return self.endpoint.ready()

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples with these labels; 0 where there are none yet or it does not answer."""
        return self.endpoint.metric(name, **labels)

    def wait_for_metric(self, name: str, **labels: str) -> float:
        """As `metric`, but waits for a worker that is slow to answer; raises `Unavailable` where it never does."""
        return total(answered(self.endpoint.samples), name, labels)

    @property
    def endpoint(self) -> HealthEndpoint:
        """Its health endpoint."""
        return HealthEndpoint(f"{LOOPBACK}:{self.port}", self.instance)

    def owned(self) -> int:
        """How many partitions it owns, by its own metric."""
        return round(self.metric("adloom_partitions"))

    def is_frozen(self) -> bool:
        """Whether a signal has stopped it."""
        if self.process is None or self.process.poll() is not None:
            return False
        status = Path(f"/proc/{self.process.pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "T"

    def has_records_left(self) -> bool:
        """Whether its journal holds records that Kafka has not confirmed (creative)."""
        return any(_bytes_in(file) for file in self.data.rglob("*.journal"))

    def log_tail(self) -> str:
        """The end of its log, for error messages."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]


def _bytes_in(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # dropped meanwhile
        return 0


@contextmanager
def ended_after(workers: list[OwnWorker]) -> Iterator[None]:
    """Kills those of the workers that still run at the end; the list may grow inside the `with`."""
    try:
        yield
    finally:
        for worker in workers:
            worker.end()

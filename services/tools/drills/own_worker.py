"""A Faust worker that a drill starts itself, beside the stack's own or in its place: killed, frozen, woken at will."""

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
    """A process of the room `room`, with a folder and a name of its own among the members of its group."""

    room: str
    instance: str
    folder: Path
    environ: Mapping[str, str]  # of the stack that it works for
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """Where its states lie."""
        return self.folder / "data"

    def start(self) -> None:
        """Starts it; it ends with this process at the latest."""
        self.port = any_free_port()
        own = {
            "ADLOOM_DATA_DIR": str(self.data),
            "ADLOOM_HEALTH_PORT": str(self.port),
            "ADLOOM_INSTANCE": self.instance,
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-m", MODULES[self.room]]
        tied = [sys.executable, "-I", "-S", str(launch.__file__), str(os.getpid()), *command]
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(tied, env={**self.environ, **own}, stdout=log, stderr=log)

    def send(self, signum: signal.Signals) -> None:
        """A signal to it."""
        assert self.process is not None
        self.process.send_signal(signum)

    def end(self, signum: signal.Signals = signal.SIGKILL) -> int:
        """Ends it, frozen or not; its exit status."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.send(signum)
        if signum is not signal.SIGKILL:
            self.send(signal.SIGCONT)
        return self.process.wait(WITHIN_S)

    def runs(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None

    def ready(self) -> bool:
        """Whether it owns its partitions and waits for nothing."""
        return self.door.ready()

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples with these labels; 0 where it has none yet or nobody answers."""
        return self.door.metric(name, **labels)

    def told(self, name: str, **labels: str) -> float:
        """As `metric`, where the worker runs and is only slow to answer; raises `Unavailable` where it never does."""
        return total(answered(self.door.samples), name, labels)

    @property
    def door(self) -> HealthEndpoint:
        """Where it tells how it is."""
        return HealthEndpoint(f"{LOOPBACK}:{self.port}", self.instance)

    def owned(self) -> int:
        """How many partitions it owns, as it believes."""
        return round(self.metric("adloom_partitions"))

    def is_frozen(self) -> bool:
        """Whether a signal has stopped it."""
        if self.process is None or self.process.poll() is not None:
            return False
        status = Path(f"/proc/{self.process.pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "T"

    def last_words(self) -> str:
        """The end of its log, for the person who has to find out."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]


@contextmanager
def ended_after(workers: list[OwnWorker]) -> Iterator[None]:
    """Whatever of them runs at the end is killed; more may join the list meanwhile."""
    try:
        yield
    finally:
        for worker in workers:
            worker.end()

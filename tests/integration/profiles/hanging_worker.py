"""A worker whose processor never returns from the first event that it is given: `python hanging_worker.py`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

from services.common.clock import SystemClock
from services.common.settings import read
from services.common.topics import VIEWS
from services.runtime.health import Readiness
from services.runtime.process import run_process
from services.wire.codec.envelope import Envelope
from services.wire.faust.app import WorkerSettings
from services.wire.faust.processor import PartitionStates, StateUpdate
from services.wire.faust.serve import serve_worker
from services.wire.faust.worker import Worker


class HangingProcessor:
    """Hangs in `advance`."""

    def restore(self, partition: int, states: PartitionStates) -> None:
        """Keeps nothing."""

    def release(self, partition: int) -> None:
        """Drops nothing."""

    def due_users(self, partition: int, watermark_ms: int) -> Sequence[str]:
        """Nobody."""
        return ()

    def check_store(self) -> None:
        """Checks nothing."""

    def advance(
        self, user: str, partition: int, state: bytes | None, events: Sequence[Envelope], watermark_ms: int
    ) -> StateUpdate:
        """Hangs."""
        time.sleep(3600)
        return StateUpdate(state)

    def publish(self, rows: Sequence[object]) -> None:
        """Never comes to this."""


def serve(settings: WorkerSettings, readiness: Readiness) -> None:
    """Until the watchdog ends it."""
    serve_worker(Worker("hanging", settings, (VIEWS,), HangingProcessor(), readiness), SystemClock())


if __name__ == "__main__":
    sys.exit(run_process("hanging", lambda: read(WorkerSettings, os.environ), serve))

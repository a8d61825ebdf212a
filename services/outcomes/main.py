"""Starts the worker `outcomes`: `python -m services.outcomes.main`, settings from `ADLOOM_*`."""

from __future__ import annotations

from services.runtime.starting import leave_quietly

if __name__ == "__main__":
    leave_quietly("outcomes")  # before the other imports, which take seconds

import os
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from services.common.clock import SystemClock
from services.common.key_file import KeyFile
from services.common.settings import AtLeastOne, NotNegative, Seconds, read
from services.features.invalid_traffic import BURST_PER_MINUTE
from services.outcomes.topology import build
from services.runtime.health import Readiness
from services.runtime.process import run_process
from services.wire.faust.app import WorkerSettings
from services.wire.faust.serve import serve_worker


@dataclass(frozen=True, slots=True)
class OutcomesSettings(WorkerSettings):
    """How the worker `outcomes` runs."""

    gather_s: NotNegative = 0.1  # windows are minutes long, and no ad request waits for outcomes
    secrets_dir: Path = Path(".adloom/secrets")
    attribution_window_s: Seconds = 1800.0  # a click counts this long after its impression
    burst_per_minute: AtLeastOne = BURST_PER_MINUTE  # more clicks, or orders, in one minute are a script's


def main() -> int:
    """Runs until SIGTERM; the exit status."""
    return run_process("outcomes", lambda: read(OutcomesSettings, os.environ), serve)


def serve(settings: OutcomesSettings, readiness: Readiness) -> None:
    """Runs the join until SIGTERM."""
    clock = SystemClock()
    window = timedelta(seconds=settings.attribution_window_s)
    keys = KeyFile(settings.secrets_dir, clock.monotonic).keys
    serve_worker(build(settings, keys, window, readiness, settings.burst_per_minute), clock)


if __name__ == "__main__":
    sys.exit(main())

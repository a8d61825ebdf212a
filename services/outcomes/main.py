"""Starts the worker `outcomes`: `python -m services.outcomes.main`, settings from `ADLOOM_*`."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from services.common.clock import SystemClock
from services.common.key_file import KeyFile
from services.common.settings import AtLeastOne, NotNegative, Seconds, read, shown
from services.features.invalid_traffic import BURST_PER_MINUTE
from services.outcomes.topology import build
from services.runtime.health import Readiness
from services.runtime.process import exit_status_of
from services.wire.faust.app import WorkerSettings
from services.wire.faust.serve import serve


@dataclass(frozen=True, slots=True)
class OutcomesSettings(WorkerSettings):
    """How the worker `outcomes` runs."""

    gather_s: NotNegative = 0.1  # windows are minutes long; what a shopper does next waits for `profiles`, not for this
    secrets_dir: Path = Path(".adloom/secrets")
    attribution_window_s: Seconds = 1800.0  # a click counts so long after its impression
    burst_per_minute: AtLeastOne = BURST_PER_MINUTE  # more clicks, or orders, in one minute are a script's


def main() -> int:
    """Runs until SIGTERM; the exit status."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    clock = SystemClock()
    settings = read(OutcomesSettings, os.environ)
    logging.getLogger(__name__).info("%s", shown(settings))
    window = timedelta(seconds=settings.attribution_window_s)
    keys = KeyFile(settings.secrets_dir, clock.monotonic).keys
    return serve(build(settings, keys, window, Readiness(), settings.burst_per_minute), clock)


if __name__ == "__main__":
    sys.exit(exit_status_of("outcomes", main))

"""Starts the worker `profiles`: `python -m services.stream.main`, settings from `ADLOOM_*`."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass

from services.assets.catalogue import demo_catalogue
from services.assets.snapshot import facts_by_product
from services.common.clock import SystemClock
from services.common.errors import Misconfigured
from services.common.health import Readiness
from services.common.settings import read, shown
from services.features.ports import ProfileWriter
from services.stream.late_sink import LateSink
from services.stream.topology import build
from services.wire.faust_app import WorkerSettings
from services.wire.faust_serve import serve


@dataclass(frozen=True, slots=True)
class StreamSettings(WorkerSettings):
    """How the worker `profiles` runs."""

    redis: str = "127.0.0.1:6379"
    burst_per_minute: int = 120  # more events of one kind in one minute mark a shopper as invalid traffic


def main() -> int:
    """Runs until SIGTERM; the exit status."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = read(StreamSettings, os.environ)
        log = logging.getLogger(__name__)
        log.info("%s", shown(settings))
        sink = LateSink(lambda: _feast(settings.redis))
        worker = build(sink, settings, facts_by_product(demo_catalogue()).get, settings.burst_per_minute, Readiness())
    except Misconfigured as exc:
        sys.stderr.write(f"profiles: {exc}\n")
        return 2
    return serve(worker, SystemClock())


def _feast(address: str) -> ProfileWriter:
    from services.features.feast_writer import FeastWriter  # seconds of imports, in a thread

    return FeastWriter(address)


if __name__ == "__main__":
    sys.exit(main())

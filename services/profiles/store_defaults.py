"""Stores the cold-start defaults when the worker starts; waits while the store is down."""

from __future__ import annotations

import logging
import time

from services.common.clock import Clock
from services.common.errors import Unavailable
from services.features.cold_start import DEFAULTS
from services.features.ports import DefaultsWriter
from services.runtime.health import Readiness

log = logging.getLogger(__name__)


def store_defaults(writer: DefaultsWriter, readiness: Readiness, clock: Clock, retry_s: float = 0.25) -> None:
    """Returns when the defaults are stored; blocks while the store is down, with the part named in `readiness`."""
    waited_for = ""
    while True:
        try:
            writer.write_defaults(DEFAULTS, clock.now())
            break
        except Unavailable as exc:
            if exc.part != waited_for:
                log.warning("waits: %s", exc)
            waited_for = exc.part
            readiness.waiting_for(exc.part)
            time.sleep(retry_s)
    if waited_for:
        readiness.has(waited_for)

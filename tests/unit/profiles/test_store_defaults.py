"""The cold-start defaults get into the store, sooner or later, and the process says what it waits for."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from services.common.clock import FixedClock
from services.common.errors import Unavailable
from services.features.cold_start import DEFAULTS
from services.features.memory_store import MemoryStore
from services.profiles.store_defaults import store_defaults
from services.runtime.health import Readiness

CLOCK = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))


def test_the_declared_defaults_are_stored() -> None:
    store, readiness = MemoryStore(CLOCK, defaults={}), Readiness()
    store_defaults(store, readiness, CLOCK)
    assert store.defaults == dict(DEFAULTS)
    assert readiness.waits() == ["start"]


def test_a_store_that_is_down_is_waited_for_by_name() -> None:
    store, readiness = MemoryStore(CLOCK, defaults={}), Readiness()
    store.failure = Unavailable("redis", "told to be down")
    storing = threading.Thread(target=store_defaults, args=(store, readiness, CLOCK, 0.01), daemon=True)
    storing.start()
    until = time.monotonic() + 10.0
    while "redis" not in readiness.waits():
        assert time.monotonic() < until
        time.sleep(0.005)
    assert store.defaults == {}
    store.failure = None
    storing.join(10.0)
    assert store.defaults == dict(DEFAULTS)
    assert readiness.waits() == ["start"]

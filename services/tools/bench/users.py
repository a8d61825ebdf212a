"""The cost of the worker `profiles` with 10^3 to 10^6 shoppers: time per event, memory, bytes in Redis and on disk.

The shoppers of a level include those of the level before. Time is the worker's processor time, so that other load on
the machine hardly matters. With few shoppers, several events of a batch share one state; with many, each event reads
and writes a state of its own.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

from services.common.errors import Unavailable
from services.tools.bench.figures import Figure
from services.tools.bench.sizes import Sizes, process_of, sizes
from services.tools.bench.stream import Shoppers, applied, worker_health
from services.tools.stack.health_endpoint import HealthEndpoint
from services.tools.stack.session import RunningStack

LEVELS = (1_000, 10_000, 100_000, 1_000_000)
MEASURED = 20_000  # events whose cost is measured at each level
_STALLED_S = 60.0
_MIB = 1 << 20


def users(running: RunningStack, largest: int) -> list[Figure]:
    """The figures of every level up to `largest` shoppers; the stack must be fresh."""
    cost = Cost(running, worker_health(running))
    found = {level: cost.at(level) for level in LEVELS if level <= largest}
    return [figure for level in found for figure in _figures(level, found[level], found[LEVELS[0]])]


class Cost:
    """Fills a stack with shoppers and measures."""

    def __init__(self, running: RunningStack, health: HealthEndpoint) -> None:
        self._running = running
        self._health = health
        self._shoppers = Shoppers(running.kafka)
        self._empty = sizes(running)
        self._known = 0
        self._sent = 0

    def at(self, level: int) -> tuple[float, Sizes, Sizes]:
        """Microseconds of processor time per event, sizes, and sizes per user."""
        sys.stderr.write(f"users: {level}\n")
        new = range(self._known, level)
        self._feed(len(new), lambda number: new[number])
        self._known = level
        process = process_of(self._running, "profiles")
        before = sum(process.cpu_times()[:2])
        self._feed(MEASURED, lambda _: self._shoppers.chance.randrange(level))
        spent = sum(process.cpu_times()[:2]) - before
        now = sizes(self._running)
        return spent / MEASURED * 1e6, now, now.per_user(self._empty, level)

    def _feed(self, events: int, shopper: Callable[[int], int]) -> None:
        """Sends events and returns when the worker has applied them."""
        self._shoppers.view(events, shopper)
        self._sent += events
        seen, since = -1.0, time.monotonic()
        while seen < self._sent:
            time.sleep(0.1)
            now = applied(self._health)
            if now > seen:
                seen, since = now, time.monotonic()
            if time.monotonic() - since > _STALLED_S:
                raise Unavailable("profiles", f"{seen:.0f} of {self._sent} events were applied, and no more come")


def _figures(level: int, found: tuple[float, Sizes, Sizes], least: tuple[float, Sizes, Sizes]) -> Iterator[Figure]:
    us, now, each = found
    against, at = f"with {LEVELS[0]} users", f"_{level}_users"
    yield Figure(f"worker_cpu_per_event{at}", us, "us", against, least[0])
    yield Figure(f"worker_resident{at}", now.resident / _MIB, "MiB", against, least[1].resident / _MIB)
    yield Figure(f"redis_bytes_per_user{at}", each.redis, "bytes", against, least[2].redis)
    yield Figure(f"store_bytes_per_user{at}", each.store, "bytes", against, least[2].store)
    yield Figure(f"changelog_bytes_per_user{at}", each.changelog, "bytes", against, least[2].changelog)

"""Admission control: refuses requests beyond capacity at once, with the time to retry, instead of answering late.

While the event loop is on time (`loop_lag.py`), the limit of concurrent requests is the constant `most`: as many as can
be computed one after another while the first caller still waits. A longer queue helps no caller, and the loop lag does
not show a queue that forms elsewhere, such as in front of a Triton on the same processors. Measured at three times
capacity: with 256 admitted, the p50 latency was 175 ms and one call in four got no answer; with 24 it is 70 ms and all
calls get one.

While the loop is late, more requests would only make all of them later. The limit is then the number that the loop
answers in `WAIT_S`, by Little's law (concurrency = throughput times latency; a late loop runs at its full throughput).
When the loop is on time again, the limit grows a little with each look. A request without enough time left for an
answer is never admitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.common.errors import AdloomError, Unavailable
from services.runtime.loop_lag import LoopLag

PUSHBACK_MS: Final = 50
PUSHBACK: Final = (("grpc-retry-pushback-ms", str(PUSHBACK_MS)),)
"""Trailing metadata of a refusal; gRPC clients wait this long before they retry."""

WAIT_S: Final = 0.03
LEAST: Final = 4  # enough to keep a processor busy while some of them wait for Redis or Triton
UNKNOWN: Final = 16  # the limit of a late loop until its throughput is known
MORE: Final = 2  # growth of the limit per look at a loop that is on time: two hundred a second
_NEW: Final = 0.1  # weight of one look in the moving average of the throughput
_SOON_S: Final = 0.001  # least remaining time in which an answer is possible,
_SOON_WHEN_LATE_S: Final = 0.02  # and while the loop is late


class Overloaded(AdloomError):
    """Too many requests are in flight; the caller may retry after `PUSHBACK_MS`."""


class Admission:
    """Counts requests in flight against the limit; belongs to one event loop."""

    def __init__(self, part: str, most: int, lag: LoopLag) -> None:
        """`part` is this process's name; at most `most` requests are admitted, fewer while the loop is late."""
        self.lag = lag
        self._part = part
        self._most = most
        self._room = most
        self._room_when_late: float = UNKNOWN
        self._left = 0  # requests finished since the last look
        lag.on_look = self.look
        self._under_way = 0
        self._coming = 0
        self._leaving = False

    def close(self) -> None:
        """Refuses all further requests, because the process is shutting down."""
        self._leaving = True

    def look(self, elapsed_s: float) -> None:
        """Sets the limit, from the loop's lag and the number of answers in the last `elapsed_s`."""
        if self.lag.is_late():
            answered_in_wait = self._left / elapsed_s * WAIT_S
            self._room_when_late += _NEW * (answered_in_wait - self._room_when_late)
            self._room = min(self._most, max(LEAST, round(self._room_when_late)))
        else:
            self._room = min(self._most, self._room + MORE)
        self._left = 0

    def check(self, remaining_s: float | None = None) -> None:
        """Checks, without taking a slot, whether a request with `remaining_s` left (None: no deadline) is admitted.

        Raises `Unavailable` if the process is shutting down, `Overloaded` if no slot is free or the time is too short.
        """
        self._require(self._under_way + (self._coming if self.lag.is_late() else 0), remaining_s)

    def come(self) -> None:
        """Counts a call that passed `check` and whose message is on its way, until `came`.

        `check` includes these calls only while the loop is late: it would otherwise let in many more than there are
        slots. While the loop is on time, a call that has only begun does not take a slot from another.
        """
        self._coming += 1

    def came(self) -> None:
        """Ends the count of `come`: the call's message has arrived, or is no longer waited for."""
        self._coming -= 1

    def enter(self, remaining_s: float | None = None) -> None:
        """Takes a slot until `leave`; raises as `check` does, without counting calls on their way."""
        self._require(self._under_way, remaining_s)
        self._under_way += 1

    def _require(self, before: int, remaining_s: float | None) -> None:
        if self._leaving:
            raise Unavailable(self._part, "this replica is leaving, ask another")
        if before >= self._room:
            raise Overloaded(f"{before} requests are under way, come back in {PUSHBACK_MS} ms")
        if remaining_s is not None and remaining_s < (_SOON_WHEN_LATE_S if self.lag.is_late() else _SOON_S):
            raise Overloaded(f"its time was over before it was looked at, come back in {PUSHBACK_MS} ms")

    def leave(self) -> None:
        """Releases the slot."""
        self._under_way -= 1
        self._left += 1

    @contextmanager
    def admitted(self, remaining_s: float | None = None) -> Iterator[None]:
        """Holds a slot inside the `with` block; raises as `enter` does."""
        self.enter(remaining_s)
        try:
            yield
        finally:
            self.leave()

"""Who is let in: beyond what the process can answer, a quick refusal that says when to come back beats being late.

`LEAST` requests under way keep the processor busy and are always let in. There is room for more, up to a bound, for as
long as the event loop is on time (`loop_lag.py`): they wait for somebody else, as when Triton is slow, and cost little.
Where the loop is late, more would only make all of them later, whatever the capacity is: then there is room for `LEAST`
again, and from there for a little more with each look that finds the loop on time. Who has no time left for an answer
is not let in at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.common.errors import AdloomError, Unavailable
from services.common.loop_lag import LoopLag

PUSHBACK_MS: Final = 50
PUSHBACK: Final = (("grpc-retry-pushback-ms", str(PUSHBACK_MS)),)
"""Metadata of a refusal, which gRPC clients obey before they try again."""

LEAST: Final = 16
MORE: Final = 2  # with each look at a loop that is on time: two hundred a second
_SOON_S: Final = 0.001  # before its deadline nothing is answered in this time,
_SOON_WHEN_LATE_S: Final = 0.02  # or in this, where the loop is late


class Overloaded(AdloomError):
    """Too many requests are under way; the caller may come back after `PUSHBACK_MS`."""


class Admission:
    """Counts requests under way; belongs to one event loop."""

    def __init__(self, part: str, most: int, lag: LoopLag) -> None:
        """`part` is this process's name; at most `most` are let in, fewer while the loop is late."""
        self.lag = lag
        self._part = part
        self._most = most
        self._room = most
        lag.on_look = self.look
        self._under_way = 0
        self._leaving = False

    def close(self) -> None:
        """From here on nobody is admitted: the process is leaving."""
        self._leaving = True

    def look(self) -> None:
        """How much room there is from here on, by how late the loop is."""
        self._room = min(self._most, LEAST if self.lag.is_late() else self._room + MORE)

    def is_full(self) -> bool:
        """Whether whoever comes now is refused for want of room."""
        return self._under_way >= self._room

    def enter(self, remaining_s: float | None = None) -> None:
        """Takes a place, until `leave`, for who still has `remaining_s` to wait; None: for ever.

        Raises `Unavailable` where the process is leaving, `Overloaded` where there is no room, or no time.
        """
        if self._leaving:
            raise Unavailable(self._part, "this replica is leaving, ask another")
        if self.is_full():
            raise Overloaded(f"{self._under_way} requests are under way, come back in {PUSHBACK_MS} ms")
        if remaining_s is not None and remaining_s < (_SOON_WHEN_LATE_S if self.lag.is_late() else _SOON_S):
            raise Overloaded(f"its time was over before it was looked at, come back in {PUSHBACK_MS} ms")
        self._under_way += 1

    def leave(self) -> None:
        """Gives the place back."""
        self._under_way -= 1

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Holds a place inside the `with`; raises as `enter` does."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

"""Who is let in: beyond what the process can answer, a quick refusal that says when to come back beats being late.

While the event loop is on time (`loop_lag.py`) there is room up to a bound: as many as can be computed one after
another while the first caller still waits. A longer queue than that helps nobody, and the loop does not see it where
it forms elsewhere, in front of a Triton on the same processors: with 256 let in, at three times capacity, answers took
175 ms (p50) and one call in four heard nothing; with 24 it is 70 ms and none.

Where the loop is late, more would only make all of them later. Then there is room for as many as it answers in
`WAIT_S`, by Little's law: requests under way = answers a second times the time of each, and a loop that is late answers
what it can. On time again, there is a little more room with each look. Who has no time left for an answer is not let
in at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from services.common.errors import AdloomError, Unavailable
from services.runtime.loop_lag import LoopLag

PUSHBACK_MS: Final = 50
PUSHBACK: Final = (("grpc-retry-pushback-ms", str(PUSHBACK_MS)),)
"""Metadata of a refusal, which gRPC clients obey before they try again."""

WAIT_S: Final = 0.03
LEAST: Final = 4  # keep a processor busy while some of them wait for Redis or Triton
UNKNOWN: Final = 16  # until it is known what a late loop answers
MORE: Final = 2  # with each look at a loop that is on time: two hundred a second
_NEW: Final = 0.1  # share of a look in the average of answers a second
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
        self._room_when_late: float = UNKNOWN
        self._left = 0  # since the last look
        lag.on_look = self.look
        self._under_way = 0
        self._coming = 0
        self._leaving = False

    def close(self) -> None:
        """From here on nobody is admitted: the process is leaving."""
        self._leaving = True

    def look(self, elapsed_s: float) -> None:
        """How much room there is from here on, by how late the loop is and what it answered in `elapsed_s`."""
        if self.lag.is_late():
            answered_in_wait = self._left / elapsed_s * WAIT_S
            self._room_when_late += _NEW * (answered_in_wait - self._room_when_late)
            self._room = min(self._most, max(LEAST, round(self._room_when_late)))
        else:
            self._room = min(self._most, self._room + MORE)
        self._left = 0

    def check(self, remaining_s: float | None = None) -> None:
        """Whether there is a place for who still has `remaining_s` to wait, None: for ever; takes none.

        Raises `Unavailable` where the process is leaving, `Overloaded` where there is no room, or no time.
        """
        self._require(self._under_way + (self._coming if self.lag.is_late() else 0), remaining_s)

    def come(self) -> None:
        """Somebody was told to come in, and is counted by `check` until `came`, where the loop is late: there many more
        would be told so than there are places. On time, who only begins to come is in nobody's way."""
        self._coming += 1

    def came(self) -> None:
        """Who was told to come in is here, or is not waited for."""
        self._coming -= 1

    def enter(self, remaining_s: float | None = None) -> None:
        """Takes a place, until `leave`; raises as `check` does, whoever else is coming."""
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
        """Gives the place back."""
        self._under_way -= 1
        self._left += 1

    @contextmanager
    def admitted(self, remaining_s: float | None = None) -> Iterator[None]:
        """Holds a place inside the `with`; raises as `check` does."""
        self.enter(remaining_s)
        try:
            yield
        finally:
            self.leave()

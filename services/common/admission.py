"""Who is let in: beyond what the process can answer, a quick refusal that says when to come back beats being late.

`LEAST` requests under way keep the processor busy and are always let in. More are, up to a bound, for as long as the
event loop is on time (`loop_lag.py`): they wait for somebody else, as when Triton is slow, and cost little. Where the
loop is late, more requests would only make all of them later, whatever the capacity is.
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


class Overloaded(AdloomError):
    """Too many requests are under way; the caller may come back after `PUSHBACK_MS`."""


class Admission:
    """Counts requests under way; belongs to one event loop."""

    def __init__(self, part: str, most: int, lag: LoopLag) -> None:
        """`part` is this process's name; at most `most` are let in, or `LEAST` while the loop is late."""
        self.lag = lag
        self._part = part
        self._most = most
        self._under_way = 0
        self._leaving = False

    def close(self) -> None:
        """From here on nobody is admitted: the process is leaving."""
        self._leaving = True

    def is_full(self) -> bool:
        """Whether whoever comes now is refused for want of room."""
        if self._under_way < min(LEAST, self._most):
            return False
        return self._under_way >= self._most or self.lag.is_late()

    def check(self) -> None:
        """Raises what whoever comes now is refused with: `Unavailable` or `Overloaded`."""
        if self._leaving:
            raise Unavailable(self._part, "this replica is leaving, ask another")
        if self.is_full():
            raise Overloaded(f"{self._under_way} requests are under way, come back in {PUSHBACK_MS} ms")

    def enter(self) -> None:
        """Takes a place, until `leave`; raises as `check` does."""
        self.check()
        self._under_way += 1

    def leave(self) -> None:
        """Gives the place back."""
        self._under_way -= 1

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Holds a place inside the `with`; raises as `check` does."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

"""A bound on requests under way: beyond it, a quick refusal that says when to come back beats a slow answer to all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.common.errors import AdloomError, Unavailable

PUSHBACK_MS = 50


class Overloaded(AdloomError):
    """Too many requests are under way; the caller may come back after `PUSHBACK_MS`."""


class Admission:
    """Counts requests under way; belongs to one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._under_way = 0
        self._leaving = False

    def close(self) -> None:
        """From here on nobody is admitted: the process is leaving."""
        self._leaving = True

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Holds a place inside the `with`; raises `Overloaded` where none is free."""
        if self._leaving:
            raise Unavailable("creative", "this replica is leaving, ask another")
        if self._under_way >= self._most:
            raise Overloaded(f"{self._most} requests are under way, come back in {PUSHBACK_MS} ms")
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

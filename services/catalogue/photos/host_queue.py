"""In which order pictures are got: a few at once of one host, and none of a host that seems to be down; pure."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Final

from services.catalogue.photos.links import Wanted

AT_ONCE_OF_A_HOST: Final = 4
FAILURES_OF_A_HOST: Final = 10
"""A host that fails so often in a row is not asked again in this run: each failure may take a minute."""


class HostQueue:
    """Pictures that wait; belongs to one thread."""

    def __init__(self, wanted: Iterable[Wanted], host_of: Callable[[Wanted], str]) -> None:
        self._waiting: dict[str, deque[Wanted]] = {}  # in the order in which hosts are asked
        self._busy = Counter[str]()
        self._failures = Counter[str]()  # in a row
        self._host_of = host_of
        for one in wanted:
            self._waiting.setdefault(host_of(one), deque()).append(one)

    def take(self) -> Wanted | None:
        """The next picture; None where none waits, or where each host that has some is busy."""
        host = next((host for host in self._waiting if self._busy[host] < AT_ONCE_OF_A_HOST), None)
        if host is None:
            return None
        waiting = self._waiting.pop(host)
        one = waiting.popleft()
        if waiting:
            self._waiting[host] = waiting  # behind all other hosts
        self._busy[host] += 1
        return one

    def done(self, one: Wanted, is_down: bool) -> list[Wanted]:
        """Frees the place of a picture; returns those that are given up with it, as their host seems to be down."""
        host = self._host_of(one)
        self._busy[host] -= 1
        self._failures[host] = self._failures[host] + 1 if is_down else 0
        if self._failures[host] < FAILURES_OF_A_HOST:
            return []
        return list(self._waiting.pop(host, ()))

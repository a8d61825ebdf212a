"""In which order pictures are got: a few at once of one host, and none of a host that seems to be down; pure."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from services.catalogue.photos.links import Wanted

AT_ONCE_OF_A_HOST: Final = 4
FAILURES_OF_A_HOST: Final = 10
"""A host that fails so often in a row is not asked again in this run: each failure may take a minute."""


class HostQueue:
    """Pictures that wait; belongs to one thread."""

    def __init__(self, wanted: Iterable[Wanted], host_of: Callable[[Wanted], str], spacing_s: float = 0.0) -> None:
        """`spacing_s` is the least time between two questions to a host."""
        self._waiting: dict[str, deque[Wanted]] = {}  # in the order in which hosts are asked
        self._busy = Counter[str]()
        self._failures = Counter[str]()  # in a row
        self._host_of, self._spacing_s = host_of, spacing_s
        self._next_s: dict[str, float] = {}  # when a host may be asked again
        for one in wanted:
            self._waiting.setdefault(host_of(one), deque()).append(one)

    def add(self, wanted: Sequence[Wanted]) -> None:
        """These wait, too: those of which nothing is known before the others, others behind them."""
        for one in reversed(wanted):
            waiting = self._waiting.setdefault(self._host_of(one), deque())
            (waiting.appendleft if one.before is None else waiting.append)(one)

    def take(self, now_s: float = 0.0) -> Wanted | None:
        """The next picture; None where none waits, or where no host that has some may be asked at this moment."""
        host = next((host for host in self._waiting if self._may_ask(host, now_s)), None)
        if host is None:
            return None
        self._next_s[host] = now_s + self._spacing_s
        waiting = self._waiting.pop(host)
        one = waiting.popleft()
        if waiting:
            self._waiting[host] = waiting  # behind all other hosts
        self._busy[host] += 1
        return one

    def _may_ask(self, host: str, now_s: float) -> bool:
        return self._busy[host] < AT_ONCE_OF_A_HOST and self._next_s.get(host, now_s) <= now_s

    def done(self, one: Wanted, is_down: bool) -> list[Wanted]:
        """Frees the place of a picture; returns those that are given up with it, as their host seems to be down."""
        host = self._host_of(one)
        self._busy[host] -= 1
        self._failures[host] = self._failures[host] + 1 if is_down else 0
        if self._failures[host] < FAILURES_OF_A_HOST:
            return []
        return list(self._waiting.pop(host, ()))

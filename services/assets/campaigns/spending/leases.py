"""One replica's leases: the impressions that it may serve of campaigns with budgets, without asking anybody.

Safe to share between threads: requests take, the thread of `lease_keeper.py` fills up and reports.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

LEASE_SHARE: Final = 0.002
"""Of a budget, at most this share is leased to one replica, and lost where it is killed."""


def lease_size(budget: int) -> int:
    """How many impressions a replica may hold of a budget.

    >>> [lease_size(budget) for budget in (1, 499, 1_000, 100_000)]
    [1, 1, 2, 200]
    """
    return max(1, int(budget * LEASE_SHARE))


@dataclass(frozen=True, slots=True)
class Served:
    """Impressions that this replica served of one campaign since its last report."""

    leased: int = 0
    free: int = 0  # without a lease, because there was no budget of impressions

    def __add__(self, other: Served) -> Served:
        return Served(self.leased + other.leased, self.free + other.free)


class Leases:
    """Impressions by counter; what was not granted cannot be served, unless the counter is open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, int] = {}
        self._open: set[str] = set()  # any number may be served: only clicks are bounded
        self._served: dict[str, Served] = {}
        self._clicked: set[str] = set()  # their clicks are spent

    def take(self, counter: str, most: int) -> int:
        """Takes up to `most` impressions of the lease; they have to be settled."""
        with self._lock:
            taken = min(self._left.get(counter, 0), most)
            if taken:
                self._left[counter] -= taken
            return taken

    def settle(self, counter: str, taken: int, served: int) -> None:
        """So many were served, those that were taken first; what was taken beyond them goes back into the lease."""
        with self._lock:
            if counter in self._left:  # else the lease was dropped meanwhile: what is left of it is lost
                self._left[counter] += max(taken - served, 0)
            if served:
                new = Served(min(taken, served), max(served - taken, 0))
                self._served[counter] = self._served.get(counter, Served()) + new

    def grant(self, counter: str, impressions: int) -> None:
        """So many more may be served."""
        with self._lock:
            self._left[counter] = self._left.get(counter, 0) + impressions

    def open(self, counter: str) -> None:
        """Any number may be served."""
        self._open.add(counter)

    def drop(self, counter: str) -> int:
        """None may be served any more; how many could have been."""
        with self._lock:
            self._open.discard(counter)
            return self._left.pop(counter, 0)

    def left(self, counter: str) -> int:
        """How many impressions are left of the lease."""
        return self._left.get(counter, 0)

    def is_open(self, counter: str) -> bool:
        """Whether any number may be served."""
        return counter in self._open

    def end_by_clicks(self, counter: str) -> None:
        """As many clicks as may be were counted: answers that were given before may not be given again either."""
        self._clicked.add(counter)

    def allow_clicks(self, counter: str) -> None:
        """More clicks may be counted."""
        self._clicked.discard(counter)

    def may_be_clicked(self, counter: str) -> bool:
        """Whether more clicks may be counted, as far as this replica has heard."""
        return counter not in self._clicked

    def held(self) -> Collection[str]:
        """All counters of which something may be served."""
        with self._lock:
            return {*self._left, *self._open}

    def served(self) -> dict[str, Served]:
        """What was served since the last call, by counter."""
        with self._lock:
            served, self._served = self._served, {}
            return served

    def unreport(self, served: dict[str, Served]) -> None:
        """What `served` gave could be told to nobody."""
        with self._lock:
            for counter, count in served.items():
                self._served[counter] = self._served.get(counter, Served()) + count

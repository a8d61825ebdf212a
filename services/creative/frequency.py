"""How often a shopper had a creative from this process lately."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final

_MOST: Final = 4096
"""Servings remembered of one shopper, who may be a program."""


@dataclass(slots=True)
class _Seen:
    served: deque[tuple[float, str]] = field(default_factory=deque)  # time and creative, oldest first
    times: Counter[str] = field(default_factory=Counter)  # of what is in `served`
    capped: frozenset[str] = frozenset()


class FrequencyCaps:
    """Soft caps over a sliding window, for the shoppers seen last; belongs to one thread.

    Kept in this process only: another replica does not know, and a restart forgets. What the caps left out is not among
    a decision's candidates, so its propensities stay exact.
    """

    def __init__(self, limit: int, window_s: float, shoppers: int = 50_000) -> None:
        """A creative is left out once it was served `limit` times within `window_s`; a limit of 0 leaves out none."""
        self._limit = limit
        self._window_s = window_s
        self._shoppers = shoppers
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def capped(self, user_id: str, now: float) -> frozenset[str]:
        """Creatives that the shopper had `limit` times within the window before `now` (monotonic seconds)."""
        seen = self._seen.get(user_id)
        if seen is None:
            return frozenset()
        while seen.served and seen.served[0][0] <= now - self._window_s:
            self._forget_oldest(seen)
        return seen.capped

    def served(self, user_id: str, creative_id: str, now: float) -> None:
        """The shopper was given the creative."""
        if not self._limit:
            return
        seen = self._seen.setdefault(user_id, _Seen())
        if len(seen.served) >= _MOST:
            self._forget_oldest(seen)
        seen.served.append((now, creative_id))
        seen.times[creative_id] += 1
        if seen.times[creative_id] >= self._limit:
            seen.capped |= {creative_id}
        self._seen.move_to_end(user_id)
        if len(self._seen) > self._shoppers:
            self._seen.popitem(last=False)

    def _forget_oldest(self, seen: _Seen) -> None:
        _, creative_id = seen.served.popleft()
        seen.times[creative_id] -= 1
        if seen.times[creative_id] < self._limit:
            seen.capped -= {creative_id}
        if not seen.times[creative_id]:
            del seen.times[creative_id]

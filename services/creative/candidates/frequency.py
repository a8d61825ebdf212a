"""How often a shopper had a creative from this process lately."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

_MOST: Final = 2048
"""Servings remembered of one shopper, who may be a program."""


@dataclass(slots=True)
class _Seen:
    """16 bytes a serving: there are as many as decisions within the window."""

    times: array[float] = field(default_factory=lambda: array("d"))  # of the servings, oldest first
    creatives: list[str] = field(default_factory=list)
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
        self._forget(seen, bisect_right(seen.times, now - self._window_s))
        return seen.capped

    def served(self, user_id: str, creative_id: str, now: float) -> None:
        """The shopper was given the creative."""
        if not self._limit:
            return
        seen = self._seen.setdefault(user_id, _Seen())
        self._forget(seen, len(seen.times) - _MOST + 1)
        seen.times.append(now)
        seen.creatives.append(creative_id)
        if self._is_capped(seen, creative_id):
            seen.capped |= {creative_id}
        self._seen.move_to_end(user_id)
        if len(self._seen) > self._shoppers:
            self._seen.popitem(last=False)

    def _forget(self, seen: _Seen, count: int) -> None:
        """Forgets so many of the oldest."""
        if count > 0:
            gone = seen.capped.intersection(seen.creatives[:count])
            del seen.times[:count], seen.creatives[:count]
            seen.capped -= {creative_id for creative_id in gone if not self._is_capped(seen, creative_id)}

    def _is_capped(self, seen: _Seen, creative_id: str) -> bool:
        return len(seen.creatives) >= self._limit and seen.creatives.count(creative_id) >= self._limit

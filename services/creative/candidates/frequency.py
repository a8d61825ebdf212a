"""Counts how often this process served a creative to a shopper within a time window."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

_MOST: Final = 2048
"""Most servings remembered for one shopper; the bound matters for bots."""


@dataclass(slots=True)
class _Seen:
    """The servings of one shopper, 16 bytes each: compact, because every decision within the window is kept."""

    times: array[float] = field(default_factory=lambda: array("d"))  # of the servings, oldest first
    creatives: list[str] = field(default_factory=list)
    capped: frozenset[str] = frozenset()


class FrequencyCaps:
    """Soft frequency caps over a sliding window, for the most recent shoppers; belongs to one thread.

    The counts are kept in this process only: replicas do not share them, and a restart loses them. A capped creative is
    not among a decision's candidates, so the decision's propensities stay exact.
    """

    def __init__(self, limit: int, window_s: float, shoppers: int = 50_000) -> None:
        """Caps a creative once it was served `limit` times within `window_s`; a limit of 0 disables the caps."""
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
        """Records that the shopper was served the creative."""
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
        """Drops the `count` oldest servings."""
        if count > 0:
            gone = seen.capped.intersection(seen.creatives[:count])
            del seen.times[:count], seen.creatives[:count]
            seen.capped -= {creative_id for creative_id in gone if not self._is_capped(seen, creative_id)}

    def _is_capped(self, seen: _Seen, creative_id: str) -> bool:
        return len(seen.creatives) >= self._limit and seen.creatives.count(creative_id) >= self._limit

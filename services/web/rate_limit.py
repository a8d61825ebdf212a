"""How many requests one caller may make: a token bucket for each, in bounded memory; pure.

A caller's bucket holds `burst` requests and fills by `per_s` a second. Of the callers only the latest `most` are
remembered; one that is forgotten begins with a full bucket, as a new one does.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

MOST: Final = 65_536


class RateLimit:
    """The buckets of all callers.

    >>> limit = RateLimit(per_s=1.0, burst=2)
    >>> [limit.admits("a", at) for at in (0.0, 0.0, 0.0, 0.5, 1.0)], limit.admits("b", 0.0)
    ([True, True, False, False, True], True)
    """

    def __init__(self, per_s: float, burst: int, most: int = MOST) -> None:
        """`per_s` 0: no limit."""
        self._per_s = per_s
        self._burst = burst
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # requests left, and when it was

    def __len__(self) -> int:
        return len(self._buckets)

    def admits(self, caller: str, now_s: float) -> bool:
        """Whether `caller` may make one more request now, which then is counted."""
        if not self._per_s:
            return True
        left, since_s = self._buckets.pop(caller, (float(self._burst), now_s))
        left = min(self._burst, left + (now_s - since_s) * self._per_s)
        admitted = left >= 1.0
        self._buckets[caller] = (left - 1.0 if admitted else left, now_s)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return admitted

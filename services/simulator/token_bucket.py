"""A token bucket, which refills at a steady rate. The caller passes the time."""

from __future__ import annotations

from typing import Final

_MOST_SAVED_S: Final = 0.5


class TokenBucket:
    """`rate` units a second; at most half a second's worth is saved (but at least one unit).

    >>> bucket = TokenBucket(rate=2.0, now_s=0.0)
    >>> [bucket.spend(t) for t in (0.0, 0.1, 0.5, 0.6)]
    [True, False, True, False]
    """

    def __init__(self, rate: float, now_s: float) -> None:
        self._rate = rate
        self._most = max(1.0, rate * _MOST_SAVED_S)
        self._left = 1.0
        self._at_s = now_s

    def spend(self, now_s: float) -> bool:
        """Takes one unit; False where none is left."""
        self._left = min(self._most, self._left + (now_s - self._at_s) * self._rate)
        self._at_s = now_s
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True

"""How often a shopper had a creative from this process lately."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque


class FrequencyCaps:
    """Soft caps over a sliding window, for the shoppers seen last; belongs to one thread.

    Kept in this process only: another replica does not know, and a restart forgets. What the caps left out is not among
    a decision's candidates, so its propensities stay exact.
    """

    def __init__(self, limit: int, window_s: float, shoppers: int = 50_000) -> None:
        self._limit = limit
        self._window_s = window_s
        self._shoppers = shoppers
        self._seen: OrderedDict[str, deque[tuple[float, str]]] = OrderedDict()

    def capped(self, user_id: str, now: float) -> frozenset[str]:
        """Creatives that the shopper had `limit` times within the window before `now` (monotonic seconds)."""
        seen = self._seen.get(user_id)
        if not seen or not self._limit:
            return frozenset()
        while seen and seen[0][0] <= now - self._window_s:
            seen.popleft()
        if len(seen) < self._limit:
            return frozenset()
        counts = Counter(creative_id for _, creative_id in seen)
        return frozenset(creative_id for creative_id, times in counts.items() if times >= self._limit)

    def served(self, user_id: str, creative_id: str, now: float) -> None:
        """The shopper was given the creative."""
        if not self._limit:
            return
        seen = self._seen.setdefault(user_id, deque(maxlen=64 * self._limit))
        seen.append((now, creative_id))
        self._seen.move_to_end(user_id)
        if len(self._seen) > self._shoppers:
            self._seen.popitem(last=False)

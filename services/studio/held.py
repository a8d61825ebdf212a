"""Products whose ads wait for a photo that is being got, each once and for a bounded time; pure."""

from __future__ import annotations

import heapq


class Held:
    """Belongs to one thread."""

    def __init__(self, wait_ms: int) -> None:
        self._wait_ms = wait_ms
        self._until: dict[str, tuple[str, int]] = {}  # by product: the link it waited for, and until when
        self._ends: list[tuple[int, str]] = []  # a heap
        self.now: set[str] = set()  # products that wait

    def holds(self, product_id: str, link: str, changed_ms: int, now_ms: int) -> bool:
        """Whether the product waits for what is behind the link, at most so long after it named it first."""
        before, until_ms = self._until.get(product_id, ("", 0))
        if before != link:
            until_ms = changed_ms + self._wait_ms
            self._until[product_id] = link, until_ms
        if now_ms >= until_ms:
            return False
        self.now.add(product_id)
        heapq.heappush(self._ends, (until_ms, product_id))
        return True

    def release(self, product_id: str) -> None:
        """It is looked at now."""
        self.now.discard(product_id)

    def forget(self, product_id: str) -> None:
        """It is gone."""
        self.now.discard(product_id)
        self._until.pop(product_id, None)

    def over(self, now_ms: int) -> list[str]:
        """Those that have waited long enough."""
        found = []
        while self._ends and self._ends[0][0] <= now_ms:
            until_ms, product_id = heapq.heappop(self._ends)
            if product_id in self.now and self._until[product_id][1] == until_ms:
                found.append(product_id)
        return found

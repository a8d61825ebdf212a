"""The times at which users are due: an index in memory, rebuilt from the states after a restart."""

from __future__ import annotations

import heapq


class Timers:
    """The users of one partition, by the watermark at which they are next due."""

    def __init__(self) -> None:
        self._due: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []  # may hold outdated pairs; `_due` decides

    def put(self, user: str, due_ms: int | None) -> None:
        """Sets the time at which `user` is due; None removes the user."""
        if due_ms is None:
            self._due.pop(user, None)
        elif self._due.get(user) != due_ms:
            self._due[user] = due_ms
            heapq.heappush(self._heap, (due_ms, user))

    def take(self, watermark_ms: int, limit: int) -> list[str]:
        """Removes and returns up to `limit` users that are due at `watermark_ms`, earliest first.

        >>> due = Timers()
        >>> due.put("a", 10); due.put("b", 5); due.put("a", 20)
        >>> due.take(10, limit=9), due.take(20, limit=9)
        (['b'], ['a'])
        """
        users: list[str] = []
        while self._heap and self._heap[0][0] <= watermark_ms and len(users) < limit:
            due_ms, user = heapq.heappop(self._heap)
            if self._due.get(user) == due_ms:
                del self._due[user]
                users.append(user)
        return users

    def __len__(self) -> int:
        return len(self._due)

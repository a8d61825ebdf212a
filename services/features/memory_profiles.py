"""What requests read where profiles are kept in memory: for tests, dry runs and drills without Redis."""

from __future__ import annotations

import asyncio

from services.common.errors import Unavailable
from services.features.memory_store import MemoryStore
from services.features.ports import Reading


class MemoryProfiles:
    """A `RequestProfiles` on a `MemoryStore`; set `delay_s` to see what callers do while they wait."""

    def __init__(self, store: MemoryStore, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s
        self._store = store

    async def read(self, user_id: str, segment: str, budget_s: float) -> Reading:
        """See `RequestProfiles`; the answer takes `delay_s`."""
        if budget_s <= 0:
            raise Unavailable("redis", "no time is left to read a profile")
        try:
            async with asyncio.timeout(budget_s):
                await asyncio.sleep(self.delay_s)
        except TimeoutError as exc:
            raise Unavailable("redis", f"no profile within {budget_s * 1000:.1f} ms") from exc
        return self._store.read([user_id], segment)[user_id]

    def close(self) -> None:
        """Holds nothing."""

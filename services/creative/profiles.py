"""Reads one profile within a slice of the request's time; the reader blocks, so it has threads of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from services.common.errors import Unavailable
from services.features.ports import ProfileReader, Reading

_LOG = logging.getLogger(__name__)
_WAITING_A_THREAD: Final = 8


class Profiles:
    """An awaitable reader with a bound on how many requests wait for it."""

    def __init__(self, reader: ProfileReader, threads: int) -> None:
        self._reader = reader
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="profiles")
        self._most = threads * _WAITING_A_THREAD
        self._under_way = 0

    async def read(self, user_id: str, segment: str, budget_s: float) -> Reading:
        """The user's reading, or the defaults of `segment`; raises `Unavailable("redis")` where it takes too long."""
        if budget_s <= 0 or self._under_way >= self._most:
            raise Unavailable("redis", f"no time or no thread is left to read a profile ({self._under_way} wait)")
        self._under_way += 1
        reading = asyncio.get_running_loop().run_in_executor(self._pool, self._reader.read, [user_id], segment)
        reading.add_done_callback(self._done)
        try:
            async with asyncio.timeout(budget_s):
                return (await asyncio.shield(reading))[user_id]
        except TimeoutError as exc:
            raise Unavailable("redis", f"no profile within {budget_s * 1000:.1f} ms") from exc

    def close(self) -> None:
        """Lets go of the threads; a read that hangs is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _done(self, reading: asyncio.Future[Mapping[str, Reading]]) -> None:
        self._under_way -= 1
        if not reading.cancelled():
            reading.exception()  # of a read that nobody waited for any more


async def keep_defaults_fresh(refresh: Callable[[], None], every_s: float) -> None:
    """Calls the blocking `refresh` now and then, for ever; while the store is down the old defaults stay."""
    while True:
        try:
            await asyncio.to_thread(refresh)
        except Unavailable as lost:
            _LOG.warning("The segments' default profiles stay as they are: %s", lost)
        await asyncio.sleep(every_s)

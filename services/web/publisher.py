"""Hands single records to Kafka without blocking the loop, waits a moment for the broker's word, and sends again.

A record that the broker did not take waits in memory, up to `MOST_WAITING` of them, until it does; it may be sent more
than once, and has one id. What waits is lost with the process: the log says how much.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from concurrent.futures import Executor
from typing import Final

from services.common.errors import Unavailable
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Delivery, Sink

_LOG = logging.getLogger(__name__)
WAIT_S: Final = 1.0
"""The longest that somebody who clicked waits for the broker; the record goes on without them."""

AGAIN_S: Final = 1.0
MOST_WAITING: Final = 10_000


class Publisher:
    """Publishes through a sink, whose `send` may block, in the threads given; belongs to one event loop."""

    def __init__(self, sink: Sink, threads: Executor, wait_s: float = WAIT_S, most_waiting: int = MOST_WAITING) -> None:
        self._sink = sink
        self._threads = threads
        self._wait_s = wait_s
        self._most_waiting = most_waiting
        self._waiting: deque[Record] = deque()

    @property
    def waiting(self) -> int:
        """How many records the broker has not taken yet."""
        return len(self._waiting)

    async def publish(self, record: Record) -> bool:
        """Whether the broker has the record by now; where it has not, it will be sent again if need be."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[bool] = loop.create_future()

        def tell(delivery: Delivery) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._settle, told, record, delivery.error)

        try:
            async with asyncio.timeout(self._wait_s):
                await loop.run_in_executor(self._threads, self._sink.send, record, tell)
                return await told
        except Unavailable as error:
            self._keep(record, error)
            return False
        except TimeoutError:
            return False

    async def send_again(self) -> None:
        """Sends what waits, the oldest first, until the broker refuses one; what it refuses waits on."""
        for _ in range(len(self._waiting)):
            if not await self.publish(self._waiting.popleft()):
                return

    async def keep_sending(self) -> None:
        """Sends again, once in `AGAIN_S`, until it is cancelled."""
        while True:
            await asyncio.sleep(AGAIN_S)
            await self.send_again()

    def _settle(self, told: asyncio.Future[bool], record: Record, error: Exception | None) -> None:
        if error is not None:
            self._keep(record, error)
        if not told.done():
            told.set_result(error is None)

    def _keep(self, record: Record, error: Exception) -> None:
        if len(self._waiting) < self._most_waiting:
            if not self._waiting:
                _LOG.warning("Events wait for Kafka: %s", error)
            self._waiting.append(record)
        else:
            _LOG.error("An event of %s is lost, %d wait already: %s", record.topic, len(self._waiting), error)

"""Hands single records to Kafka without blocking the loop, waits a moment for the broker's word, and sends again.

A record that the broker did not take waits in memory, up to `MOST_WAITING` of them, until it does; it may be sent more
than once, and has one id. What waits is lost with the process: the log says how much.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from concurrent.futures import Executor
from contextlib import suppress
from typing import Final

from services.common.errors import Rejected, Unavailable
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Sink

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
        self._unsettled: set[asyncio.Future[bool]] = set()

    @property
    def waiting(self) -> int:
        """How many records the broker has not taken yet, whether they are being handed over or kept."""
        return len(self._waiting) + len(self._unsettled)

    async def publish(self, record: Record) -> bool:
        """Whether the broker has the record by now; where it has not, it will be sent again if need be.

        Time running out, or the caller leaving, ends only this waiting: the hand-over ends in `_settle` all the same.
        """
        loop = asyncio.get_running_loop()
        told: asyncio.Future[bool] = loop.create_future()
        if self.waiting >= self._most_waiting:
            self._lose(record, Unavailable("kafka", "the broker takes nothing"))
            return False
        self._unsettled.add(told)
        self._threads.submit(self._hand_over, loop, told, record)
        try:
            async with asyncio.timeout(self._wait_s):
                return await told
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

    def _hand_over(self, loop: asyncio.AbstractEventLoop, told: asyncio.Future[bool], record: Record) -> None:
        """Runs in a thread; a record for which nobody waits any more is kept, so that the threads catch up at once."""

        def settle(error: Exception | None) -> None:
            with suppress(RuntimeError):  # the loop has ended, and with it the process
                loop.call_soon_threadsafe(self._settle, told, record, error)

        if told.done():
            settle(Unavailable("kafka", "no thread was free in time"))
            return
        try:
            self._sink.send(record, lambda delivery: settle(delivery.error))
        except Exception as error:  # whatever it is, the record is not sent and must be kept
            settle(error)

    def _settle(self, told: asyncio.Future[bool], record: Record, error: Exception | None) -> None:
        if told not in self._unsettled:
            return
        self._unsettled.remove(told)
        if isinstance(error, Rejected):  # it would be rejected again and again
            self._lose(record, error)
        elif error is not None:
            self._keep(record, error)
        if not told.done():
            told.set_result(error is None)

    def _keep(self, record: Record, error: Exception) -> None:
        if not self._waiting:
            _LOG.warning("Events wait for Kafka: %s", error)
        self._waiting.append(record)

    def _lose(self, record: Record, error: Exception) -> None:
        _LOG.error("An event of %s is lost, %d wait already: %s", record.topic, self.waiting, error)

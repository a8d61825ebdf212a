"""Hands single records to Kafka without blocking the loop, and waits a moment for the broker's word."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import Executor
from typing import Final

from services.common.errors import Unavailable
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Delivery, Sink

_LOG = logging.getLogger(__name__)
WAIT_S: Final = 1.0
"""The longest that somebody who clicked waits for the broker; the record goes on without them."""


class Publisher:
    """Publishes through a sink, whose `send` may block, in the threads given."""

    def __init__(self, sink: Sink, threads: Executor, wait_s: float = WAIT_S) -> None:
        self._sink = sink
        self._threads = threads
        self._wait_s = wait_s

    async def publish(self, record: Record) -> bool:
        """Whether the broker has the record; False where it is still under way, or was lost, which is logged."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[bool] = loop.create_future()

        def tell(delivery: Delivery) -> None:
            if delivery.error is not None:
                _LOG.error("An event of %s was not delivered: %s", record.topic, delivery.error)
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, told, delivery.error is None)

        try:
            async with asyncio.timeout(self._wait_s):
                await loop.run_in_executor(self._threads, self._sink.send, record, tell)
                return await told
        except Unavailable as error:
            _LOG.error("An event of %s was not taken: %s", record.topic, error)
            return False
        except TimeoutError:
            return False


def _settle(told: asyncio.Future[bool], delivered: bool) -> None:
    if not told.done():
        told.set_result(delivered)

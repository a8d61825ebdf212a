"""Hands the records of a request to the sink and waits for the broker's acknowledgements until the deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

from services.common.errors import AdloomError, Unavailable
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Delivery, Sink

Fate = AdloomError | None
"""The result for one record; None: all in-sync replicas have it."""

LATE = Unavailable("kafka", "its word did not come in time; send the event again under the same id")


class Publisher:
    """Publishes batches; `hand_over` runs in `threads`, because a sink may block while too much is under way."""

    def __init__(self, sink: Sink, threads: Executor, late: Unavailable = LATE) -> None:
        self._sink = sink
        self._threads = threads
        self._late = late

    async def publish(self, records: Sequence[Record], timeout_s: float) -> list[Fate]:
        """The result of each record; `late` for those without an acknowledgement within `timeout_s`.

        A late record may still arrive. Sending it again then makes a duplicate, which consumers recognise by its id.
        """
        if not records:
            return []
        loop = asyncio.get_running_loop()
        results: list[asyncio.Future[Fate]] = [loop.create_future() for _ in records]
        handing = loop.run_in_executor(self._threads, self._hand_over, records, results, loop)
        waited_for: list[asyncio.Future[Any]] = [handing, *results]
        await asyncio.wait(waited_for, timeout=max(timeout_s, 0.0))
        if handing.done():
            handing.result()  # raises a bug in `_hand_over`
        return [future.result() if future.done() else self._late for future in results]

    def _hand_over(
        self, records: Sequence[Record], results: list[asyncio.Future[Fate]], loop: asyncio.AbstractEventLoop
    ) -> None:
        refused: Unavailable | None = None
        for record, future in zip(records, results, strict=True):
            if refused is None:
                try:
                    self._sink.send(record, lambda delivery, f=future: _settle_from_thread(loop, f, delivery))  # type: ignore[misc]
                    continue
                except Unavailable as error:
                    refused = error  # the sink has already blocked for its limit: do not wait again for the rest
            _settle_from_thread(loop, future, Delivery(record, error=refused))


def _settle_from_thread(loop: asyncio.AbstractEventLoop, future: asyncio.Future[Fate], delivery: Delivery) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(_settle, future, delivery.error)


def _settle(future: asyncio.Future[Fate], fate: Fate) -> None:
    if not future.done():
        future.set_result(fate)

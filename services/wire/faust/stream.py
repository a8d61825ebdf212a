"""A Faust stream whose batches come when there is something, say when there is nothing, and acknowledge nothing.

Faust's own `take_events` waits out its time before every batch, passes every message through two generators, and
acknowledges a batch in a `finally`, so that a batch whose body was cancelled is lost. Here the body says what it has
finished (`BatchConsumer.finished`), and whatever it has not is read again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable

import faust

from services.wire.codec.envelope import RawRecord
from services.wire.faust.consumer import Chunk


class BatchStream(faust.Stream[bytes]):
    """Chosen by the worker's app as its class of streams."""

    async def take_batches(self, max_: int, within: float) -> AsyncGenerator[tuple[int, list[RawRecord]], None]:
        """About `max_` messages that are there, as soon as one is; an empty batch after `within` seconds of silence.

        With the group's generation in which they were read. Messages read before the last rebalance are left out:
        somebody else may own their partition, and whoever owns it reads them again.
        """
        await self.maybe_start()
        queue = self.channel.queue  # type: ignore[attr-defined]
        while not self.should_stop:
            chunks: list[Chunk] = []
            try:
                chunks.append(await asyncio.wait_for(queue.get(), within) if queue.empty() else queue.get_nowait())
            except TimeoutError:
                pass
            except StopAsyncIteration:  # thrown into the queue when the app stops
                return
            else:
                while not queue.empty() and sum(len(chunk.records) for chunk in chunks) < max_:
                    chunks.append(queue.get_nowait())
            generation = self.app.consumer_generation_id
            flows = self.app.flow_control.is_active()
            yield generation, _raws(chunk for chunk in chunks if flows and chunk.generation == generation)


def _raws(chunks: Iterable[Chunk]) -> list[RawRecord]:
    return [
        RawRecord(at.topic, at.partition, at.offset, at.timestamp, at.key, at.value, at.headers)
        for chunk in chunks
        for at in chunk.records
    ]

"""A Faust stream that yields a batch as soon as messages are there, or an empty one, and acknowledges nothing.

Faust's own `take_events` waits its full timeout before every batch, passes every message through two generators, and
acknowledges a batch in a `finally`, so that a batch whose body was cancelled is lost. Here the body reports the offsets
that it has finished (`BatchConsumer.finished`), and messages after them are read again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable

import faust

from services.wire.codec.envelope import RawRecord
from services.wire.faust.consumer import Chunk


class BatchStream(faust.Stream[bytes]):
    """The class of streams of the worker's app."""

    async def take_batches(self, max_: int, within: float) -> AsyncGenerator[tuple[int, list[RawRecord]], None]:
        """Yields about `max_` messages as soon as there is one; an empty batch after `within` seconds without one.

        Each batch comes with the group's generation in which it was read. Messages read before the last rebalance are
        left out: another worker may own their partition, and its owner reads them again.
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

"""A Faust stream whose batches come when there is something, say when there is nothing, and acknowledge nothing.

Faust's own `take_events` waits out its time before every batch, passes every message through two generators, and
acknowledges a batch in a `finally`, so that a batch whose body was cancelled is lost. Here the body acknowledges what
it has finished (`Event.ack`), and whatever it has not is read again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

import faust
from faust.types import EventT

FaustEvent = EventT[bytes]


class BatchStream(faust.Stream[bytes]):
    """Chosen by the worker's app as its class of streams."""

    async def take_events(self, max_: int, within: float) -> AsyncGenerator[Sequence[FaustEvent], None]:  # type: ignore[override]
        """Up to `max_` events that are there, as soon as one is; an empty batch after `within` seconds of silence.

        Events read before the last rebalance are left out: somebody else may own their partition, and whoever owns it
        reads them again.
        """
        await self.maybe_start()
        queue = self.channel.queue  # type: ignore[attr-defined]
        while not self.should_stop:
            events: list[FaustEvent] = []
            try:
                events.append(await asyncio.wait_for(queue.get(), within) if queue.empty() else queue.get_nowait())
            except TimeoutError:
                pass
            except StopAsyncIteration:  # thrown into the queue when the app stops
                return
            else:
                while len(events) < max_ and not queue.empty():
                    events.append(queue.get_nowait())
            yield [event for event in events if self._is_current(event)]

    def _is_current(self, event: FaustEvent) -> bool:
        return event.message.generation_id == self.app.consumer_generation_id and self.app.flow_control.is_active()

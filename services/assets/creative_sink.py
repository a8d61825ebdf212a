"""Writes creatives to `ad.creatives`; who writes reads its own writes, and everybody else has them within a second.

The `Sink` is a producer on a broker, or `services.wire.codec.memory_sink.MemorySink` where there is none.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from services.assets.creative import Creative
from services.assets.creative_messages import record_of, tombstone
from services.assets.creative_table import CreativeTable
from services.common.clock import Clock
from services.common.errors import Unavailable
from services.wire.codec.envelope import Position, Record
from services.wire.codec.ports import Delivery, Sink

_WAIT_S: Final = 60.0  # longer than a producer tries
_AT_ONCE: Final = 1_000  # records that are waited for together


class CreativeSink:
    """Sends creatives and waits for the broker's acknowledgement; safe to share between threads."""

    def __init__(self, connect: Callable[[], Sink], table: CreativeTable, clock: Clock) -> None:
        """`connect` is called with the first creative; it may block, and raise `Unavailable`."""
        self.table = table
        self._connect = connect
        self._clock = clock
        self._lock = threading.Lock()
        self._sink: Sink | None = None

    def put(self, creatives: Sequence[Creative]) -> None:
        """Writes all of them; raises `Rejected` for one that no message can hold, before any is sent.

        Raises `Unavailable` where the broker did not take one: then others may have been taken, and it is safe to put
        all of them again.
        """
        now = self._clock.now()
        records = [record_of(creative, now) for creative in creatives]
        for start in range(0, len(records), _AT_ONCE):
            positions = self._sent(records[start : start + _AT_ONCE])
            for creative, position in zip(creatives[start : start + _AT_ONCE], positions, strict=True):
                self.table.apply(creative, creative.creative_id, position)

    def remove(self, creative_ids: Sequence[str]) -> None:
        """Removes creatives for ever, with what was done with them; raises `Unavailable` as `put` does."""
        positions = self._sent([tombstone(creative_id) for creative_id in creative_ids])
        for creative_id, position in zip(creative_ids, positions, strict=True):
            self.table.apply(None, creative_id, position)

    def close(self) -> None:
        """Disconnects."""
        close = getattr(self._sink, "close", None)
        if close is not None:
            close(5.0)

    def _sent(self, records: Sequence[Record]) -> list[Position]:
        """The positions of the records once the broker has all of them."""
        if not records:
            return []
        sink, told = self._connected(), queue.SimpleQueue[Delivery]()
        for record in records:
            sink.send(record, told.put)
        until = time.monotonic() + _WAIT_S
        found: dict[bytes | None, Position] = {}
        for _ in records:
            delivery = _next(told, until)
            if delivery.error is not None:
                raise delivery.error
            found[delivery.record.key] = Position(delivery.partition, delivery.offset, delivery.appended_ms)
        return [found[record.key] for record in records]

    def _connected(self) -> Sink:
        with self._lock:
            if self._sink is None:
                self._sink = self._connect()
            return self._sink


def _next(told: queue.SimpleQueue[Delivery], until: float) -> Delivery:
    try:
        return told.get(timeout=max(until - time.monotonic(), 0.0))
    except queue.Empty as late:
        raise Unavailable("kafka", f"creatives were not confirmed within {_WAIT_S} s") from late

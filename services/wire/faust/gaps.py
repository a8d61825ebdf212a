"""Nothing is passed over in silence: where offsets jump, the broker is asked for what lies between.

Faust takes a jump for compacted messages and commits past it. Mostly there is nothing (the marker of a transaction,
which is known by itself), but a message that was fetched and lost on its way looks the same. What retention has deleted
there is counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiokafka
from aiokafka.errors import KafkaError, KafkaTimeoutError

from services.common.metrics import METRICS
from services.wire.codec.envelope import RawRecord, TopicPartition
from services.wire.faust.markers import Markers
from services.wire.kafka.gaps import deleted, gaps, tell_deleted

log = logging.getLogger(__name__)

_RETRY_S = 0.25
_READ_MS = 1_000
_KEYS_MS = 10_000  # a broker that sends nothing for so long is away


class GapReader:
    """Reads what lies between two offsets, with a consumer of its own that belongs to no group."""

    def __init__(self, kafka: str, markers: Markers) -> None:
        """`markers`: offsets that need no look."""
        self._kafka = kafka
        self._markers = markers

    async def fill(
        self, raws: Sequence[RawRecord], following: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
    ) -> list[RawRecord]:
        """`raws`, with the messages that are missing before and among them, and before `ends`, in their places."""
        missing = self._markers.without(gaps(raws, following, ends))
        if not missing:
            return list(raws)
        found = [raw for gap in missing for raw in await self.read(gap)]
        for raw in found:
            METRICS.events.labels(raw.topic, "recovered").inc()
        if found:
            log.warning("%d messages were lost on their way here and read again: %s", len(found), missing)
        return sorted([*raws, *found], key=lambda raw: raw.offset)  # of each place in order, which is what counts

    async def read(self, gap: tuple[TopicPartition, int, int]) -> list[RawRecord]:
        """What lies there: a place, the first offset and the one after the last; waits while Kafka is away."""
        while True:
            try:
                return await self._read(*gap)
            except KafkaError as exc:
                log.warning("a gap could not be read yet (%r)", exc)
                await asyncio.sleep(_RETRY_S)

    async def keys(self, place: TopicPartition, first: int, end: int) -> set[bytes]:
        """The keys of what lies there. Raises `KafkaError` where the broker is away."""
        found: set[bytes] = set()
        async with self._at(place, first) as (consumer, tp):
            while await consumer.position(tp) < end:
                before = await consumer.position(tp)
                records = (await consumer.getmany(tp, timeout_ms=_KEYS_MS)).get(tp, ())
                found.update(record.key for record in records if record.offset < end and record.key is not None)
                if await consumer.position(tp) == before:
                    raise KafkaTimeoutError(f"{place} was not read beyond {before} within {_KEYS_MS} ms")
        return found

    @asynccontextmanager
    async def _at(self, place: TopicPartition, first: int) -> AsyncIterator[tuple[aiokafka.AIOKafkaConsumer, Any]]:
        """A consumer that reads the place from `first` on."""
        tp = aiokafka.TopicPartition(*place)
        consumer = aiokafka.AIOKafkaConsumer(bootstrap_servers=self._kafka, auto_offset_reset="earliest")
        await consumer.start()
        try:
            consumer.assign([tp])
            consumer.seek(tp, first)
            yield consumer, tp
        finally:
            await consumer.stop()

    async def _read(self, place: TopicPartition, first: int, end: int) -> list[RawRecord]:
        async with self._at(place, first) as (consumer, tp):
            begin = min((await consumer.beginning_offsets([tp]))[tp], end)
            found: list[RawRecord] = []
            while await consumer.position(tp) < end:
                for record in (await consumer.getmany(tp, timeout_ms=_READ_MS)).get(tp, ()):
                    if first <= record.offset < end:
                        found.append(_raw(record))
            tell_deleted(deleted({place: first}, {place: begin}))
            return found


def _raw(record: aiokafka.ConsumerRecord) -> RawRecord:
    at = record
    return RawRecord(at.topic, at.partition, at.offset, at.timestamp, at.key, at.value, tuple(at.headers))

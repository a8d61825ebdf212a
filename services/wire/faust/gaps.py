"""Reads the messages in gaps: where offsets jump, this reads the offsets in between from the broker again.

Faust takes a jump for compacted messages and commits past it. Mostly a gap holds no message (transaction markers, which
`markers.py` knows without a read), but a message that was fetched and then lost in the worker looks the same. Messages
in the gap that retention has deleted are counted.
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
_KEYS_MS = 10_000  # a broker that sends nothing for this long counts as down


class GapReader:
    """Reads the messages between two offsets, with a consumer of its own that belongs to no group."""

    def __init__(self, kafka: str, markers: Markers) -> None:
        """`markers`: known transaction markers, which are not read."""
        self._kafka = kafka
        self._markers = markers

    async def fill(
        self, raws: Sequence[RawRecord], following: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
    ) -> list[RawRecord]:
        """`raws`, completed with the messages missing before and among them, and before `ends`, in order of offset."""
        missing = self._markers.without(gaps(raws, following, ends))
        if not missing:
            return list(raws)
        found = [raw for gap in missing for raw in await self.read(gap)]
        for raw in found:
            METRICS.events.labels(raw.topic, "recovered").inc()
        if found:
            log.warning("%d messages were lost on their way here and read again: %s", len(found), missing)
        return sorted([*raws, *found], key=lambda raw: raw.offset)  # only the order within a partition matters

    async def read(self, gap: tuple[TopicPartition, int, int]) -> list[RawRecord]:
        """The messages in a gap (partition, first offset, the one after the last); waits while Kafka is down."""
        while True:
            try:
                return await self._read(*gap)
            except KafkaError as exc:
                log.warning("a gap could not be read yet (%r)", exc)
                await asyncio.sleep(_RETRY_S)

    async def keys(self, topic_partition: TopicPartition, first: int, end: int) -> set[bytes]:
        """The keys of the messages in a span of offsets. Raises `KafkaError` where the broker is down."""
        found: set[bytes] = set()
        async with self._at(topic_partition, first) as (consumer, tp):
            while await consumer.position(tp) < end:
                before = await consumer.position(tp)
                records = (await consumer.getmany(tp, timeout_ms=_KEYS_MS)).get(tp, ())
                found.update(record.key for record in records if record.offset < end and record.key is not None)
                if await consumer.position(tp) == before:
                    raise KafkaTimeoutError(f"{topic_partition} was not read beyond {before} within {_KEYS_MS} ms")
        return found

    @asynccontextmanager
    async def _at(
        self, topic_partition: TopicPartition, first: int
    ) -> AsyncIterator[tuple[aiokafka.AIOKafkaConsumer, Any]]:
        """A consumer that reads the partition from `first` on."""
        tp = aiokafka.TopicPartition(*topic_partition)
        consumer = aiokafka.AIOKafkaConsumer(bootstrap_servers=self._kafka, auto_offset_reset="earliest")
        await consumer.start()
        try:
            consumer.assign([tp])
            consumer.seek(tp, first)
            yield consumer, tp
        finally:
            await consumer.stop()

    async def _read(self, topic_partition: TopicPartition, first: int, end: int) -> list[RawRecord]:
        async with self._at(topic_partition, first) as (consumer, tp):
            begin = min((await consumer.beginning_offsets([tp]))[tp], end)
            found: list[RawRecord] = []
            while await consumer.position(tp) < end:
                for record in (await consumer.getmany(tp, timeout_ms=_READ_MS)).get(tp, ()):
                    if first <= record.offset < end:
                        found.append(_raw(record))
            tell_deleted(deleted({topic_partition: first}, {topic_partition: begin}))
            return found


def _raw(record: aiokafka.ConsumerRecord) -> RawRecord:
    at = record
    return RawRecord(at.topic, at.partition, at.offset, at.timestamp, at.key, at.value, tuple(at.headers))

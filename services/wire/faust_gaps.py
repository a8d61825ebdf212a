"""Nothing is passed over in silence: where offsets jump, the broker is asked for what lies between.

Faust takes a jump for compacted messages and commits past it. Mostly there is nothing (a retention that deleted; the
marker of a transaction, which is known by itself), but a message that was fetched and lost on its way looks the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence

import aiokafka
from aiokafka.errors import KafkaError

from services.common.metrics import METRICS
from services.wire.envelope import RawRecord
from services.wire.faust_markers import Markers
from services.wire.faust_watermark import Place

log = logging.getLogger(__name__)

_RETRY_S = 0.25
_READ_MS = 1_000


def gaps(
    raws: Iterable[RawRecord], following: Mapping[Place, int], ends: Mapping[Place, int]
) -> list[tuple[Place, int, int]]:
    """Offsets that are missing before and among `raws`, and before `ends`: place, first, and the one after the last.

    `following` says which offset each place is read from next.

    >>> def at(offset: int) -> RawRecord: return RawRecord("views", 0, offset, 0, None, None, ())
    >>> gaps([at(5), at(4), at(6), at(9)], {("views", 0): 3}, {("views", 0): 12})
    [(('views', 0), 3, 5), (('views', 0), 7, 9), (('views', 0), 10, 12)]
    """
    expected = dict(following)
    found = []
    for raw in raws:
        place = (raw.topic, raw.partition)
        if raw.offset > expected.get(place, raw.offset):
            found.append((place, expected[place], raw.offset))
        expected[place] = max(expected.get(place, 0), raw.offset + 1)
    tails = ((place, expected[place], end) for place, end in ends.items() if expected.get(place, end) < end)
    return [*found, *tails]


def deleted(committed: Mapping[Place, int | None], earliest: Mapping[Place, int]) -> dict[Place, int]:
    """How many messages between what was last finished and what is still there nobody can read any more.

    A place where nothing was ever finished begins with what is there.

    >>> deleted({("views", 0): 3, ("views", 1): None}, {("views", 0): 7, ("views", 1): 7})
    {('views', 0): 4}
    """
    lost = {place: earliest.get(place, 0) - offset for place, offset in committed.items() if offset is not None}
    return {place: count for place, count in lost.items() if count > 0}


class GapReader:
    """Reads what lies between two offsets, with a consumer of its own that belongs to no group."""

    def __init__(self, kafka: str, markers: Markers) -> None:
        """`markers`: offsets that need no look."""
        self._kafka = kafka
        self._markers = markers

    async def fill(
        self, raws: Sequence[RawRecord], following: Mapping[Place, int], ends: Mapping[Place, int]
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

    async def read(self, gap: tuple[Place, int, int]) -> list[RawRecord]:
        """What lies there: a place, the first offset and the one after the last; waits while Kafka is away."""
        while True:
            try:
                return await self._read(*gap)
            except KafkaError as exc:
                log.warning("a gap could not be read yet (%r)", exc)
                await asyncio.sleep(_RETRY_S)

    async def _read(self, place: Place, first: int, end: int) -> list[RawRecord]:
        tp = aiokafka.TopicPartition(*place)
        consumer = aiokafka.AIOKafkaConsumer(bootstrap_servers=self._kafka, auto_offset_reset="earliest")
        await consumer.start()
        try:
            consumer.assign([tp])
            consumer.seek(tp, first)
            found: list[RawRecord] = []
            while await consumer.position(tp) < end:
                for record in (await consumer.getmany(tp, timeout_ms=_READ_MS)).get(tp, ()):
                    if first <= record.offset < end:
                        found.append(_raw(record))
            return found
        finally:
            await consumer.stop()


def _raw(record: aiokafka.ConsumerRecord) -> RawRecord:
    at = record
    return RawRecord(at.topic, at.partition, at.offset, at.timestamp, at.key, at.value, tuple(at.headers))

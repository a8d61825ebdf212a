"""A `Sink` that keeps its records in memory: for tests, dry runs and experiments."""

from __future__ import annotations

import uuid
from collections import defaultdict

from services.common.clock import Clock, SystemClock, to_ms
from services.common.errors import AdloomError
from services.common.partition import partition_of
from services.common.topics import TOPICS
from services.wire.codec.encode import check_size
from services.wire.codec.envelope import RawRecord, Record
from services.wire.codec.ports import Delivery, OnDelivery

_PARTITIONS = {topic.name: topic.partitions for topic in TOPICS}


class MemorySink:
    """Delivers at once, in order, into lists that `read` returns; set `failure` to make every delivery fail."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.failure: AdloomError | None = None
        self.identity = uuid.uuid4().hex
        self._clock = clock or SystemClock()
        self._logs: dict[tuple[str, int], list[RawRecord]] = defaultdict(list)
        self._begins: dict[tuple[str, int], int] = {}  # first offsets that remain; 0 by default
        self._unhandled: list[AdloomError] = []

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """Appends `record` as a broker would, and calls `on_delivery` before it returns."""
        check_size(record)
        delivery = Delivery(record, error=self.failure) if self.failure else self._append(record)
        if on_delivery is not None:
            on_delivery(delivery)
        elif delivery.error is not None:
            self._unhandled.append(delivery.error)

    def flush(self, timeout_s: float) -> None:
        """Raises the first failure that was not reported yet."""
        if self._unhandled:
            first, self._unhandled = self._unhandled[0], []
            raise first

    def read(self, topic: str) -> list[RawRecord]:
        """Every record on `topic`, partition by partition, as a consumer would get it."""
        return [
            raw
            for place, log in sorted(self._logs.items())
            if place[0] == topic
            for raw in log[self._begins.get(place, 0) :]
        ]

    def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        """The offset of the first record that remains, and the offset after the last."""
        place = topic, partition
        return self._begins.get(place, 0), len(self._logs[place])

    def delete_before(self, topic: str, partition: int, offset: int) -> None:
        """Deletes the records before `offset`, as retention does."""
        self._begins[topic, partition] = offset

    def _append(self, record: Record) -> Delivery:
        partitions = _PARTITIONS[record.topic]
        partition = record.partition
        if partition is None:  # a record without a key may go to any partition
            partition = partition_of(record.key if record.key is not None else record.value or b"", partitions)
        log = self._logs[record.topic, partition]
        now_ms = to_ms(self._clock.now())
        log.append(RawRecord(record.topic, partition, len(log), now_ms, record.key, record.value, record.headers))
        return Delivery(record, partition, len(log) - 1, now_ms)

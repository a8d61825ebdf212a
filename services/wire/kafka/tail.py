"""Looks at the last messages of a topic now and then: a sample of a busy topic, and all of a quiet one.

However much is written, a look costs a bounded number of messages; what lies before them is passed over. Joins no group
and commits nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.runtime.rounds import Rounds
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.reader import raw_record, read_whatever_is_logged

_POLL_MS: Final = 1_000


class Tail(Rounds):
    """Calls `see` with the newest `most` messages of each partition that were not seen yet, every so many seconds."""

    def __init__(self, bootstrap: str, topic: str, see: Callable[[RawRecord], None], most: int, every_s: float) -> None:
        super().__init__(f"tail-{topic}", self._look, every_s, f"The tail of {topic} is looked at later", (KafkaError,))
        self._bootstrap, self._topic, self._see, self._most = bootstrap, topic, see, most
        self._next: dict[TopicPartition, int] = {}  # offset

    def _look(self) -> None:
        read_whatever_is_logged()
        consumer = KafkaConsumer(
            bootstrap_servers=self._bootstrap.split(","), enable_auto_commit=False, metrics_enabled=False
        )
        try:
            numbers = consumer.partitions_for_topic(self._topic) or set()
            self._read(consumer, [TopicPartition(self._topic, number) for number in sorted(numbers)])
        finally:
            consumer.close()

    def _read(self, consumer: Any, partitions: list[TopicPartition]) -> None:
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        for partition, end in ends.items():
            consumer.seek(partition, max(end - self._most, min(self._next.get(partition, 0), end), 0))
        while any(consumer.position(partition) < end for partition, end in ends.items()):
            found = consumer.poll(timeout_ms=_POLL_MS)
            if not found or self.ending.is_set():
                return
            for messages in found.values():
                for message in messages:
                    self._see(raw_record(message))
        self._next = dict(ends)

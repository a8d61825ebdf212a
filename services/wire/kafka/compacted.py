"""Follows a compacted topic from its beginning in a thread of its own; joins no group and commits nothing.

Each start of the process reads all that the topic holds, so a restart needs no state. Where the broker is away, the
thread tries again every second and goes on where it was. It notices new partitions within `_NEW_PARTITIONS_MS`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.common.metrics import METRICS
from services.runtime.rounds import Rounds
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord, Record
from services.wire.kafka.reader import raw_record, read_whatever_is_logged

_LOG = logging.getLogger(__name__)
_POLL_MS: Final = 200
_AGAIN_S: Final = 1.0
_NEW_PARTITIONS_MS: Final = 5_000


class Refusing:
    """Who follows a topic and counts its dead letters; they are handed to `refuse`, once that is set."""

    refuse: Callable[[Record], None] | None = None

    def bury(self, letter: DeadLetter) -> None:
        """Counts a dead letter and hands it on."""
        METRICS.dead_letters.labels(letter.topic, letter.reason).inc()
        if self.refuse is not None:
            self.refuse(letter.record)


class CompactedFollower(Rounds):
    """Calls `apply` with each message, in the order of its partition; a message on which it raises is passed over."""

    def __init__(self, bootstrap: str, topic: str, apply: Callable[[RawRecord], None]) -> None:
        super().__init__(
            f"follows-{topic}", self._follow, _AGAIN_S, f"What was read of {topic} stays in use", (KafkaError,)
        )
        self.caught_up = threading.Event()  # set once the topic was read up to its end as of the start
        self.applied = 0  # messages, which tells progress
        self.passed_over = 0  # messages on which `apply` raised
        self._bootstrap = bootstrap
        self._topic = topic
        self._apply = apply
        self._next: dict[TopicPartition, int] = {}  # offset

    def _follow(self) -> None:
        """Reads until the end of the process, or until the topic has other partitions than at first."""
        read_whatever_is_logged()
        consumer = KafkaConsumer(
            bootstrap_servers=self._bootstrap.split(","),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            metadata_max_age_ms=_NEW_PARTITIONS_MS,
            metrics_enabled=False,
        )
        try:
            numbers = consumer.partitions_for_topic(self._topic) or {0}
            ends = self._assign(consumer, [TopicPartition(self._topic, number) for number in numbers])
            while not self.ending.is_set() and numbers == (consumer.partitions_for_topic(self._topic) or {0}):
                self._poll(consumer)
                if all(consumer.position(partition) >= end for partition, end in ends.items()):
                    self.caught_up.set()
        finally:
            consumer.close()

    def _assign(self, consumer: Any, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        """Starts each partition where it was left, or at its first message; returns their ends."""
        consumer.assign(partitions)
        begins, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
        for partition in partitions:
            left = self._next.get(partition, -1)
            consumer.seek(partition, left if begins[partition] <= left <= ends[partition] else begins[partition])
        return dict(ends)

    def _poll(self, consumer: Any) -> None:
        for partition, messages in consumer.poll(timeout_ms=_POLL_MS).items():
            for message in messages:
                self._apply_one(raw_record(message))
            self._next[partition] = messages[-1].offset + 1

    def _apply_one(self, raw: RawRecord) -> None:
        self.applied += 1
        try:
            self._apply(raw)
        except Exception:  # of ours: no message may keep the thread from the next ones
            self.passed_over += 1
            _LOG.exception("Passed over offset %d of %s, partition %d", raw.offset, raw.topic, raw.partition)

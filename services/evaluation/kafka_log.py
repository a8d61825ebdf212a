"""The `Log` on a real broker: kafka-python, every partition, no consumer group; the store keeps the offsets."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from kafka import KafkaConsumer
from kafka import TopicPartition as KafkaPartition
from kafka.errors import KafkaError

from services.common.errors import Unavailable
from services.wire.codec.envelope import RawRecord, TopicPartition
from services.wire.kafka.reach import require_listener
from services.wire.kafka.reader import raw_record, read_whatever_is_logged

PART: Final = "kafka"

_ANSWER_MS: Final = 3_000  # a broker that does not answer within this counts as away
_SILENCE_S: Final = 3.0  # after this long without a record, check that the broker answers
_AT_ONCE: Final = 2_000  # records of one poll, which are counted in one transaction
_MUCH_BYTES: Final = 256 * 1024
_NEWS_MS: Final = 5_000  # added partitions are noticed within this time
_GATHER_MS: Final = 100  # the broker collects `_MUCH_BYTES` for at most this long; reports come once a second


class KafkaLog:
    """Connects when it is created, and reconnects after broker outages."""

    def __init__(self, bootstrap: str, topics: Sequence[str]) -> None:
        """Raises `Unavailable` where no broker answers, or a topic does not exist."""
        require_listener(bootstrap, _ANSWER_MS / 1000)
        read_whatever_is_logged()
        self._heard_at = time.monotonic()
        try:
            self._consumer = KafkaConsumer(
                bootstrap_servers=bootstrap.split(","),
                client_id="adloom-evaluation",
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                bootstrap_timeout_ms=2 * _ANSWER_MS,
                reconnect_backoff_max_ms=1_000,
                max_poll_records=_AT_ONCE,
                fetch_min_bytes=_MUCH_BYTES,
                fetch_max_wait_ms=_GATHER_MS,
                metadata_max_age_ms=_NEWS_MS,
            )
            self._partitions = [part for topic in topics for part in self._partitions_of(topic)]
            self._consumer.assign(self._partitions)
        except KafkaError as exc:
            raise Unavailable(PART, f"no broker answered at {bootstrap} ({exc})") from exc

    def identity(self) -> str:
        """See `Log.identity`."""
        cluster = self._consumer._client.cluster  # the metadata that came with the topics' partitions
        names = [cluster.topic_id(topic) for topic in sorted({part.topic for part in self._partitions})]
        return "" if None in names else " ".join(map(str, names))  # topics have ids since Kafka 2.8

    def ends(self) -> Mapping[TopicPartition, int]:
        """See `Log.ends`."""
        return self._bounds(self._consumer.end_offsets)

    def begins(self) -> Mapping[TopicPartition, int]:
        """See `Log.begins`."""
        return self._bounds(self._consumer.beginning_offsets)

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """See `Log.seek`."""
        for part in self._partitions:
            offset = offsets.get((part.topic, part.partition))
            if offset is None:
                self._consumer.seek_to_beginning(part)
            else:
                self._consumer.seek(part, offset)

    def poll(self, timeout_s: float) -> list[RawRecord]:
        """See `Log.poll`."""
        self._see_new_partitions()
        batches = self._consumer.poll(timeout_ms=round(timeout_s * 1000))
        if batches:
            self._heard_at = time.monotonic()
        elif time.monotonic() - self._heard_at > _SILENCE_S:
            self.ends()  # raises where the broker is away
        return [raw_record(record) for records in batches.values() for record in records]

    def _see_new_partitions(self) -> None:
        """Starts to read added partitions at their beginning; the others continue at their positions."""
        cluster, known = self._consumer._client.cluster, Counter(part.topic for part in self._partitions)
        if any(len(cluster.partitions_for_topic(topic) or ()) > count for topic, count in known.items()):
            reached = self.positions()
            self._partitions = [part for topic in known for part in self._partitions_of(topic)]
            self._consumer.assign(self._partitions)
            self.seek(reached)

    def positions(self) -> Mapping[TopicPartition, int]:
        """See `Log.positions`."""
        try:
            return {
                (part.topic, part.partition): self._consumer.position(part, timeout_ms=_ANSWER_MS)
                for part in self._partitions
            }
        except KafkaError as exc:
            raise Unavailable(PART, f"positions are not known ({exc})") from exc

    def close(self) -> None:
        """Closes the connection."""
        self._consumer.close(autocommit=False)

    def _bounds(self, ask: Callable[..., Mapping[KafkaPartition, int]]) -> Mapping[TopicPartition, int]:
        """The begin or end offsets of all partitions, by the consumer's method `ask`."""
        try:
            found = ask(self._partitions, timeout_ms=_ANSWER_MS)
        except KafkaError as exc:
            raise Unavailable(PART, f"the bounds of the topics could not be asked for ({exc})") from exc
        self._heard_at = time.monotonic()
        return {(part.topic, part.partition): offset for part, offset in found.items()}

    def _partitions_of(self, topic: str) -> list[KafkaPartition]:
        found = self._consumer.partitions_for_topic(topic)
        if not found:
            raise Unavailable(PART, f"there is no topic {topic}")
        return [KafkaPartition(topic, number) for number in sorted(found)]

"""Reads a topic, or its last part, up to the end that it had at the start; joins no group and commits nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.common.errors import Unavailable
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.codecs import read_any_codec
from services.wire.kafka.empty_tags import read_empty_tags
from services.wire.kafka.header_names import read_any_header_name
from services.wire.kafka.reach import PART, require_listener


def read_whatever_is_logged() -> None:
    """Patches kafka-python: its consumers in this process then read every codec and every header name.

    An unreadable record stops a reader at the same offset for ever, so each reader calls this before it connects.
    """
    read_any_header_name()
    read_any_codec()
    read_empty_tags()


def read_to_end(  # noqa: PLR0913 - where to begin, and how to read
    bootstrap: str,
    topic: str,
    timeout_s: float = 10.0,
    last: int | None = None,
    committed: bool = False,
    since_ms: int | None = None,
) -> Iterator[RawRecord]:
    """Every record that `topic` holds now, in order within a partition; with `last` only each partition's last offsets.

    With `since_ms` from each partition's first record that was appended at that time or later; the broker's clock may
    have gone back, so later ones may be older. With `committed` without records of transactions that failed or are
    still open.

    Raises `Unavailable` where no broker answers, the topic does not exist, or no record arrives for `timeout_s`.
    """
    require_listener(bootstrap, timeout_s)
    read_whatever_is_logged()
    try:
        isolation = "read_committed" if committed else "read_uncommitted"
        consumer = KafkaConsumer(**_settings(bootstrap, timeout_s), isolation_level=isolation)
    except KafkaError as exc:
        raise Unavailable(PART, f"no broker answered at {bootstrap} ({exc})") from exc
    try:
        yield from _read(consumer, topic, timeout_s, last, since_ms)
    except KafkaError as exc:
        raise Unavailable(PART, f"{topic} could not be read ({exc})") from exc
    finally:
        consumer.close(autocommit=False)


def _read(consumer: Any, topic: str, timeout_s: float, last: int | None, since_ms: int | None) -> Iterator[RawRecord]:
    found = consumer.partitions_for_topic(topic)
    if not found:
        raise Unavailable(PART, f"there is no topic {topic}")
    partitions = [TopicPartition(topic, number) for number in sorted(found)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    if last is not None:
        _skip_to_last(consumer, partitions, ends, last)
    if since_ms is not None:
        _skip_to_time(consumer, partitions, ends, since_ms)
    unread = {partition for partition in partitions if consumer.position(partition) < ends[partition]}
    while unread:
        batches = consumer.poll(timeout_ms=round(timeout_s * 1000))
        for partition, records in batches.items():
            yield from (raw_record(record) for record in records if record.offset < ends[partition])
        # Compacted and transactional topics have gaps, so the end is reached by position, not by the last record.
        unread = {partition for partition in unread if consumer.position(partition) < ends[partition]}
        if unread and not batches:
            raise Unavailable(PART, f"nothing came from {topic} for {timeout_s} s, before its end")


def _skip_to_last(
    consumer: Any, partitions: list[TopicPartition], ends: Mapping[TopicPartition, int], last: int
) -> None:
    """Seeks to the last `last` offsets of each partition."""
    begins = consumer.beginning_offsets(partitions)
    for partition in partitions:
        consumer.seek(partition, max(begins[partition], ends[partition] - last))


def _skip_to_time(
    consumer: Any, partitions: list[TopicPartition], ends: Mapping[TopicPartition, int], since_ms: int
) -> None:
    """Seeks to the first record of that time or later; to the end where there is none."""
    found = consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
    for partition in partitions:
        consumer.seek(partition, found[partition].offset if found.get(partition) else ends[partition])


def raw_record(record: Any) -> RawRecord:
    """Converts a ConsumerRecord of kafka-python or aiokafka."""
    headers = tuple(record.headers or ())
    return RawRecord(record.topic, record.partition, record.offset, record.timestamp, record.key, record.value, headers)


def _settings(bootstrap: str, timeout_s: float) -> dict[str, Any]:
    return {
        "bootstrap_servers": bootstrap.split(","),
        "group_id": None,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "bootstrap_timeout_ms": round(timeout_s * 1000),
        "allow_auto_create_topics": False,
    }

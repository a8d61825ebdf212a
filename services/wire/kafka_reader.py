"""Reads a topic from its beginning to where it ended when the reading began; joins no group, commits nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.common.errors import Unavailable
from services.wire.envelope import RawRecord
from services.wire.kafka_codecs import read_any_codec
from services.wire.kafka_empty_tags import read_empty_tags
from services.wire.kafka_header_names import read_any_header_name
from services.wire.kafka_reach import PART, require_listener


def read_whatever_is_logged() -> None:
    """From here on kafka-python's consumers in this process read whatever is in a log: any codec, any header's name.

    What a reader cannot read stops it at the same offset for ever, so each of ours calls this before it connects.
    """
    read_any_header_name()
    read_any_codec()
    read_empty_tags()


def read_to_end(bootstrap: str, topic: str, timeout_s: float = 10.0) -> Iterator[RawRecord]:
    """Every record that `topic` holds now, in order within a partition.

    Raises `Unavailable` where no broker answers, where the topic is not there, or where nothing comes for `timeout_s`.
    """
    require_listener(bootstrap, timeout_s)
    read_whatever_is_logged()
    try:
        consumer = KafkaConsumer(**_settings(bootstrap, timeout_s))
    except KafkaError as exc:
        raise Unavailable(PART, f"no broker answered at {bootstrap} ({exc})") from exc
    try:
        yield from _read(consumer, topic, timeout_s)
    except KafkaError as exc:
        raise Unavailable(PART, f"{topic} could not be read ({exc})") from exc
    finally:
        consumer.close(autocommit=False)


def _read(consumer: Any, topic: str, timeout_s: float) -> Iterator[RawRecord]:
    found = consumer.partitions_for_topic(topic)
    if not found:
        raise Unavailable(PART, f"there is no topic {topic}")
    partitions = [TopicPartition(topic, number) for number in sorted(found)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    unread = {partition for partition in partitions if consumer.position(partition) < ends[partition]}
    while unread:
        batches = consumer.poll(timeout_ms=round(timeout_s * 1000))
        if not batches:
            raise Unavailable(PART, f"nothing came from {topic} for {timeout_s} s, before its end")
        for partition, records in batches.items():
            yield from (raw_record(record) for record in records if record.offset < ends[partition])
        # Compacted and transactional topics have gaps, so the position says where the end is, not the last record.
        unread = {partition for partition in unread if consumer.position(partition) < ends[partition]}


def raw_record(record: Any) -> RawRecord:
    """What kafka-python (or aiokafka) calls a ConsumerRecord, in our words."""
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

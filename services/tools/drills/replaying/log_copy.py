"""The log of a deployment, copied into an empty one: same partitions, order, offsets, headers and times.

The empty deployment must not stamp the records again. Its topics are therefore created with CreateTime and keep the
records' timestamps, which are the LogAppendTimes of the first broker. A restored backup or a mirrored cluster has the
same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from kafka import KafkaProducer

from services.common.errors import Unavailable
from services.common.topics import TOPICS
from services.tools.drills.oracle.whole_log import INPUTS
from services.wire.codec.envelope import RawRecord


def load_log(kafka: str, log: Iterable[RawRecord]) -> None:
    """Creates the topics of an empty broker, and appends the log to them with its timestamps."""
    asyncio.run(_make_topics(kafka))
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True, linger_ms=20)
    try:
        for raw in log:
            headers = [(name, value) for name, value in raw.headers]
            producer.send(raw.topic, raw.value, raw.key, headers, raw.partition, raw.timestamp_ms)
        producer.flush(60)
    finally:
        producer.close(10)


def positions(log: Sequence[RawRecord]) -> set[tuple[str, int, int, int]]:
    """The position and timestamp of each record."""
    return {(raw.topic, raw.partition, raw.offset, raw.timestamp_ms) for raw in log}


async def _make_topics(kafka: str) -> None:
    """Creates all topics; those of the log with CreateTime."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        keep_times = {"message.timestamp.type": "CreateTime"}
        answer = await admin.create_topics(
            [
                NewTopic(
                    one.name, one.partitions, 1, topic_configs=one.config() | (keep_times if one.name in INPUTS else {})
                )
                for one in TOPICS
            ]
        )
        refused = [(name, message) for name, code, message in answer.topic_errors if code]
        if refused:
            raise Unavailable("kafka", f"topics were refused: {refused}")
    finally:
        await admin.close()

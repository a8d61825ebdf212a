"""The log of a deployment, copied into an empty one: same partitions, order, offsets, headers and times.

The empty deployment stamps nothing itself while it takes the log over: its topics are told to believe the times that
come with the records (CreateTime), which are the LogAppendTimes of the old broker. That is what a restored backup or a
mirrored cluster has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from kafka import KafkaProducer

from services.common.topics import CLICKS, IMPRESSIONS, ORDERS, TOPICS, VIEWS
from services.wire.envelope import RawRecord
from services.wire.kafka_reader import read_to_end

INPUTS = (VIEWS, CLICKS, ORDERS, IMPRESSIONS)


def read_log(kafka: str) -> list[RawRecord]:
    """Every record of the inputs, each partition in order."""
    return [raw for topic in INPUTS for raw in read_to_end(kafka, topic)]


def load_log(kafka: str, log: Iterable[RawRecord]) -> None:
    """Appends the log to the empty topics of another broker, which keeps its times."""
    asyncio.run(_believe_times(kafka))
    producer = KafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True, linger_ms=20)
    try:
        for raw in log:
            headers = [(name, value) for name, value in raw.headers]
            producer.send(raw.topic, raw.value, raw.key, headers, raw.partition, raw.timestamp_ms)
        producer.flush(60)
    finally:
        producer.close(10)


def places(log: Sequence[RawRecord]) -> set[tuple[str, int, int, int]]:
    """Where and when each record stands."""
    return {(raw.topic, raw.partition, raw.offset, raw.timestamp_ms) for raw in log}


async def _believe_times(kafka: str) -> None:
    from aiokafka.admin import AIOKafkaAdminClient
    from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        told = [
            ConfigResource(
                ConfigResourceType.TOPIC, topic.name, {**topic.config(), "message.timestamp.type": "CreateTime"}
            )
            for topic in TOPICS
            if topic.name in INPUTS
        ]
        await admin.alter_configs(told)
    finally:
        await admin.close()

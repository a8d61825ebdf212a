"""Record batches on a real broker hold what separate records would hold."""

import asyncio
from collections import defaultdict

import aiokafka
from kafka import KafkaConsumer, TopicPartition

from services.common.partition import partition_of
from services.common.topics import DEADLETTER, OUTCOMES, PARTITIONS
from services.tools.stack.session import RunningStack
from services.wire.codec.envelope import Headers, Record
from services.wire.faust.emission import emit

SOURCE = b"test-emission"
Found = dict[tuple[str, int], list[tuple[bytes | None, bytes | None, Headers]]]


def outcome(number: int) -> Record:
    return Record(OUTCOMES, f"user-{number % 7}".encode(), b"x" * (number * 400), (("ce_source", SOURCE), ("n", b"")))


RECORDS = [
    *(outcome(number) for number in range(80)),  # more than one batch of 512 KiB in all
    Record(DEADLETTER, None, b"no key", (("ce_source", SOURCE),)),
    Record(DEADLETTER, None, None, (("ce_source", SOURCE),)),
    Record(OUTCOMES, b"user-1", b"elsewhere", (("ce_source", SOURCE),), partition=5),
    Record(OUTCOMES, b"user-1", b"m" * 700_000, (("ce_source", SOURCE),)),  # larger than a batch is meant to be
]


def test_records_arrive_whole_in_order_and_in_the_partition_of_their_key(parts: RunningStack) -> None:
    asyncio.run(_send(parts.kafka))
    expected: Found = defaultdict(list)
    for record in RECORDS:
        partition = partition_of(record.key or b"", PARTITIONS) if record.partition is None else record.partition
        expected[record.topic, partition].append((record.key, record.value, record.headers))
    assert _read(parts.kafka) == expected


async def _send(kafka: str) -> None:
    async with aiokafka.AIOKafkaProducer(
        bootstrap_servers=kafka, acks="all", max_batch_size=512 * 1024, max_request_size=8 << 20
    ) as producer:
        await asyncio.wait_for(emit(producer, RECORDS), 60)


def _read(kafka: str) -> Found:
    found: Found = defaultdict(list)
    places = [TopicPartition(topic, number) for topic in (OUTCOMES, DEADLETTER) for number in range(PARTITIONS)]
    with KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False) as consumer:
        consumer.assign(places)
        ends = consumer.end_offsets(places)
        while any(consumer.position(place) < end for place, end in ends.items()):
            for place, records in consumer.poll(timeout_ms=500).items():
                for at in records:
                    if ("ce_source", SOURCE) in at.headers:
                        found[place.topic, place.partition].append((at.key, at.value, tuple(at.headers)))
    return found

"""Copies the states of a changelog into another one, each into the partition that its key belongs to there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiokafka
from aiokafka.errors import KafkaTimeoutError

from services.common.partition import partition_of
from services.wire.faust.emission import Entry, hand_over
from services.wire.faust.states.changelog import EpochFilter, copy
from services.wire.faust.states.table import LARGEST_STATE_BYTES

_SILENT_MS = 10_000  # a broker that sends nothing for so long is away
_AT_ONCE = 2_000  # messages
_ANSWER_S = 30.0  # aiokafka asks for the offsets of a topic that was deleted until it is there again

Ends = Mapping[tuple[str, int], int]


async def ends_of(kafka: str, topics: Mapping[str, int]) -> Ends:
    """The offset after the last message of each partition; `topics` says how many each has."""
    async with aiokafka.AIOKafkaConsumer(bootstrap_servers=kafka) as consumer, asyncio.timeout(_ANSWER_S):
        return {tuple(tp): end for tp, end in (await consumer.end_offsets(_topic_partitions(topics))).items()}


async def copied(kafka: str, sources: Mapping[str, int], target: str, partitions: int) -> int:
    """Appends every state of the sources to `target`, in order; returns their number. Raises `KafkaError`.

    States that a worker wrote after it had lost its partition are left out, as in a worker's recovery.
    """
    consumer = aiokafka.AIOKafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")
    producer = aiokafka.AIOKafkaProducer(
        bootstrap_servers=kafka, acks="all", max_request_size=LARGEST_STATE_BYTES, max_batch_size=512 * 1024
    )
    async with consumer, producer:
        return sum(
            [
                await _partition(consumer, producer, source, (target, partitions))
                for source in _topic_partitions(sources)
            ]
        )


def _topic_partitions(topics: Mapping[str, int]) -> list[aiokafka.TopicPartition]:
    return [aiokafka.TopicPartition(topic, number) for topic, count in topics.items() for number in range(count)]


async def _partition(
    consumer: aiokafka.AIOKafkaConsumer,
    producer: aiokafka.AIOKafkaProducer,
    source: aiokafka.TopicPartition,
    target: tuple[str, int],
) -> int:
    consumer.assign([source])
    async with asyncio.timeout(_ANSWER_S):
        await consumer.seek_to_beginning(source)
        end, position = (await consumer.end_offsets([source]))[source], await consumer.position(source)
    epoch_filter, number = EpochFilter(), 0
    while position < end:
        found = (await consumer.getmany(source, timeout_ms=_SILENT_MS, max_records=_AT_ONCE)).get(source, [])
        before, position = position, await consumer.position(source)
        if position == before:
            raise KafkaTimeoutError(f"{source} was not read beyond {position}")
        states = [(at.key, at.value) for at in found if epoch_filter.allows(at.offset, at.key, at.headers)]
        await _append(producer, target, states)
        number += len(states)
    return number


async def _append(
    producer: aiokafka.AIOKafkaProducer, target: tuple[str, int], states: list[tuple[bytes, bytes | None]]
) -> None:
    """Returns when the broker has all states; those of one key keep their order."""
    topic, partitions = target
    by_partition: dict[int, list[Entry]] = {}
    for key, value in states:
        by_partition.setdefault(partition_of(key, partitions), []).append((key, value, copy()))
    sent = [
        sent
        for partition, entries in by_partition.items()
        for sent in await hand_over(producer, topic, partition, entries)
    ]
    await asyncio.gather(*(future for future, _ in sent))

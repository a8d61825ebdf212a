"""Sends records in batches: one record batch per topic-partition, as large as the producer allows.

aiokafka's `send` would look up metadata, wait for buffer space and make a future for every single record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import aiokafka

from services.common.partition import partition_of
from services.wire.codec.envelope import Headers, Record

Entry = tuple[bytes | None, bytes | None, Headers]
"""Key, value, headers."""


async def emit(producer: aiokafka.AIOKafkaProducer, records: Iterable[Record]) -> None:
    """Returns when the broker has all records, those of one partition in their order; waits as long as that takes."""
    by_partition: dict[tuple[str, int], list[Entry]] = {}
    counts: dict[str, int] = {}
    for record in records:
        if record.topic not in counts:
            counts[record.topic] = len(await producer.partitions_for(record.topic))
        by_key = partition_of(record.key or b"", counts[record.topic])
        partition = by_key if record.partition is None else record.partition
        by_partition.setdefault((record.topic, partition), []).append((record.key, record.value, record.headers))
    sent = [sent for tp, entries in by_partition.items() for sent in await hand_over(producer, *tp, entries)]
    await asyncio.gather(*(future for future, _ in sent))


async def hand_over(
    producer: aiokafka.AIOKafkaProducer, topic: str, partition: int, entries: Iterable[Entry]
) -> list[tuple[asyncio.Future[Any], int]]:
    """Queues entries for one partition, in their order. Returns for each batch the future of its first entry's
    metadata, and the number of its entries."""
    sent: list[tuple[asyncio.Future[Any], int]] = []
    batch = producer.create_batch()
    for key, value, headers in entries:
        if batch.append(key=key, value=value, timestamp=None, headers=list(headers)) is None:  # full
            sent.append((await producer.send_batch(batch, topic, partition=partition), batch.record_count()))
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=None, headers=list(headers))
    sent.append((await producer.send_batch(batch, topic, partition=partition), batch.record_count()))
    return sent

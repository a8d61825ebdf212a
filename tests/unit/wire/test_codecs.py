"""Batches of every codec that Kafka has are read: one that is not would stop its reader for ever."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import cramjam
import pytest
from aiokafka.codec import lz4_encode, snappy_encode
from kafka.record.memory_records import MemoryRecords

from services.wire.kafka.codecs import read_any_codec
from tests.integration.wire.foreign_batches import GZIP, LZ4, NONE, SNAPPY, ZSTD, batch, record

RECORD = record(0, b"key", b"value" * 20_000, [("name", b"held")])
AS_PACKED: list[tuple[int, Callable[[bytes], bytes]]] = [
    (NONE, bytes),
    (GZIP, gzip.compress),
    (SNAPPY, snappy_encode),  # in blocks, as Java's client does
    (SNAPPY, lambda data: bytes(cramjam.snappy.compress_raw(data))),  # whole, as librdkafka does
    (LZ4, lz4_encode),
    (ZSTD, lambda data: bytes(cramjam.zstd.compress(data))),
]


@pytest.mark.parametrize(("codec", "packed"), AS_PACKED)
def test_kafka_python_reads_every_codec(codec: int, packed: Callable[[bytes], bytes]) -> None:
    read_any_codec()
    records = MemoryRecords(batch(packed(RECORD), 1, codec))
    (found,) = records.next_batch()
    assert (found.key, found.value, found.headers) == (b"key", b"value" * 20_000, [("name", b"held")])

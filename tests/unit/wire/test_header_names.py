"""A header's name may be any bytes: what the clients make of such a record, in bytes as a broker would send them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import aiokafka.consumer.fetcher
import aiokafka.record.memory_records
import kafka.record.default_records
import kafka.record.memory_records
import pytest
from kafka.record import MemoryRecords
from kafka.record.default_records import DefaultRecordBatchBuilder

from services.common.errors import Rejected
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord
from services.wire.codec.record_bytes import UNREADABLE_NAME, UNREADABLE_VALUE
from services.wire.faust.patches import aiokafka_header_names
from services.wire.kafka import header_names as kafka_header_names

_ODD = b"\xff\xfe"
_COUNT = 5


class Bytes(str):
    """A header's name as a client writes it that does not care for UTF-8."""

    def encode(self, *_: str) -> bytes:
        return _ODD


def batch(compression: int, odd: tuple[int, ...]) -> bytes:
    """A batch of `_COUNT` records as it lies in Kafka; those numbered in `odd` have a header that is no text."""
    builder = DefaultRecordBatchBuilder(2, compression, False, -1, -1, -1, 1 << 20)
    for number in range(_COUNT):
        headers = [("ce_id", b"%d" % number), *([(Bytes("odd"), None)] if number in odd else [])]
        builder.append(number, 1_000 + number, b"k%d" % number, None if number == 1 else b"v", headers)
    return bytes(builder.build())


def of_aiokafka(data: bytes) -> list[Any]:
    records: Any = aiokafka.consumer.fetcher.MemoryRecords(data)
    found: list[Any] = []
    while records.has_next():
        one = records.next_batch()
        assert one.validate_crc()
        found += one
    return found


def of_kafka_python(data: bytes) -> list[Any]:
    return [record for one in MemoryRecords(data) for record in one]


@pytest.fixture
def as_shipped() -> Iterator[None]:
    """The clients as their packages have them, and afterwards as they were: another test may have taught them."""
    plain, fast = kafka.record.memory_records.DefaultRecordBatch, aiokafka.consumer.fetcher.MemoryRecords
    kafka.record.memory_records.DefaultRecordBatch = kafka.record.default_records.DefaultRecordBatch
    aiokafka.consumer.fetcher.MemoryRecords = aiokafka.record.memory_records.MemoryRecords
    yield
    kafka.record.memory_records.DefaultRecordBatch = plain
    aiokafka.consumer.fetcher.MemoryRecords = fast


@pytest.fixture
def patched(as_shipped: None) -> None:
    """The clients as our processes have them."""
    kafka_header_names.read_any_header_name()
    aiokafka_header_names.read_any_header_name()


@pytest.mark.parametrize("read", [of_kafka_python, of_aiokafka])
@pytest.mark.parametrize("compression", [0, 1, 3], ids=["plain", "gzip", "lz4"])
@pytest.mark.parametrize("odd", [(), (2,), (0, 1, 4), (0, 1, 2, 3, 4)], ids=str)
def test_every_record_is_read_with_all_that_it_holds(
    read: Callable[[bytes], list[Any]], compression: int, odd: tuple[int, ...], patched: None
) -> None:
    found = read(batch(compression, odd) * 2)
    assert [(r.offset, r.timestamp, r.key) for r in found] == [(i, 1_000 + i, b"k%d" % i) for i in range(_COUNT)] * 2
    assert [r.value for r in found] == [b"v", None, b"v", b"v", b"v"] * 2
    unreadable = [(UNREADABLE_NAME, _ODD), (UNREADABLE_VALUE, None)]
    for number, record in enumerate(found):
        own = number % _COUNT
        assert list(record.headers) == [("ce_id", b"%d" % own), *(unreadable if own in odd else [])]


@pytest.mark.parametrize("read", [of_kafka_python, of_aiokafka])
def test_without_the_second_way_the_clients_stop_there(read: Callable[[bytes], list[Any]], as_shipped: None) -> None:
    with pytest.raises(Exception, match=r"invalid record structure|can't decode byte|codec can't"):
        read(batch(0, (2,)))


def test_such_a_message_is_undecodable() -> None:
    raw = RawRecord("ad.views", 0, 7, 0, b"k", b"v", ((UNREADABLE_NAME, _ODD), (UNREADABLE_VALUE, b"")))
    with pytest.raises(Rejected) as refused:
        decode(raw)
    assert refused.value.reason == "undecodable"

"""What strangers' record batches may be is decided by the topics' settings, on a real broker: all that is let in can be
read by each of our readers, and unpacks to no more than a message may have."""

from __future__ import annotations

import asyncio
import gzip
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import aiokafka
import cramjam
import pytest
from confluent_kafka import Producer  # type: ignore[import-untyped]  # it ships no types
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from services.common.topics import MAX_MESSAGE_BYTES, VIEWS
from services.tools.stack.kafka.create_topics import apply_acceptance_settings
from services.tools.stack.session import RunningStack
from services.wire.codec.decode import decode
from services.wire.faust.patches.aiokafka_markers import note_markers
from services.wire.kafka.reader import read_to_end
from tests.integration.wire.foreign_batches import GZIP, LZ4, NONE, SNAPPY, ZSTD, Line, batch, old_message, record, vast

USER = "u1-" + "5" * 32
PARTITION = 3
TOO_LARGE, CORRUPT, INVALID, WRONG_STATE = 10, 2, 87, 53
UNPACKED = 8 << 20


def lz4(data: bytes) -> bytes:
    packer = cramjam.lz4.Compressor(level=9, content_checksum=False, block_linked=False)  # as Kafka wants it
    packer.compress(data)
    return bytes(packer.finish())


PACKED: dict[int, Callable[[bytes], bytes]] = {
    NONE: bytes,
    GZIP: gzip.compress,
    SNAPPY: lambda data: bytes(cramjam.snappy.compress_raw(data)),
    LZ4: lz4,
    ZSTD: lambda data: bytes(cramjam.zstd.compress(data)),
}


@pytest.fixture
def line(parts: RunningStack) -> Iterator[Line]:
    with Line(parts.kafka) as opened:
        yield opened


def values(parts: RunningStack) -> list[bytes | None]:
    return [raw.value for raw in read_to_end(parts.kafka, VIEWS) if raw.partition == PARTITION]


@pytest.mark.parametrize("codec", PACKED)
def test_a_batch_of_any_codec_is_read_by_both_of_our_clients(parts: RunningStack, line: Line, codec: int) -> None:
    value = uuid.uuid4().bytes
    told = line.produce(VIEWS, PARTITION, batch(PACKED[codec](record(0, USER.encode(), value)), 1, codec))
    assert told.error == 0
    assert value in values(parts)
    assert asyncio.run(_by_aiokafka(parts.kafka, told.offset)) == value


async def _by_aiokafka(kafka: str, offset: int) -> bytes | None:
    place = aiokafka.TopicPartition(VIEWS, PARTITION)
    async with aiokafka.AIOKafkaConsumer(bootstrap_servers=kafka) as consumer:
        consumer.assign([place])
        consumer.seek(place, offset)
        found: bytes | None = (await asyncio.wait_for(consumer.getone(place), 30)).value
        return found


@pytest.mark.parametrize("codec", [GZIP, SNAPPY, LZ4, ZSTD])
def test_a_batch_that_unpacks_to_more_than_a_message_may_have_is_refused(
    parts: RunningStack, line: Line, codec: int
) -> None:
    bomb = batch(PACKED[codec](record(0, USER.encode(), bytes(UNPACKED))), 1, codec)
    assert len(bomb) < MAX_MESSAGE_BYTES
    many = b"".join(record(number, None, None) for number in range(200_000))
    flood = batch(PACKED[codec](many), 200_000, codec)
    assert [line.produce(VIEWS, PARTITION, packed).error for packed in (bomb, flood)] == [TOO_LARGE, TOO_LARGE]
    assert line.produce(VIEWS, PARTITION, batch(record(0, USER.encode(), b"next"), 1)).error == 0


def test_a_small_batch_of_a_gigabyte_is_refused_and_the_broker_lives(parts: RunningStack, line: Line) -> None:
    before = parts.status()["processes"]["kafka"]
    packer, piece = cramjam.zstd.Compressor(), bytes(16 << 20)
    head, tail = vast(USER.encode(), 60 * len(piece))
    for data in (head, *[piece] * 60, tail):
        packer.compress(data)
    refused = line.produce(VIEWS, PARTITION, batch(bytes(packer.finish()), 1, ZSTD))
    assert refused.error != 0
    assert line.produce(VIEWS, PARTITION, batch(record(0, USER.encode(), b"next"), 1)).error == 0
    assert parts.status()["processes"]["kafka"]["pid"] == before["pid"]


@pytest.mark.parametrize(
    ("records", "error"),
    [
        (batch(record(0, b"k", b"v"), 1, crc_off=1), CORRUPT),
        (batch(record(0, b"k", b"v"), 1, magic=1), INVALID),
        (old_message(0, b"k", b"v"), INVALID),
        (old_message(1, b"k", b"v"), INVALID),
        (batch(record(0, b"k", b"v"), 1_000_000), INVALID),  # says that there are more
        (batch(record(0, b"\0\0\0\1", b"\0" * 6), 1, 0x30), WRONG_STATE),  # a transaction's marker
        (batch(b"no zstd", 1, ZSTD), -1),
        (batch(record(0, b"k", b"v"), 1, 5), -1),  # a codec that there is none of
    ],
)
def test_a_batch_that_is_none_stays_outside(line: Line, records: bytes, error: int) -> None:
    assert line.produce(VIEWS, PARTITION, records).error == error


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_a_shop_that_sends_compressed_json_by_librdkafka_is_understood(parts: RunningStack, codec: str) -> None:
    shop = Producer({"bootstrap.servers": parts.kafka, "compression.type": codec, "partitioner": "murmur2_random"})
    event_id = uuid.uuid4().hex
    named = {"specversion": "1.0", "id": event_id, "type": "adloom.events.v1.View", "source": "shop"}
    headers: list[tuple[str, str | bytes | None]] = [(f"ce_{name}", value) for name, value in named.items()]
    headers += [("ce_time", datetime.now(UTC).isoformat()), ("content-type", "application/json")]
    shop.produce(VIEWS, json.dumps({"user_id": USER, "product_id": codec}), USER, headers=headers)
    assert shop.flush(30) == 0
    raws = [raw for raw in read_to_end(parts.kafka, VIEWS) if ("ce_id", event_id.encode()) in raw.headers]
    assert [decode(raw).message.product_id for raw in raws] == [codec]  # type: ignore[attr-defined]


def test_a_topic_that_lets_in_other_things_is_brought_to_the_table(parts: RunningStack) -> None:
    admin = KafkaAdminClient(bootstrap_servers=parts.kafka)
    loose = {"compression.type": "producer", "message.timestamp.type": "CreateTime", "retention.ms": "86400001"}
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, VIEWS, loose)])
    try:
        assert sorted(apply_acceptance_settings(parts.kafka)) == [
            f"{VIEWS} compression.type",
            f"{VIEWS} message.timestamp.type",
        ]
        assert apply_acceptance_settings(parts.kafka) == []
        asked = ConfigResource(ConfigResourceType.TOPIC, VIEWS)
        kept = admin.describe_configs([asked])["topic"][VIEWS]
        assert kept["retention.ms"]["value"] == loose["retention.ms"]  # an operator's own business
    finally:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, VIEWS, {"retention.ms": "604800000"})])
        admin.close()


def test_the_markers_of_transactions_are_noted(parts: RunningStack) -> None:
    noted: list[tuple[tuple[str, int], int, int]] = []
    note_markers(lambda *marker: noted.append(marker))
    offsets = asyncio.run(_transactions(parts.kafka))
    place = (VIEWS, PARTITION)
    assert noted == [(place, offset + 1, offset + 2) for offset in offsets]


async def _transactions(kafka: str) -> list[int]:
    """Sends a message in each of two transactions, of which the second is aborted, and reads both; their offsets."""
    place, name = aiokafka.TopicPartition(VIEWS, PARTITION), uuid.uuid4().hex
    async with aiokafka.AIOKafkaProducer(bootstrap_servers=kafka, transactional_id=name) as producer:
        async with producer.transaction():
            first = await producer.send_and_wait(VIEWS, b"committed", partition=PARTITION)
        await producer.begin_transaction()
        second = await producer.send_and_wait(VIEWS, b"aborted", partition=PARTITION)
        await producer.abort_transaction()
    async with aiokafka.AIOKafkaConsumer(bootstrap_servers=kafka) as consumer:
        consumer.assign([place])
        consumer.seek(place, first.offset)
        read = [await asyncio.wait_for(consumer.getone(place), 30) for _ in range(2)]
        (end,) = (await consumer.end_offsets([place])).values()
        while await consumer.position(place) < end:
            await consumer.getmany(place, timeout_ms=100)
    assert [message.value for message in read] == [b"committed", b"aborted"]
    return [first.offset, second.offset]

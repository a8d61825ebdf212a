"""What every `Sink` does, held by the one in memory and by the one on a real broker alike."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from protos.gen.adloom.events.v1 import events_pb2
from services.common.errors import Rejected, Unavailable
from services.common.partition import partition_of
from services.common.pseudonym import PseudonymKey
from services.common.topics import DEADLETTER, PARTITIONS, VIEWS
from services.wire.codec.deadletter import dead_letter, read_origin
from services.wire.codec.decode import decode
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord, Record
from services.wire.codec.memory_sink import MemorySink
from services.wire.codec.ports import Delivery, Sink
from services.wire.kafka.producer import Producer, ProducerSettings
from services.wire.kafka.reader import read_to_end

Read = Callable[[str], list[RawRecord]]
NOBODY = "127.0.0.1:1"


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.integration)])
def sink_and_read(request: pytest.FixtureRequest) -> Iterator[tuple[Sink, Read]]:
    """A sink, and a way to read what is on a topic."""
    if request.param == "memory":
        memory = MemorySink()
        yield memory, memory.read
        return
    kafka = request.getfixturevalue("parts").kafka
    producer = Producer(ProducerSettings(kafka))
    yield producer, lambda topic: list(read_to_end(kafka, topic))
    producer.close(10)


def view_of(user: str, number: int = 0) -> Record:
    pseudonym = PseudonymKey(1, b"test").pseudonym(user)
    view = events_pb2.View(user_id=pseudonym, product_id="shirt-1", dwell_ms=number)
    return encode(view, event_id=f"{user}-{number}", source="t", time=datetime.now(UTC), key=pseudonym.encode())


def test_sent_records_are_read_back_as_they_were(sink_and_read: tuple[Sink, Read]) -> None:
    sink, read = sink_and_read
    records = [view_of(uuid.uuid4().hex) for _ in range(20)]
    for record in records:
        sink.send(record)
    sink.flush(30)
    found = {raw.key: raw for raw in read(VIEWS)}
    for record in records:
        raw = found[record.key]
        assert (raw.value, raw.headers) == (record.value, record.headers)
        assert raw.partition == partition_of(record.key or b"", PARTITIONS)
        assert abs((datetime.now(UTC) - decode(raw).appended_at).total_seconds()) < 60


def test_a_dead_letter_of_a_message_that_had_neither_key_nor_value_is_sent(
    sink_and_read: tuple[Sink, Read],
) -> None:
    # kafka-python raises ValueError for it: one such message on its topics ended evaluation at every start.
    sink, read = sink_and_read
    offset = uuid.uuid4().int >> 70
    sink.send(dead_letter(RawRecord(VIEWS, 0, offset, 0, None, None, ()), "undecodable", redact=False))
    sink.flush(30)
    (found,) = [raw for raw in read(DEADLETTER) if read_origin(raw).offset == offset]
    assert (found.key, found.value or b"") == (None, b"")


def test_each_delivery_is_told_once_with_its_place(sink_and_read: tuple[Sink, Read]) -> None:
    sink, read = sink_and_read
    told: list[Delivery] = []
    records = [view_of(uuid.uuid4().hex) for _ in range(50)]
    for record in records:
        sink.send(record, told.append)
    sink.flush(30)
    assert sorted(d.record.key or b"" for d in told) == sorted(r.key or b"" for r in records)
    places = {(raw.partition, raw.offset): raw.key for raw in read(VIEWS)}
    assert all(d.error is None and places[d.partition, d.offset] == d.record.key for d in told)


def test_records_of_one_key_keep_their_order(sink_and_read: tuple[Sink, Read]) -> None:
    sink, read = sink_and_read
    user = uuid.uuid4().hex
    for number in range(500):
        sink.send(view_of(user, number))
    sink.flush(30)
    key = view_of(user).key
    numbers = [decode(raw).message.dwell_ms for raw in read(VIEWS) if raw.key == key]  # type: ignore[attr-defined]
    assert numbers == list(range(500))


def test_a_named_partition_is_obeyed_and_a_key_may_be_missing(sink_and_read: tuple[Sink, Read]) -> None:
    sink, read = sink_and_read
    mark = uuid.uuid4().bytes
    sink.send(Record(DEADLETTER, b"key", mark + b"1", (), partition=4))
    sink.send(Record(DEADLETTER, None, mark + b"2", (("a", b""),)))
    sink.send(Record(DEADLETTER, b"key", None, (("mark", mark),)))
    sink.flush(30)
    found = {raw.value: raw for raw in read(DEADLETTER)}
    assert found[mark + b"1"].partition == 4
    assert (found[mark + b"2"].key, found[mark + b"2"].headers) == (None, (("a", b""),))
    assert any(raw.value is None and raw.headers == (("mark", mark),) for raw in read(DEADLETTER))


def test_an_oversized_record_is_refused_at_once(sink_and_read: tuple[Sink, Read]) -> None:
    sink, _ = sink_and_read
    with pytest.raises(Rejected, match="2000001 bytes"):
        sink.send(Record(VIEWS, b"k", b"x" * 2_000_000, ()))
    sink.flush(30)


def test_many_threads_may_share_a_sink(sink_and_read: tuple[Sink, Read]) -> None:
    sink, read = sink_and_read
    users = [[uuid.uuid4().hex for _ in range(50)] for _ in range(4)]

    def send_all(some: list[str]) -> None:
        for user in some:
            sink.send(view_of(user))

    threads = [threading.Thread(target=send_all, args=(some,)) for some in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sink.flush(30)
    keys = [raw.key for raw in read(VIEWS)]
    assert all(keys.count(view_of(user).key) == 1 for some in users for user in some)


def test_a_failure_without_listener_is_raised_by_flush_once() -> None:
    sink = MemorySink()
    sink.failure = Unavailable("kafka", "the cable is out")
    sink.send(view_of("a"))
    with pytest.raises(Unavailable, match="cable"):
        sink.flush(1)
    sink.flush(1)
    assert sink.read(VIEWS) == []


@pytest.mark.integration
def test_a_failure_on_the_broker_reaches_its_listener_and_the_next_record_is_taken(
    parts: object,
) -> None:
    producer = Producer(ProducerSettings(parts.kafka, delivery_s=3))  # type: ignore[attr-defined]
    told: list[Delivery] = []
    try:
        with pytest.raises(Unavailable, match="kafka is unavailable"):
            Producer(ProducerSettings(parts.kafka, block_s=0.5)).send(Record("ad.nothing", b"k", b"v", ()))  # type: ignore[attr-defined]
        producer.send(view_of(uuid.uuid4().hex), told.append)
        producer.flush(10)
        assert [d.error for d in told] == [None]
    finally:
        producer.close(10)


def test_no_broker_is_said_within_its_time() -> None:
    with pytest.raises(Unavailable, match="no broker answered at 127.0.0.1:1"):
        Producer(ProducerSettings(NOBODY, connect_s=0.3))
    with pytest.raises(Unavailable, match="no broker answered at 127.0.0.1:1"):
        list(read_to_end(NOBODY, VIEWS, timeout_s=0.3))

"""One behaviour of a `Log`, on the shipped fake and on real Kafka."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from services.common.errors import Unavailable
from services.common.topics import OUTCOMES
from services.evaluation.kafka_log import KafkaLog
from services.evaluation.memory_log import MemoryLog
from services.evaluation.ports import Log
from services.tools.stack.session import RunningStack
from services.wire.codec.envelope import RawRecord
from services.wire.codec.memory_sink import MemorySink
from services.wire.codec.ports import Sink
from services.wire.kafka.producer import Producer, ProducerSettings
from tests.unit.evaluation.outcomes_made import outcome, send

NUMBERS = range(30)


@pytest.fixture(params=["memory", "kafka"])
def log_and_sink(request: pytest.FixtureRequest) -> Iterator[tuple[Log, Sink]]:
    if request.param == "memory":
        sink = MemorySink()
        yield MemoryLog(sink, (OUTCOMES,)), sink
        return
    kafka = request.getfixturevalue("parts").kafka
    with closing(KafkaLog(kafka, (OUTCOMES,))) as log:
        producer = Producer(ProducerSettings(kafka))
        yield log, producer
        producer.close(5)


def read(log: Log, count: int) -> list[RawRecord]:
    found: list[RawRecord] = []
    until = time.monotonic() + 20
    while len(found) < count and time.monotonic() < until:
        found += log.poll(0.5)
    assert len(found) == count
    return found


def test_every_record_comes_once_in_order_and_reading_goes_on_where_it_is_sent_to(
    log_and_sink: tuple[Log, Sink],
) -> None:
    log, sink = log_and_sink
    assert log.identity()
    begin = log.ends()
    log.seek(begin)
    send(sink, *(outcome(number) for number in NUMBERS))
    sink.flush(10)
    found = read(log, len(NUMBERS))
    for tp in begin:
        offsets = [raw.offset for raw in found if (raw.topic, raw.partition) == tp]
        assert offsets == list(range(begin[tp], log.ends()[tp]))
    assert log.positions() == log.ends()
    assert log.poll(0.1) == []

    log.seek(begin)
    assert {raw.value for raw in read(log, len(NUMBERS))} == {raw.value for raw in found}


def test_partitions_that_are_not_named_are_read_from_their_beginning(log_and_sink: tuple[Log, Sink]) -> None:
    log, sink = log_and_sink
    send(sink, outcome(1))
    sink.flush(10)
    log.seek({})
    assert len(read(log, sum(log.ends().values()))) >= 1


def test_reading_goes_on_behind_what_was_deleted_and_the_log_says_where_it_begins(parts: RunningStack) -> None:
    topic = f"deleted-{uuid.uuid4().hex}"  # one of its own: others read the real ones from their beginning
    with closing(KafkaAdminClient(bootstrap_servers=parts.kafka)) as admin:
        admin.create_topics([NewTopic(topic, 1, 1)])
        with closing(KafkaProducer(bootstrap_servers=parts.kafka)) as producer:
            for number in range(5):
                producer.send(topic, key=b"k", value=b"%d" % number)
            producer.flush(20)
        with closing(KafkaLog(parts.kafka, (topic,))) as log:
            assert log.begins() == {(topic, 0): 0}
            admin.delete_records({TopicPartition(topic, 0): 3})
            assert log.begins() == {(topic, 0): 3}
            log.seek({(topic, 0): 1})
            assert [raw.offset for raw in read(log, 2)] == [3, 4]


def test_without_a_broker_the_part_is_named() -> None:
    with pytest.raises(Unavailable, match="kafka is unavailable"):
        KafkaLog("127.0.0.1:1", (OUTCOMES,))

"""Topics without states that get more partitions: whoever reads them reads all of them, by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial

import pytest
from kafka.admin import KafkaAdminClient, NewPartitions

from protos.gen.adloom.events.v1.policy_pb2 import PolicyVersion
from services.common.errors import Unavailable
from services.common.topics import OUTCOMES, POLICY
from services.creative.kafka_policy_reader import KafkaPolicyReader
from services.evaluation.kafka_log import KafkaLog
from services.stack.home import Home
from services.stack.session import RunningStack, tied_stack
from services.wire.encode import encode
from services.wire.envelope import Record
from services.wire.kafka_producer import Producer, ProducerSettings
from tests.conftest import stack_environ
from tests.waiting import wait_for


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A Kafka whose topics the test may change."""
    home = Home(tmp_path_factory.mktemp("own")).make()
    with tied_stack(home, stack_environ(), only=("kafka", "topics")) as running:
        yield running


def version(number: int, partition: int) -> Record:
    message = PolicyVersion(policy_id="thompson", version=number, prior_shape=20, prior_rate=20)
    sent = encode(message, event_id=f"v{number}", source="t", time=datetime.now(UTC), key=b"thompson")
    return Record(sent.topic, sent.key, sent.value, sent.headers, partition)


def raise_to(kafka: str, counts: dict[str, int]) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_partitions({topic: NewPartitions(count) for topic, count in counts.items()})
    admin.close()


def connects_anew(log: KafkaLog) -> bool:
    try:
        log.poll(0.1)
    except Unavailable as missing:
        return "8 partitions now" in str(missing)
    return False


def test_readers_of_all_partitions_see_those_that_somebody_adds(own: RunningStack) -> None:
    with closing(KafkaLog(own.kafka, (OUTCOMES,))) as log:
        log.seek({})
        assert not connects_anew(log)
        raise_to(own.kafka, {OUTCOMES: 8, POLICY: 3})
        wait_for("evaluation notices", lambda: connects_anew(log), 60)
    with closing(KafkaLog(own.kafka, (OUTCOMES,))) as log:
        assert len(log.ends()) == 8


def test_the_newest_posterior_counts_in_whichever_partition_it_lies(own: RunningStack) -> None:
    raise_to(own.kafka, {POLICY: 3})
    producer = Producer(ProducerSettings(own.kafka))
    for record in (version(7, 0), version(8, 2)):
        wait_for("the partition is known", partial(sent, producer, record), 60)
        time.sleep(0.005)  # the broker's clock counts milliseconds
    producer.close(5)
    reader = KafkaPolicyReader(own.kafka)
    reader.start()
    wait_for("the newest", lambda: reader.caught_up.is_set() and reader.current.version == 8, 60)
    reader.stop(5)


def sent(producer: Producer, record: Record) -> bool:
    try:
        producer.send(record)
        producer.flush(10)
    except Unavailable:
        return False
    return True

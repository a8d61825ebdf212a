"""Topics without states that get more partitions: whoever reads them reads all of them, by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest
from kafka.admin import KafkaAdminClient, NewPartitions

from protos.gen.adloom.events.v1.policy_pb2 import PolicyVersion
from services.common.topics import OUTCOMES, POLICY
from services.creative.policy_reader import PolicyReader
from services.evaluation.kafka_log import KafkaLog
from services.tools.stack.session import RunningStack, tied_stack
from services.tools.stack.state_dir import StateDir
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord, Record
from services.wire.kafka.producer import Producer, ProducerSettings
from tests.conftest import stack_environ
from tests.waiting import wait_for


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A Kafka whose topics the test may change."""
    state_dir = StateDir(tmp_path_factory.mktemp("own")).make()
    with tied_stack(state_dir, stack_environ(), only=("kafka", "topics")) as running:
        yield running


def version(number: int, partition: int) -> Record:
    message = PolicyVersion(policy_id="thompson", version=number, prior_shape=20, prior_rate=20)
    sent = encode(message, event_id=f"v{number}", source="t", time=datetime.now(UTC), key=b"thompson")
    return Record(sent.topic, sent.key, sent.value, sent.headers, partition)


def raise_to(kafka: str, counts: dict[str, int]) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_partitions({topic: NewPartitions(count) for topic, count in counts.items()})

    def found() -> dict[str, int]:
        return {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics([*counts])}

    wait_for("the partitions are there", lambda: found() == counts, 60)
    admin.close()


def send_to(kafka: str, *records: Record) -> None:
    """By a producer of its own, which knows the partitions that there are now."""
    producer = Producer(ProducerSettings(kafka))
    for record in records:
        producer.send(record)
        producer.flush(60)
        time.sleep(0.005)  # the broker's clock counts milliseconds
    producer.close(5)


def polled(log: KafkaLog, found: list[RawRecord]) -> int:
    """Takes what there is; how many there are by now."""
    found += log.poll(0.1)
    return len(found)


def test_what_lies_in_added_partitions_is_evaluated_and_nothing_twice(own: RunningStack) -> None:
    found: list[RawRecord] = []
    with closing(KafkaLog(own.kafka, (OUTCOMES,))) as log:
        log.seek({})
        send_to(own.kafka, *(Record(OUTCOMES, b"somebody", b"", (), number) for number in range(6)))
        wait_for("those before", lambda: polled(log, found) == 6, 60)
        raise_to(own.kafka, {OUTCOMES: 8})
        send_to(own.kafka, Record(OUTCOMES, b"somebody", b"", (), 7))
        wait_for("the one in a new partition", lambda: polled(log, found) > 6, 60)
        assert len(log.positions()) == len(log.ends()) == 8
    assert [raw.partition for raw in found[6:]] == [7]


def test_the_newest_posterior_counts_in_whichever_partition_it_lies(own: RunningStack) -> None:
    raise_to(own.kafka, {POLICY: 3})
    send_to(own.kafka, version(7, 0), version(8, 2))
    reader = PolicyReader(own.kafka)
    reader.follower.start()
    wait_for("the newest", lambda: reader.follower.caught_up.is_set() and reader.current.version == 8, 60)
    reader.follower.stop(5)

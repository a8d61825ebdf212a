"""Somebody sets the group's offsets to the latest: what is skipped by that is counted."""

from __future__ import annotations

import signal
from pathlib import Path

from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from services.common.topics import CLICKS, ORDERS, PARTITIONS, VIEWS
from services.tools.drills.own_worker import ended_after
from services.tools.stack.session import RunningStack
from tests.integration.profiles.sent_events import WITHIN_S, emit, shown
from tests.integration.profiles.workers import worker_of
from tests.waiting import wait_for

USERS = [f"u1-{number:032x}" for number in range(1, 41)]
PLACES = [TopicPartition(topic, number) for topic in (VIEWS, CLICKS, ORDERS) for number in range(PARTITIONS)]


def ends_of_all(kafka: str) -> dict[TopicPartition, int]:
    with KafkaConsumer(bootstrap_servers=kafka) as consumer:
        found: dict[TopicPartition, int] = consumer.end_offsets(PLACES)
        return found


def set_to_latest(kafka: str) -> None:
    """As Kafka's own tool does with `--reset-offsets --to-latest`."""
    with KafkaConsumer(bootstrap_servers=kafka, group_id="adloom-profiles", enable_auto_commit=False) as consumer:
        consumer.assign(PLACES)
        ends = consumer.end_offsets(PLACES)
        consumer.commit({place: OffsetAndMetadata(end, "", -1) for place, end in ends.items()})


def test_events_that_a_group_set_to_the_latest_skips_are_counted(shop: RunningStack, tmp_path: Path) -> None:
    worker = worker_of(shop, tmp_path / "worker")
    with ended_after([worker]):
        emit(shop.kafka, USERS, 50, seed=0)
        set_to_latest(shop.kafka)
        worker.start()  # for the first time: nothing was finished yet
        wait_for("it is ready", worker.ready, WITHIN_S)
        assert worker.wait_for_metric("adloom_events_total", fate="skipped") == sum(ends_of_all(shop.kafka).values())
        first = emit(shop.kafka, USERS, 300, seed=1)
        wait_for("Feast shows what was sent", lambda: shown(shop.redis, USERS) == first, WITHIN_S)
        assert worker.end(signal.SIGTERM) == 0
        before = ends_of_all(shop.kafka)
        emit(shop.kafka, USERS, 200, seed=2)
        sent = sum(ends_of_all(shop.kafka).values()) - sum(before.values())
        assert sent >= 200
        set_to_latest(shop.kafka)
        worker.start()
        wait_for("it is ready", worker.ready, WITHIN_S)
        assert worker.wait_for_metric("adloom_events_total", fate="skipped") == sent
        third = emit(shop.kafka, USERS, 100, seed=3)
        both = {user: first[user] + third[user] for user in USERS}
        wait_for("what came afterwards is read", lambda: shown(shop.redis, USERS) == both, WITHIN_S)

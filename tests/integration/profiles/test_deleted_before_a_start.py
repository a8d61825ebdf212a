"""What retention deleted before a worker came back is told once, however often its group rebalances afterwards."""

from __future__ import annotations

import signal
from contextlib import closing
from pathlib import Path

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from services.common.topics import CLICKS, ORDERS, PARTITIONS, VIEWS
from services.tools.drills.own_worker import OwnWorker, ended_after
from services.tools.stack.session import RunningStack
from tests.integration.profiles.sent_events import WITHIN_S, emit, shown
from tests.integration.profiles.workers import worker_of
from tests.waiting import wait_for

USERS = [f"u1-{number:032x}" for number in range(1, 31)]
PLACES = [TopicPartition(topic, partition) for topic in (VIEWS, CLICKS, ORDERS) for partition in range(PARTITIONS)]


def told(worker: OwnWorker) -> float:
    return worker.wait_for_metric("adloom_events_total", fate="deleted")


def came_back(worker: OwnWorker) -> None:
    worker.start()
    wait_for("it is ready", worker.ready, WITHIN_S)


def test_what_was_deleted_is_told_once(shop: RunningStack, tmp_path: Path) -> None:
    worker, other = (worker_of(shop, tmp_path / name, name) for name in ("profiles-0", "profiles-1"))
    with ended_after([worker, other]):
        sent = emit(shop.kafka, USERS, 300, seed=1)
        worker.start()
        wait_for("all was applied", lambda: shown(shop.redis, USERS) == sent, WITHIN_S)
        assert worker.end(signal.SIGTERM) == 0
        before = ends(shop.kafka)
        emit(shop.kafka, USERS, 300, seed=2)
        lost = sum(ends(shop.kafka).values()) - sum(before.values())
        with closing(KafkaAdminClient(bootstrap_servers=shop.kafka)) as admin:
            admin.delete_records(ends(shop.kafka))
        came_back(worker)
        assert told(worker) == lost
        takeovers = worker.wait_for_metric("adloom_takeovers_total")
        came_back(other)
        assert other.end(signal.SIGTERM) == 0
        wait_for("all partitions are back", lambda: worker.ready() and worker.owned() == PARTITIONS, WITHIN_S)
        assert worker.wait_for_metric("adloom_takeovers_total") > takeovers
        assert told(worker) == lost
        assert worker.end(signal.SIGTERM) == 0
        came_back(worker)
        assert told(worker) == 0


def ends(kafka: str) -> dict[TopicPartition, int]:
    """Where each input ends."""
    with closing(KafkaConsumer(bootstrap_servers=kafka)) as consumer:
        return dict(consumer.end_offsets(PLACES))

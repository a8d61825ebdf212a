"""The worker on real parts: killed, moved, left without Redis - the integers in Feast are those that were sent."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from kafka import KafkaConsumer, TopicPartition
from rocksdict import Options, Rdict

from services.common.partition import partition_of
from services.common.topics import PARTITIONS
from services.stack.session import RunningStack
from tests.integration.stream.worker_process import Counts, WorkerProcess, emit, shown, until

USERS = [f"u1-{number:032x}" for number in range(1, 101)]


@pytest.fixture
def workers(shop: RunningStack, tmp_path: Path) -> Iterator[list[WorkerProcess]]:
    """Two workers, not started; whatever runs at the end is killed."""
    made = [WorkerProcess(shop, tmp_path / str(number), f"profiles-{number}") for number in range(2)]
    yield made
    for worker in made:
        if worker.process is not None and worker.process.poll() is None:
            worker.end(signal.SIGKILL)


def together(*parts: Counts) -> Counts:
    whole = {user: counts.copy() for user, counts in parts[0].items()}
    for part in parts[1:]:
        for user, counts in part.items():
            whole[user] += counts
    return whole


def settle(shop: RunningStack, sent: Counts) -> None:
    until("Feast shows what was sent", lambda: shown(shop.redis, USERS) == sent)


@pytest.mark.parametrize("store", ["rocksdict", "memory"])
def test_a_killed_worker_comes_back_and_counts_every_event_once(
    shop: RunningStack, workers: list[WorkerProcess], store: str
) -> None:
    worker = workers[0]
    worker.store = store
    first = emit(shop.kafka, USERS, 4_000, seed=1)
    worker.start()
    until("something was applied", lambda: any(shown(shop.redis, USERS).values()))
    worker.end(signal.SIGKILL)  # in the middle of its work
    second = emit(shop.kafka, USERS, 1_000, seed=2)
    worker.start()
    settle(shop, together(first, second))
    assert worker.end(signal.SIGTERM) == 0
    homes = {user: partition_of(user.encode(), PARTITIONS) for user in USERS}
    assert changelog_partitions(shop.kafka) == homes
    if store == "rocksdict":
        assert stored_partitions(worker.data) == homes


def stored_partitions(data: Path) -> dict[str, int]:
    """In which partition's file each user's state lies."""
    found: dict[str, int] = {}
    for partition in range(PARTITIONS):
        (path,) = data.glob(f"*/v*/tables/users-{partition}.db")
        database = Rdict(str(path), options=Options(raw_mode=True))
        keys = cast("list[bytes]", list(database.keys()))
        found |= {key.decode(): partition for key in keys if key.startswith(b"u1-")}
        database.close()
    return found


def changelog_partitions(kafka: str) -> dict[str, int]:
    """In which partition of the changelog each user's states lie."""
    topic = "adloom-profiles-users-changelog"
    consumer = KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", consumer_timeout_ms=3_000)
    consumer.assign([TopicPartition(topic, partition) for partition in range(PARTITIONS)])
    found: dict[str, int] = {}
    for record in consumer:
        assert found.setdefault(record.key.decode(), record.partition) == record.partition
    consumer.close()
    return found


def test_states_come_back_from_the_changelog_when_the_disk_is_lost(
    shop: RunningStack, workers: list[WorkerProcess]
) -> None:
    worker = workers[0].start()
    first = emit(shop.kafka, USERS, 2_000, seed=1)
    settle(shop, first)
    worker.end(signal.SIGKILL)
    shutil.rmtree(worker.data)
    worker.start()
    second = emit(shop.kafka, USERS, 500, seed=2)
    settle(shop, together(first, second))


def test_without_redis_the_worker_waits_with_the_part_named_and_loses_nothing(
    shop: RunningStack, workers: list[WorkerProcess]
) -> None:
    worker = workers[0].start()
    first = emit(shop.kafka, USERS, 500, seed=1)
    settle(shop, first)
    shop.stop("redis")
    second = emit(shop.kafka, USERS, 500, seed=2)
    until("redis is named", lambda: worker.readiness().get("waiting_for") == "redis")
    shop.start("redis")
    settle(shop, together(first, second))
    until("it is ready again", lambda: worker.readiness().get("ready"))
    assert worker.process is not None and worker.process.poll() is None  # it waited and did not die


def test_partitions_that_move_between_workers_take_their_states_along(
    shop: RunningStack, workers: list[WorkerProcess]
) -> None:
    sent = [emit(shop.kafka, USERS, 3_000, seed=1)]
    workers[0].start()
    until("something was applied", lambda: any(shown(shop.redis, USERS).values()))
    workers[1].start()  # takes half of the partitions away, in the middle of the work
    sent.append(emit(shop.kafka, USERS, 3_000, seed=2))
    until("both are ready", lambda: all(worker.readiness().get("ready") for worker in workers))
    sent.append(emit(shop.kafka, USERS, 1_000, seed=3))
    settle(shop, together(*sent))

"""The worker on real parts: killed, moved, left without Redis - the integers in Feast are those that were sent."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import cast

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from rocksdict import Options, Rdict

from protos.gen.adloom.events.v1 import events_pb2
from services.common.partition import partition_of
from services.common.topics import PARTITIONS, VIEWS
from services.features.memory_store import MemoryStore
from services.profiles.topology import ProfilesProcessor
from services.tools.drills.own_worker import OwnWorker, ended_after
from services.tools.stack.session import RunningStack
from services.wire.codec.envelope import Envelope
from services.wire.faust.deduplicator import MOST_REMEMBERED
from services.wire.faust.states.changelog import EPOCH_MARKER
from services.wire.faust.states.table import LARGEST_STATE_BYTES
from tests.integration.profiles.sent_events import WITHIN_S, Counts, emit, shown
from tests.integration.profiles.workers import worker_of
from tests.waiting import wait_for

CHANGELOG = "adloom-profiles-users-changelog"
FLOOD = MOST_REMEMBERED - 100
USERS = [f"u1-{number:032x}" for number in range(1, 101)]


@pytest.fixture
def workers(shop: RunningStack, tmp_path: Path) -> Iterator[list[OwnWorker]]:
    """Two workers, not started; whatever runs at the end is killed."""
    made = [worker_of(shop, tmp_path / str(number), f"profiles-{number}") for number in range(2)]
    with ended_after(made):
        yield made


def together(*parts: Counts) -> Counts:
    whole = {user: counts.copy() for user, counts in parts[0].items()}
    for part in parts[1:]:
        for user, counts in part.items():
            whole[user] += counts
    return whole


def settle(shop: RunningStack, sent: Counts) -> None:
    wait_for("Feast shows what was sent", lambda: shown(shop.redis, [*sent]) == sent, WITHIN_S)


@pytest.mark.parametrize("store", ["rocksdict", "memory"])
def test_a_killed_worker_comes_back_and_counts_every_event_once(
    shop: RunningStack, workers: list[OwnWorker], store: str
) -> None:
    worker = workers[0]
    worker.environ = {**worker.environ, "ADLOOM_STORE": store}
    first = emit(shop.kafka, USERS, 4_000, seed=1)
    worker.start()
    wait_for("something was applied", lambda: any(shown(shop.redis, USERS).values()), WITHIN_S)
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
    consumer = KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", consumer_timeout_ms=3_000)
    consumer.assign([TopicPartition(CHANGELOG, partition) for partition in range(PARTITIONS)])
    found: dict[str, int] = {}
    for record in consumer:
        if record.key == EPOCH_MARKER:
            continue
        assert found.setdefault(record.key.decode(), record.partition) == record.partition
    consumer.close()
    return found


def test_states_come_back_from_the_changelog_when_the_disk_is_lost(
    shop: RunningStack, workers: list[OwnWorker]
) -> None:
    worker = workers[0]
    worker.start()
    first = emit(shop.kafka, USERS, 2_000, seed=1)
    settle(shop, first)
    worker.end(signal.SIGKILL)
    shutil.rmtree(worker.data)
    worker.start()
    second = emit(shop.kafka, USERS, 500, seed=2)
    settle(shop, together(first, second))


def test_a_state_larger_than_kafkas_default_message_comes_back_and_is_written_again(
    shop: RunningStack, workers: list[OwnWorker]
) -> None:
    worker, busy = workers[0], USERS[0]
    worker.start()
    settle(shop, emit(shop.kafka, USERS[1:3], 20, seed=1))  # now there is a changelog
    worker.end(signal.SIGKILL)
    shutil.rmtree(worker.data)
    put_state(shop.kafka, busy, state_of_a_flood(busy))
    worker.start()
    more = emit(shop.kafka, [busy], 30, seed=2)
    settle(shop, together(more, {busy: Counter(views=FLOOD)}))
    sizes = state_sizes(shop.kafka, busy)
    assert len(sizes) > 1 and min(sizes) > 1_048_588


def state_of_a_flood(user: str) -> bytes:
    """What the worker makes of more events in a day than any person causes."""
    message, now = events_pb2.View(user_id=user, product_id="boot-chelsea"), datetime.now(UTC)
    chance = Random(7)
    flood = [
        Envelope(
            f"{n}",
            "flood",
            "t",
            now - timedelta(seconds=chance.uniform(0, 3600)),
            VIEWS,
            -1,
            n,
            now,
            user.encode(),
            message,
        )  # no real partition's offsets
        for n in range(FLOOD)
    ]
    state = ProfilesProcessor(MemoryStore(), lambda _: None, 120).advance(user, 0, None, flood, 0).state
    assert state is not None
    return state


def put_state(kafka: str, user: str, state: bytes) -> None:
    """Into the changelog, where the user's states lie."""
    producer = KafkaProducer(bootstrap_servers=kafka, max_request_size=LARGEST_STATE_BYTES)
    partition = partition_of(user.encode(), PARTITIONS)
    producer.send(CHANGELOG, key=user.encode(), value=state, partition=partition).get(30)
    producer.close()


def state_sizes(kafka: str, user: str) -> list[int]:
    """Bytes of each state of the user in the changelog."""
    consumer = KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest", consumer_timeout_ms=3_000)
    consumer.assign([TopicPartition(CHANGELOG, partition_of(user.encode(), PARTITIONS))])
    found = [len(record.value or b"") for record in consumer if record.key == user.encode()]
    consumer.close()
    return found


def test_without_redis_the_worker_waits_with_the_part_named_and_loses_nothing(
    shop: RunningStack, workers: list[OwnWorker]
) -> None:
    worker = workers[0]
    worker.start()
    first = emit(shop.kafka, USERS, 500, seed=1)
    settle(shop, first)
    shop.stop("redis")
    second = emit(shop.kafka, USERS, 500, seed=2)
    wait_for("redis is named", lambda: worker.endpoint.readiness().get("waiting_for") == "redis", WITHIN_S)
    shop.start("redis")
    settle(shop, together(first, second))
    wait_for("it is ready again", worker.ready, WITHIN_S)
    assert worker.runs()  # it waited and did not die


def test_partitions_that_move_between_workers_take_their_states_along(
    shop: RunningStack, workers: list[OwnWorker]
) -> None:
    sent = [emit(shop.kafka, USERS, 3_000, seed=1)]
    workers[0].start()
    wait_for("something was applied", lambda: any(shown(shop.redis, USERS).values()), WITHIN_S)
    workers[1].start()  # takes half of the partitions away, in the middle of the work
    sent.append(emit(shop.kafka, USERS, 3_000, seed=2))
    wait_for("both are ready", lambda: all(worker.ready() for worker in workers), WITHIN_S)
    sent.append(emit(shop.kafka, USERS, 1_000, seed=3))
    settle(shop, together(*sent))

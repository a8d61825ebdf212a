"""Topics get more partitions under running workers: that is named, made good by one command, and loses nothing."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from kafka.admin import KafkaAdminClient, NewPartitions

from services.common.topics import CLICKS, IMPRESSIONS, ORDERS, OUTCOMES, VIEWS
from services.tools.drills.own_worker import OwnWorker, ended_after
from services.tools.stack.session import RunningStack
from services.wire.faust.app import WorkerSettings, faust_app
from services.wire.faust.batch import PartitionsRevoked
from services.wire.faust.states.layout import changelog_of
from services.wire.faust.states.layouts import LayoutCheck
from tests.conftest import stack_environ
from tests.integration.profiles.sent_events import WITHIN_S, Counts, emit, shown
from tests.integration.profiles.workers import worker_of
from tests.waiting import wait_for

USERS = [f"u1-{number:032x}" for number in range(1, 101)]
ADVICE = "partitions (adloom partitions 8)"


@pytest.fixture
def worker(shop: RunningStack, tmp_path: Path) -> Iterator[OwnWorker]:
    """Not started; killed at the end, with whatever else runs under its name."""
    made = worker_of(shop, tmp_path / "worker")
    with ended_after([made]):
        yield made


def raise_by_hand(kafka: str, partitions: int, *topics: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.create_partitions({topic: NewPartitions(partitions) for topic in topics})
    admin.close()


def counts(kafka: str) -> Mapping[str, int]:
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    try:
        return {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics()}
    finally:
        admin.close()


def command(shop: RunningStack, partitions: int) -> subprocess.Popen[str]:
    """`adloom partitions N`."""
    words = [str(Path(sys.executable).parent / "adloom"), "partitions", str(partitions)]
    environ = {**stack_environ(), **shop.environ()}
    return subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def settle(shop: RunningStack, *sent: Counts) -> None:
    whole = {user: sum((part[user] for part in sent), Counter[str]()) for user in USERS}
    wait_for("Feast shows what was sent", lambda: shown(shop.redis, USERS) == whole, WITHIN_S)


def waiting_for(worker: OwnWorker) -> str:
    return str(worker.endpoint.readiness().get("waiting_for", ""))


def killed_when(shop: RunningStack, happens: Callable[[subprocess.Popen[str]], object]) -> None:
    """The command, which dies as soon as that has happened."""
    with command(shop, 8) as running:
        happens(running)
        running.kill()


def raised(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    assert "topics raised to 8 partitions" in running.stdout.readline()


def done(shop: RunningStack) -> None:
    """Also to more than it was begun with."""
    with command(shop, 9) as running:
        assert "all user-keyed topics have 9 partitions" in running.communicate(timeout=WITHIN_S)[0]


def left_and_came_back(worker: OwnWorker) -> None:
    """As its supervisor would have it; it says what is to be done."""
    assert worker.process is not None and worker.process.wait(WITHIN_S) == 0
    worker.start()
    wait_for("what to do is named", lambda: ADVICE in waiting_for(worker), WITHIN_S)


async def started_in_between(kafka: str, partitions: int) -> bool:
    """Whether a worker that saw this number of partitions before the move, and starts after it, would work."""
    settings = WorkerSettings(kafka=kafka, store="memory")
    changelog = faust_app("profiles", settings).topic(changelog_of("profiles", partitions), internal=True)
    await changelog.declare()  # as its table does at the start
    try:
        await LayoutCheck(kafka, "profiles", (VIEWS, CLICKS, ORDERS), partitions).check()
    except PartitionsRevoked:
        return False
    return True


def test_partitions_that_somebody_adds_are_named_and_one_command_moves_everything(
    shop: RunningStack, worker: OwnWorker
) -> None:
    worker.start()
    sent = [emit(shop.kafka, USERS, 2_000, seed=1)]
    settle(shop, *sent)
    raise_by_hand(shop.kafka, 8, VIEWS, changelog_of("profiles", 6))
    left_and_came_back(worker)
    sent.append(emit(shop.kafka, USERS, 500, seed=2))
    killed_when(shop, raised)
    target = changelog_of("profiles", 8)
    killed_when(shop, lambda _: wait_for("it copies", lambda: target in counts(shop.kafka), WITHIN_S, 0.001))
    sent.append(emit(shop.kafka, USERS, 500, seed=3))
    done(shop)
    settle(shop, *sent)
    wait_for("it is ready", worker.ready, WITHIN_S)
    assert worker.owned() == 9
    worker.end(signal.SIGKILL)
    worker.start()
    sent.append(emit(shop.kafka, USERS, 500, seed=4))
    settle(shop, *sent)
    assert [asyncio.run(started_in_between(shop.kafka, number)) for number in (6, 9)] == [False, True]
    found = counts(shop.kafka)
    assert {found[topic] for topic in (VIEWS, CLICKS, ORDERS, IMPRESSIONS, OUTCOMES)} == {9}
    assert [changelog_of("profiles", number) in found for number in (6, 8, 9)] == [False, False, True]

"""On a real Redis: a worker that lost its partitions writes no row, wherever it was when it lost them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
import redis

from services.common.errors import Unavailable
from services.common.partition import partition_of
from services.common.topics import PARTITIONS
from services.features.feast_reader import FeastReader
from services.features.feast_writer import FeastWriter
from services.features.ports import ProfileRow
from services.features.profile import INTEGERS, Profile
from services.stack.session import RunningStack

USER = f"u1-{7:032x}"


@dataclass
class Kafka:
    """Knows the owner of every partition."""

    owner: str = ""


@dataclass
class Member:
    """An `Ownership` that believes to own everything until Kafka says otherwise."""

    kafka: Kafka
    named: str
    asked: Callable[[], None] = lambda: None

    def name(self) -> str:
        return self.named

    def is_confirmed(self) -> bool:
        self.asked()
        return self.kafka.owner == self.named


def row(views: int) -> ProfileRow:
    return ProfileRow(USER, Profile((views, *[0] * (len(INTEGERS) - 1))), 1)


def shown(parts: RunningStack) -> int:
    return FeastReader(parts.redis, timeout_s=5.0).read([USER])[USER].profile.integer("views_total")


def refused(writer: FeastWriter, rows: Sequence[ProfileRow]) -> None:
    with pytest.raises(Unavailable) as refusal:
        writer.write(rows)
    assert refusal.value.part == "ownership"


def test_a_worker_that_wakes_after_its_partitions_moved_writes_nothing(parts: RunningStack) -> None:
    kafka = Kafka(owner="first")
    first, second = (FeastWriter(parts.redis, Member(kafka, name)) for name in ("first", "second"))
    first.write([row(1)])
    kafka.owner = "second"
    second.write([row(3)])
    for _ in range(3):  # it tries again and again
        refused(first, [row(2)])
        assert shown(parts) == 3
    with pytest.raises(Unavailable):
        second.write([row(4)])  # the other's late claim stands there: it has to claim again
    second.write([row(4)])
    assert shown(parts) == 4


def test_a_claim_that_comes_too_late_is_not_confirmed(parts: RunningStack) -> None:
    kafka = Kafka(owner="third")
    fourth = FeastWriter(parts.redis, Member(kafka, "fourth"))

    def meanwhile() -> None:
        """The partitions move while the third worker asks Kafka whether they are its own."""
        kafka.owner = "fourth"
        fourth.write([row(6)])

    third = FeastWriter(parts.redis, Member(kafka, "third", meanwhile))
    refused(third, [row(5)])
    assert shown(parts) == 6


def test_without_its_key_in_redis_an_owner_goes_on(parts: RunningStack) -> None:
    writer = FeastWriter(parts.redis, Member(Kafka(owner="fifth"), "fifth"))
    writer.write([row(8)])
    client = writer._provider.online_store._client  # type: ignore[attr-defined]
    client.flushall()
    refused(writer, [row(9)])  # once: somebody else might have been there
    writer.write([row(9)])
    assert shown(parts) == 9


def test_an_owner_hears_once_of_each_partition_that_redis_has_lost(parts: RunningStack) -> None:
    kafka = Kafka(owner="sixth")
    writer = FeastWriter(parts.redis, Member(kafka, "sixth"))
    writer.write([row(1)])
    writer.emptied()
    writer.write([row(2)])
    assert writer.emptied() == set()
    with redis.Redis.from_url(f"redis://{parts.redis}") as client:
        client.flushall()
    refused(writer, [row(3)])
    writer.write([row(3)])
    assert writer.emptied() == {partition_of(USER.encode(), PARTITIONS)}
    assert writer.emptied() == set()

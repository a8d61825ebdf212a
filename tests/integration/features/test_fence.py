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


PLACE = partition_of(USER.encode(), PARTITIONS)


def emptied(parts: RunningStack) -> None:
    with redis.Redis.from_url(f"redis://{parts.redis}") as client:
        client.flushall()


def owner(parts: RunningStack, kafka: Kafka, name: str) -> FeastWriter:
    """The partitions have moved to a worker of this name."""
    kafka.owner = name
    return FeastWriter(parts.redis, Member(kafka, name))


def test_an_owner_hears_once_of_each_partition_that_redis_has_lost(parts: RunningStack) -> None:
    writer = owner(parts, Kafka(), "sixth")
    writer.write([row(1)])
    writer.incomplete()
    writer.write([row(2)])
    assert writer.incomplete() == set()
    emptied(parts)
    refused(writer, [row(3)])
    writer.write([row(3)])
    assert writer.incomplete() == {PLACE}
    assert writer.incomplete() == set()


def test_each_next_owner_hears_of_lost_rows_until_one_has_written_all_of_them(parts: RunningStack) -> None:
    kafka = Kafka()
    emptied(parts)
    for name in ("seventh", "eighth"):  # the seventh ends before it is done
        writer = owner(parts, kafka, name)
        writer.write([row(1)])
        assert writer.incomplete() == {PLACE}
    writer.complete({PLACE})
    ninth = owner(parts, kafka, "ninth")
    ninth.write([row(2)])
    assert ninth.incomplete() == set()


def test_who_has_lost_a_partition_cannot_say_that_its_rows_are_there(parts: RunningStack) -> None:
    kafka = Kafka()
    emptied(parts)
    frozen = owner(parts, kafka, "tenth")
    frozen.write([row(1)])
    eleventh = owner(parts, kafka, "eleventh")
    eleventh.write([row(2)])
    with pytest.raises(Unavailable) as refusal:
        frozen.complete({PLACE})
    assert refusal.value.part == "ownership"
    twelfth = owner(parts, kafka, "twelfth")
    twelfth.write([row(3)])
    assert twelfth.incomplete() == {PLACE}


def test_what_was_written_before_redis_was_emptied_again_is_not_said_to_be_there(parts: RunningStack) -> None:
    emptied(parts)
    writer = owner(parts, Kafka(), "thirteenth")
    writer.write([row(1)])
    assert writer.incomplete() == {PLACE}
    emptied(parts)
    with pytest.raises(Unavailable):
        writer.complete({PLACE})
    writer.write([row(1)])
    assert writer.incomplete() == {PLACE}


def test_a_stranger_that_claims_an_emptied_redis_first_does_not_hide_that_it_was_emptied(parts: RunningStack) -> None:
    kafka = Kafka()
    frozen = FeastWriter(parts.redis, Member(kafka, "fourteenth"))
    writer = owner(parts, kafka, "fifteenth")
    writer.write([row(1)])
    writer.complete({PLACE})
    writer.incomplete()
    emptied(parts)
    refused(frozen, [row(0)])  # its name stands there now, unconfirmed
    refused(writer, [row(2)])
    writer.write([row(2)])
    assert writer.incomplete() == {PLACE}

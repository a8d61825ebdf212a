"""On a real Redis: a worker that has lost its partitions writes no row, at whatever point it lost them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
import redis

from services.common.errors import Unavailable
from services.features.feast_reader import FeastReader
from services.features.feast_writer import FeastWriter
from services.features.ports import ProfileRow
from services.features.profile import INTEGERS, Profile
from services.tools.stack.session import RunningStack

USER = f"u1-{7:032x}"
PARTITION = 4


@dataclass
class Kafka:
    """Knows the owner of every partition, and how many states were written."""

    owner: str = ""
    end: int = 100  # of the changelog
    changelog: str = "states"


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

    def written(self, partition: int) -> int:
        return self.kafka.end

    def changelog(self) -> str:
        return self.kafka.changelog


def row(views: int) -> ProfileRow:
    return ProfileRow(USER, Profile((views, *[0] * (len(INTEGERS) - 1))), 1, PARTITION)


def shown(parts: RunningStack) -> int:
    return FeastReader(parts.redis, timeout_s=5.0).read([USER])[USER].profile.integer("views_total")


def refused(writer: FeastWriter, rows: Sequence[ProfileRow]) -> None:
    with pytest.raises(Unavailable) as refusal:
        writer.write(rows)
    assert refusal.value.part == "ownership"


def test_a_worker_that_wakes_after_its_partitions_moved_writes_no_row(parts: RunningStack) -> None:
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


def test_an_owner_whose_key_was_lost_claims_its_partitions_again(parts: RunningStack) -> None:
    writer = FeastWriter(parts.redis, Member(Kafka(owner="fifth"), "fifth"))
    writer.write([row(8)])
    client = writer._provider.online_store._client  # type: ignore[attr-defined]
    client.flushall()
    refused(writer, [row(9)])  # once, because another owner may have claimed it
    writer.write([row(9)])
    assert shown(parts) == 9


def emptied(parts: RunningStack) -> None:
    with redis.Redis.from_url(f"redis://{parts.redis}") as client:
        client.flushall()


def owner(parts: RunningStack, kafka: Kafka, name: str) -> FeastWriter:
    """The partitions have moved to a worker of this name."""
    kafka.owner = name
    return FeastWriter(parts.redis, Member(kafka, name))


def emptied_shop(parts: RunningStack) -> Kafka:
    emptied(parts)
    return Kafka()


def written(writer: FeastWriter, kafka: Kafka, views: int) -> None:
    """A state, and then its row."""
    kafka.end += 1
    writer.write([row(views)])


def test_an_owner_hears_once_of_each_partition_that_redis_has_lost(parts: RunningStack) -> None:
    kafka = emptied_shop(parts)
    writer = owner(parts, kafka, "sixth")
    written(writer, kafka, 1)
    assert writer.missing_rows() == {PARTITION: 0}
    writer.complete({PARTITION})
    written(writer, kafka, 2)
    assert writer.missing_rows() == {}
    emptied(parts)
    refused(writer, [row(3)])
    written(writer, kafka, 3)
    assert writer.missing_rows() == {PARTITION: 0}
    assert writer.missing_rows() == {}


def test_each_next_owner_hears_of_lost_rows_until_one_has_written_all_of_them(parts: RunningStack) -> None:
    kafka = emptied_shop(parts)
    for name in ("seventh", "eighth"):  # the seventh ends before it is done
        writer = owner(parts, kafka, name)
        written(writer, kafka, 1)
        assert writer.missing_rows() == {PARTITION: 0}
    writer.complete({PARTITION})
    all_there_at = kafka.end
    ninth = owner(parts, kafka, "ninth")
    written(ninth, kafka, 2)
    assert ninth.missing_rows() == {PARTITION: all_there_at}


def test_who_has_lost_a_partition_cannot_say_that_its_rows_are_there(parts: RunningStack) -> None:
    kafka = emptied_shop(parts)
    frozen = owner(parts, kafka, "tenth")
    written(frozen, kafka, 1)
    eleventh = owner(parts, kafka, "eleventh")
    written(eleventh, kafka, 2)
    with pytest.raises(Unavailable) as refusal:
        frozen.complete({PARTITION})
    assert refusal.value.part == "ownership"
    twelfth = owner(parts, kafka, "twelfth")
    written(twelfth, kafka, 3)
    assert twelfth.missing_rows() == {PARTITION: 0}


def test_what_was_written_before_redis_was_emptied_again_is_not_said_to_be_there(parts: RunningStack) -> None:
    kafka = emptied_shop(parts)
    writer = owner(parts, kafka, "thirteenth")
    written(writer, kafka, 1)
    assert writer.missing_rows() == {PARTITION: 0}
    emptied(parts)
    with pytest.raises(Unavailable):
        writer.complete({PARTITION})
    written(writer, kafka, 1)
    assert writer.missing_rows() == {PARTITION: 0}


def test_a_stranger_that_claims_an_emptied_redis_first_does_not_hide_that_it_was_emptied(parts: RunningStack) -> None:
    kafka = emptied_shop(parts)
    frozen = FeastWriter(parts.redis, Member(kafka, "fourteenth"))
    writer = owner(parts, kafka, "fifteenth")
    written(writer, kafka, 1)
    writer.complete({PARTITION})
    writer.missing_rows()
    emptied(parts)
    refused(frozen, [row(0)])  # its name stands there now, unconfirmed
    refused(writer, [row(2)])
    writer.write([row(2)])
    assert writer.missing_rows() == {PARTITION: 0}


Saved = dict[bytes, bytes]


def saved(parts: RunningStack) -> Saved:
    with redis.Redis.from_url(f"redis://{parts.redis}") as client:
        return {key: client.dump(key) for key in client.scan_iter()}


def put_back(parts: RunningStack, older: Saved) -> None:
    """What a replica that lagged knows is all that there is now."""
    with redis.Redis.from_url(f"redis://{parts.redis}") as client:
        client.flushall()
        for key, value in older.items():
            client.restore(key, 0, value)


def complete_shop(parts: RunningStack, name: str) -> tuple[Kafka, FeastWriter]:
    """An owner whose rows are all there."""
    kafka = emptied_shop(parts)
    writer = owner(parts, kafka, name)
    written(writer, kafka, 1)
    writer.complete({PARTITION})
    writer.missing_rows()
    return kafka, writer


def test_an_older_redis_in_place_of_ours_is_noticed_with_the_next_row(parts: RunningStack) -> None:
    kafka, writer = complete_shop(parts, "sixteenth")
    older, all_there_at = saved(parts), kafka.end
    written(writer, kafka, 2)
    put_back(parts, older)
    refused(writer, [row(3)])
    written(writer, kafka, 3)
    assert writer.missing_rows() == {PARTITION: all_there_at}


def test_an_older_redis_is_noticed_by_a_look_without_any_row(parts: RunningStack) -> None:
    kafka, writer = complete_shop(parts, "seventeenth")
    older, all_there_at = saved(parts), kafka.end
    written(writer, kafka, 2)
    writer.check_rows({PARTITION})
    assert writer.missing_rows() == {}
    put_back(parts, older)
    writer.check_rows({PARTITION})
    assert writer.missing_rows() == {PARTITION: all_there_at}
    writer.check_rows({PARTITION})
    assert writer.missing_rows() == {}


def test_an_older_redis_is_noticed_by_a_worker_that_starts_at_the_same_moment(parts: RunningStack) -> None:
    kafka, writer = complete_shop(parts, "eighteenth")
    older, all_there_at = saved(parts), kafka.end
    written(writer, kafka, 2)
    put_back(parts, older)
    again = owner(parts, kafka, "eighteenth, started anew")
    again.check_rows({PARTITION})
    assert again.missing_rows() == {PARTITION: all_there_at}


def test_an_older_redis_while_rows_are_written_again_makes_that_begin_anew(parts: RunningStack) -> None:
    kafka = emptied_shop(parts)
    writer = owner(parts, kafka, "nineteenth")
    written(writer, kafka, 1)
    assert writer.missing_rows() == {PARTITION: 0}
    older = saved(parts)
    written(writer, kafka, 1)
    put_back(parts, older)
    with pytest.raises(Unavailable):
        writer.complete({PARTITION})
    writer.check_rows({PARTITION})
    assert writer.missing_rows() == {PARTITION: 0}


def test_a_mark_from_a_longer_changelog_is_that_of_another_one(parts: RunningStack) -> None:
    kafka, _ = complete_shop(parts, "twentieth")
    kafka.end = 5  # Kafka's data were lost, and it counts anew
    writer = owner(parts, kafka, "twenty-first")
    written(writer, kafka, 1)
    assert writer.missing_rows() == {PARTITION: 0}


def test_a_write_whose_answer_was_lost_is_no_reason_to_write_anything_again(
    parts: RunningStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka, writer = complete_shop(parts, "twenty-second")
    pipelines, execute = redis.client.Pipeline, redis.client.Pipeline.execute

    def executed_unheard(self: redis.client.Pipeline, raise_on_error: bool = True) -> None:
        execute(self, raise_on_error)
        raise redis.TimeoutError

    monkeypatch.setattr(pipelines, "execute", executed_unheard)
    kafka.end += 1
    with pytest.raises(Unavailable):
        writer.write([row(2)])
    monkeypatch.undo()
    written(writer, kafka, 2)
    assert writer.missing_rows() == {}


def test_a_mark_of_another_changelog_says_nothing_about_this_one(parts: RunningStack) -> None:
    kafka = emptied_shop(parts)
    before = owner(parts, kafka, "of six")
    written(before, kafka, 1)
    before.complete({PARTITION})
    same = owner(parts, kafka, "also of six")
    written(same, kafka, 2)
    assert same.missing_rows() == {PARTITION: kafka.end - 1}
    kafka.changelog, kafka.end = "states-of-8", kafka.end + 50
    after = owner(parts, kafka, "of eight")
    written(after, kafka, 3)
    assert after.missing_rows() == {PARTITION: 0}

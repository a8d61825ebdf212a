"""Where the online store has lost rows, shoppers who do nothing get them back, whoever ends meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

import pytest

from protos.gen.adloom.events.v1 import events_pb2
from services.common.clock import to_ms
from services.common.errors import Unavailable
from services.common.partition import partition_of
from services.common.topics import PARTITIONS
from services.features.memory_store import MemoryStore
from services.features.ports import ProfileRow
from services.profiles.topology import TOPICS, ProfilesProcessor
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.faust.topology_test_driver import TopologyTestDriver

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SHOPPERS = 60


def user_of(number: int) -> str:
    return f"u1-{number:032x}"


def partition_of_user(user: str) -> int:
    return partition_of(user.encode(), PARTITIONS)


FIRST_OF = {
    partition_of_user(user_of(number)): number for number in reversed(range(SHOPPERS))
}  # a shopper of each partition


def complete(store: MemoryStore) -> set[int]:
    """Partitions all of whose rows were there when one was last written."""
    return {partition for partition, mark in store.marks.items() if mark.complete_before == mark.last}


def view(number: int, event: str) -> Record:
    user = user_of(number)
    seen = events_pb2.View(user_id=user, product_id="p")
    return encode(seen, event_id=event, source="s", time=NOW, key=user.encode())


class Deployment:
    """A worker over a store; every life of it claims the partitions again."""

    def __init__(self) -> None:
        self.store = MemoryStore(written=lambda _: len(self.worker.states.written))
        self.worker = TopologyTestDriver(self._processor, TOPICS)
        self.views = 0
        for number in range(SHOPPERS):
            self.view(number)
        assert self.run()
        assert complete(self.store) == set(range(PARTITIONS)) == FIRST_OF.keys()

    def _processor(self) -> ProfilesProcessor:
        self.store.owner_changed()
        return ProfilesProcessor(self.store, lambda _: None, burst=100, rewritten_at_once=4)

    def view(self, number: int) -> None:
        self.views += 1
        self.worker.append(view(number, f"e{self.views}"), to_ms(NOW))

    def view_in_each_partition(self) -> None:
        for number in FIRST_OF.values():
            self.view(number)

    def run(self, idle: int = 8, crash_after: int = -1) -> bool:
        """Everything that there is, and some idle steps, of which the last may end in a crash."""
        for _ in range(idle):
            assert self.worker.run(Random(1), to_ms(NOW))
        return self.worker.run(Random(1), to_ms(NOW), crash_after=crash_after)

    def shown(self) -> Counter[int]:
        """Shoppers with a row, by how many views it holds."""
        return Counter(row.profile.integer("views_total") for row in self.store.rows.values())


def test_rows_of_an_emptied_store_are_written_again_without_any_event() -> None:
    here = Deployment()
    here.store.empty()
    assert here.run()
    assert here.shown() == {1: SHOPPERS}
    assert complete(here.store) == set(range(PARTITIONS))


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("quiet", [False, True])
def test_rows_that_an_older_store_lacks_are_written_again_and_no_others(restarted: bool, quiet: bool) -> None:
    here = Deployment()
    older, after = here.store.as_it_is(), range(20, 40)
    for number in after:
        here.view(number)
    assert here.run()
    before = len(here.worker.published)
    here.store.put_back(older)
    if restarted:
        here.worker.restart()
    if not quiet:
        here.view(50)
    assert here.run()
    assert here.shown() == {1: SHOPPERS - len(after) - (not quiet), 2: len(after) + (not quiet)}
    assert len(here.worker.published) - before == len(after) + (not quiet)
    assert complete(here.store) == set(range(PARTITIONS))


def test_a_store_put_back_while_its_rows_are_written_again_ends_up_with_all_of_them() -> None:
    for steps in range(6):
        here = Deployment()
        here.store.empty()
        for _ in range(steps):
            assert here.worker.run(Random(1), to_ms(NOW))
        halfway = here.store.as_it_is()
        assert here.worker.run(Random(1), to_ms(NOW))
        here.store.put_back(halfway)
        assert here.run()
        assert here.shown() == {1: SHOPPERS}, steps
        assert complete(here.store) == set(range(PARTITIONS))


def test_only_the_partitions_that_were_put_back_are_written_again() -> None:
    here = Deployment()
    (rows, marks), first, second = here.store.as_it_is(), FIRST_OF[0], FIRST_OF[1]
    here.view(first)
    here.view(second)
    assert here.run()
    before = len(here.worker.published)
    older = {user: row for user, row in rows.items() if row.partition == 0}
    here.store.put_back(({**here.store.rows, **older}, {**here.store.marks, 0: marks[0]}))
    assert here.run()
    again = here.worker.published[before:]
    assert [row.user_id for row in again if isinstance(row, ProfileRow)] == [user_of(first)]
    assert here.shown() == {1: SHOPPERS - 2, 2: 2}


def test_a_worker_that_finds_all_rows_there_writes_none_again() -> None:
    here = Deployment()
    here.worker.restart()
    here.view(FIRST_OF[0])
    before = len(here.worker.published)
    assert here.run()
    assert len(here.worker.published) - before == 1


def test_rows_of_a_store_that_never_heard_that_they_are_all_there_are_written_again_once() -> None:
    here = Deployment()
    here.store.marks.clear()  # as an older worker leaves it
    here.worker.restart()
    before = len(here.worker.published)
    here.view_in_each_partition()
    assert here.run()
    assert len(here.worker.published) - before == SHOPPERS
    here.worker.restart()
    here.view(FIRST_OF[0])
    assert here.run()
    assert len(here.worker.published) - before == SHOPPERS + 1


def test_whoever_ends_while_rows_are_written_again_leaves_none_out() -> None:
    halfway = 0
    for idle in range(3):
        for crash_after in range(0, 60, 3):
            here = Deployment()
            here.store.empty()
            here.view_in_each_partition()
            crashed = not here.run(idle, crash_after)
            halfway += crashed and PARTITIONS < len(here.store.rows) < SHOPPERS
            here.worker.restart()
            here.view_in_each_partition()
            assert here.run()
            assert here.shown() == {1: SHOPPERS - PARTITIONS, 3: PARTITIONS}, (idle, crash_after)
            assert complete(here.store) == set(range(PARTITIONS))
    assert halfway > 10


@dataclass(frozen=True)
class Everyone:
    """The states of a partition, all of which may be missing outside."""

    users: Collection[str] = ()

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        return ((user, b"") for user in self.users)

    def since(self, offset: int) -> Collection[str]:
        return list(self.users)


def rows_of(processor: ProfilesProcessor, partition: int) -> list[ProfileRow]:
    """What is due in a step, up to the moment at which it is published."""
    rows = [processor.advance(user, partition, None, [], 0).row for user in processor.due_users(partition, 0)]
    return [row for row in rows if isinstance(row, ProfileRow)]


def begun(store: MemoryStore) -> tuple[ProfilesProcessor, int, set[str]]:
    """A room that has written the first rows of a partition again; the partition, and its shoppers."""
    processor = ProfilesProcessor(store, lambda _: None, burst=100, rewritten_at_once=3)
    partition, number = next(iter(FIRST_OF.items()))
    users = [user for user in map(user_of, range(SHOPPERS)) if partition_of_user(user) == partition]
    processor.restore(partition, Everyone(users))
    processor.publish([processor.advance(user_of(number), partition, None, [], 0).row])
    processor.publish(rows_of(processor, partition))
    assert 1 < len(store.rows) < len(users)
    return processor, partition, set(users)


def to_the_end(processor: ProfilesProcessor, partition: int) -> None:
    while rows := rows_of(processor, partition):
        processor.publish(rows)


def test_a_step_that_is_dropped_is_made_good_by_beginning_anew() -> None:
    store = MemoryStore(written=lambda _: 1)
    processor, partition, users = begun(store)
    while processor.due_users(partition, 0):  # all of them are taken, and none is published
        assert not complete(store)
    processor.restore(partition, Everyone(users))  # under the same name: the claim still stands
    processor.check_store()
    to_the_end(processor, partition)
    assert store.rows.keys() == users
    assert complete(store) == {partition}


def test_a_partition_that_was_taken_away_is_not_called_complete_for_the_rows_of_another() -> None:
    store = MemoryStore(written=lambda _: 1)
    processor, partition, _ = begun(store)
    while processor.due_users(partition, 0):
        pass
    processor.release(partition)
    other = next(number for at, number in FIRST_OF.items() if at != partition)
    processor.publish([processor.advance(user_of(other), partition_of_user(user_of(other)), None, [], 0).row])
    assert not complete(store)


class Counting(MemoryStore):
    """Notes how often it is told that rows are complete."""

    def __init__(self) -> None:
        super().__init__(written=lambda _: 1)
        self.told: list[set[int]] = []

    def complete(self, partitions: Collection[int]) -> None:
        self.told.append(set(partitions))
        super().complete(partitions)


def test_that_all_rows_are_there_is_said_once() -> None:
    store = Counting()
    processor, partition, _ = begun(store)
    to_the_end(processor, partition)
    for _ in range(3):
        processor.publish([processor.advance(user_of(FIRST_OF[partition]), partition, None, [], 0).row])
    assert store.told == [{partition}]


def test_a_store_that_is_emptied_while_the_last_rows_are_written_again_is_not_called_complete() -> None:
    store = MemoryStore(written=lambda _: 1)
    processor, partition, users = begun(store)
    for _ in range((len(users) - 1) // 3 - 1):
        processor.publish(rows_of(processor, partition))
    last = rows_of(processor, partition)
    assert len(users) - len(store.rows) == len(last) > 0 and not complete(store)
    store.empty()
    store.failure = Unavailable("redis", "told to be down")
    with pytest.raises(Unavailable):
        processor.publish(last)
    store.failure = None
    processor.publish(last)  # the worker repeats it, and the claim finds that Redis is empty
    assert not complete(store)
    to_the_end(processor, partition)
    assert store.rows.keys() == users
    assert complete(store) == {partition}


def test_a_partition_without_shoppers_is_called_complete_under_a_claim_of_its_own_and_no_other() -> None:
    store = MemoryStore(written=lambda _: 1)
    processor = ProfilesProcessor(store, lambda _: None, burst=100)
    for partition in (0, 1):
        processor.restore(partition, Everyone())
    processor.publish([processor.advance(user_of(FIRST_OF[1]), 1, None, [], 0).row])
    assert complete(store) == {1}
    processor.check_store()
    assert complete(store) == {0, 1}


def test_a_store_that_is_away_is_looked_at_the_next_time() -> None:
    store = MemoryStore(written=lambda _: 1)
    processor, partition, users = begun(store)
    store.empty()
    store.failure = Unavailable("redis", "told to be down")
    processor.check_store()
    store.failure = None
    processor.check_store()
    to_the_end(processor, partition)
    assert store.rows.keys() == users

"""Where somebody has emptied the online store, shoppers who do nothing get their rows back, whoever ends meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
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
from services.stream.topology import TOPICS, ProfilesRoom
from services.wire.encode import encode
from services.wire.envelope import Record
from services.wire.faust_rehearsal import Rehearsal

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SHOPPERS = 60


def user_of(number: int) -> str:
    return f"u1-{number:032x}"


def place_of(user: str) -> int:
    return partition_of(user.encode(), PARTITIONS)


FIRST_OF = {place_of(user_of(number)): number for number in reversed(range(SHOPPERS))}  # a shopper of each partition


def view(number: int, event: str) -> Record:
    user = user_of(number)
    seen = events_pb2.View(user_id=user, product_id="p")
    return encode(seen, event_id=event, source="s", time=NOW, key=user.encode())


class Deployment:
    """A worker over a store; every life of it claims the partitions anew."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.worker = Rehearsal(self._room, TOPICS)
        self.views = 0
        for number in range(SHOPPERS):
            self.view(number)
        assert self.run()
        assert self.store.completed == set(range(PARTITIONS)) == FIRST_OF.keys()

    def _room(self) -> ProfilesRoom:
        self.store.owned_anew()
        return ProfilesRoom(self.store, lambda _: None, burst=100, again_at_once=4)

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


def test_rows_that_the_store_has_lost_are_written_again_without_an_event_of_their_shoppers() -> None:
    here = Deployment()
    here.store.empty()
    lost, number = next(iter(FIRST_OF.items()))
    here.view(number)
    assert here.run()
    of_it = {user for user in map(user_of, range(SHOPPERS)) if place_of(user) == lost}
    assert 1 < len(of_it) < SHOPPERS
    assert here.store.rows.keys() == of_it
    assert here.shown() == {2: 1, 1: len(of_it) - 1}
    assert here.store.completed == {lost}


def test_a_worker_that_finds_all_rows_there_writes_none_again() -> None:
    here = Deployment()
    here.worker.restart()
    here.view(FIRST_OF[0])
    before = len(here.worker.published)
    assert here.run()
    assert len(here.worker.published) - before == 1


def test_rows_of_a_store_that_never_heard_that_they_are_all_there_are_written_again_once() -> None:
    here = Deployment()
    here.store.completed.clear()  # as an older worker leaves it
    here.worker.restart()
    before = len(here.worker.published)
    here.view_in_each_partition()
    assert here.run()
    assert len(here.worker.published) - before == SHOPPERS + PARTITIONS
    here.worker.restart()
    here.view(FIRST_OF[0])
    assert here.run()
    assert len(here.worker.published) - before == SHOPPERS + PARTITIONS + 1


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
            assert here.store.completed == set(range(PARTITIONS))
    assert halfway > 10


def rows_of(room: ProfilesRoom, partition: int) -> list[ProfileRow]:
    """What is due in a step, up to the moment at which it is published."""
    rows = [room.advance(user, partition, None, [], 0).row for user in room.due(partition, 0)]
    return [row for row in rows if isinstance(row, ProfileRow)]


def begun(store: MemoryStore) -> tuple[ProfilesRoom, int, set[str]]:
    """A room that has written the first rows of a partition again; the partition, and its shoppers."""
    room = ProfilesRoom(store, lambda _: None, burst=100, again_at_once=3)
    partition, number = next(iter(FIRST_OF.items()))
    users = [user for user in map(user_of, range(SHOPPERS)) if place_of(user) == partition]
    room.restore(partition, [(user, b"") for user in users])
    room.publish([room.advance(user_of(number), partition, None, [], 0).row])
    room.publish(rows_of(room, partition))
    assert 1 < len(store.rows) < len(users)
    return room, partition, set(users)


def to_the_end(room: ProfilesRoom, partition: int) -> None:
    while rows := rows_of(room, partition):
        room.publish(rows)


def test_a_step_that_is_dropped_is_made_good_by_beginning_anew() -> None:
    store = MemoryStore()
    room, partition, users = begun(store)
    while room.due(partition, 0):  # all of them are taken, and none is published
        assert not store.completed
    room.restore(partition, [(user, b"") for user in users])  # under the same name: the claim still stands
    to_the_end(room, partition)
    assert store.rows.keys() == users
    assert store.completed == {partition}


def test_a_partition_that_was_taken_away_is_not_called_complete_for_the_rows_of_another() -> None:
    store = MemoryStore()
    room, partition, _ = begun(store)
    while room.due(partition, 0):
        pass
    room.release(partition)
    other = next(number for place, number in FIRST_OF.items() if place != partition)
    room.publish([room.advance(user_of(other), place_of(user_of(other)), None, [], 0).row])
    assert not store.completed


class Counting(MemoryStore):
    """Notes how often it is told that rows are complete."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[set[int]] = []

    def complete(self, partitions: Collection[int]) -> None:
        self.told.append(set(partitions))
        super().complete(partitions)


def test_that_all_rows_are_there_is_said_once() -> None:
    store = Counting()
    room, partition, _ = begun(store)
    to_the_end(room, partition)
    for _ in range(3):
        room.publish([room.advance(user_of(FIRST_OF[partition]), partition, None, [], 0).row])
    assert store.told == [{partition}]


def test_a_store_that_is_emptied_while_the_last_rows_are_written_again_is_not_called_complete() -> None:
    store = MemoryStore()
    room, partition, users = begun(store)
    for _ in range((len(users) - 1) // 3 - 1):
        room.publish(rows_of(room, partition))
    last = rows_of(room, partition)
    assert len(users) - len(store.rows) == len(last) > 0 and not store.completed
    store.empty()
    store.failure = Unavailable("redis", "told to be down")
    with pytest.raises(Unavailable):
        room.publish(last)
    store.failure = None
    room.publish(last)  # the worker repeats it, and the claim finds that Redis is empty
    assert not store.completed
    to_the_end(room, partition)
    assert store.rows.keys() == users
    assert store.completed == {partition}


def test_a_partition_without_shoppers_is_called_complete_under_a_claim_of_its_own_and_no_other() -> None:
    store = MemoryStore()
    room = ProfilesRoom(store, lambda _: None, burst=100)
    ours, other = [room.advance(user_of(FIRST_OF[place]), place, None, [], 0).row for place in (0, 1)]
    for _ in range(2):  # two generations of the group
        store.owned_anew()
        for place in (0, 1):
            room.restore(place, [])
        room.due(0, 0)
        room.publish([other])  # the second time, Redis knows nothing of the first partition's new owner
        assert not store.completed
        room.publish([ours])
        room.due(0, 0)
    room.publish([ours])
    assert store.completed == {0}

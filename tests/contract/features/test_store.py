"""The contract of every profile store, tested on the shipped fake and on the real one."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import redis
from google.protobuf.timestamp_pb2 import Timestamp

from services.catalogue.facts import product_facts
from services.catalogue.terms import DIMENSIONS
from services.common.clock import FixedClock, SystemClock
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.features.feast_async_reader import FeastAsyncReader
from services.features.feast_reader import FeastReader
from services.features.feast_writer import FeastWriter
from services.features.memory_profiles import MemoryProfiles
from services.features.memory_store import MemoryStore
from services.features.ports import ProfileReader, ProfileRow, ProfileWriter, Reading, RequestProfiles
from services.features.profile import Interaction, Kind, Profile, apply, micros
from services.profiles.store_defaults import store_defaults
from services.runtime.health import Readiness
from services.tools.stack.session import RunningStack

AT = datetime(2026, 1, 1, tzinfo=UTC)
CLOCK = FixedClock(AT + timedelta(milliseconds=250))
NOBODY = "u1-" + "f" * 32
GARBAGE = {
    "bytes that are no value": b"\xff\xff\xff garbage",
    "an absurd time": Timestamp(seconds=2**62).SerializeToString(),
}
Store = tuple[ProfileWriter, ProfileReader]


class OnTheLoop:
    """The reader that requests wait for, asked as the blocking one is."""

    def __init__(self, make: Callable[[], RequestProfiles]) -> None:
        self._make = make

    def read(self, user_ids: Sequence[str], segment: str = "new_unknown") -> Mapping[str, Reading]:
        async def together() -> list[Reading]:
            reader = self._make()
            try:
                return await asyncio.gather(*(reader.read(user_id, segment, 5.0) for user_id in user_ids))
            finally:
                reader.close()

        return dict(zip(user_ids, asyncio.run(together()), strict=True))


def feast_on_the_loop(parts: RunningStack) -> OnTheLoop:
    defaults = FeastReader(parts.redis, timeout_s=5.0)
    return OnTheLoop(lambda: FeastAsyncReader(parts.redis, defaults.default_of, CLOCK, answer_s=5.0))


@pytest.fixture(params=["memory", "memory on the loop", "feast", "feast on the loop"])
def store(request: pytest.FixtureRequest) -> Store:
    """Each store in turn, as its two ports."""
    memory = MemoryStore(CLOCK)
    if request.param == "memory":
        return memory, memory
    if request.param == "memory on the loop":
        return memory, OnTheLoop(lambda: MemoryProfiles(memory))
    parts: RunningStack = request.getfixturevalue("parts")
    if request.param == "feast on the loop":
        return FeastWriter(parts.redis), feast_on_the_loop(parts)
    return FeastWriter(parts.redis), FeastReader(parts.redis, timeout_s=5.0, clock=CLOCK)


def some_profile(events: int = 3) -> Profile:
    profile, product = Profile(), product_facts(np.arange(DIMENSIONS) / 40, 3)
    for number in range(events):
        event = Interaction(Kind(number % 3), "p", micros(AT + timedelta(seconds=number)))
        profile = apply(profile, event, lambda _: product)
    return profile


def row(profile: Profile, user: str = "") -> ProfileRow:
    return ProfileRow(user or f"u1-{uuid.uuid4().hex}", profile, micros(AT), 0)


def test_a_written_profile_is_read_bit_for_bit(store: Store) -> None:
    written = row(some_profile())
    store[0].write([written])
    reading = store[1].read([written.user_id])[written.user_id]
    assert not reading.default
    assert reading.profile.integers == written.profile.integers
    assert np.array_equal(reading.profile.decayed, written.profile.decayed)


def test_freshness_is_the_age_of_the_newest_event(store: Store) -> None:
    written = row(some_profile())
    store[0].write([written])
    readings = store[1].read([written.user_id, NOBODY])
    assert [reading.freshness_ms for reading in readings.values()] == [250, None]


def test_an_unknown_user_reads_as_the_segments_default_flagged(store: Store) -> None:
    reading = store[1].read([NOBODY], "new_phone")[NOBODY]
    assert reading.default
    assert reading.profile.integers == Profile().integers
    assert not reading.profile.decayed.any()


def test_a_later_write_wins_even_where_its_time_is_older(store: Store) -> None:
    newer = row(some_profile(9))
    older = ProfileRow(newer.user_id, some_profile(2), newer.appended_us - 3_600_000_000, 0)
    store[0].write([newer])
    store[0].write([older])
    assert store[1].read([newer.user_id])[newer.user_id].profile.integers == older.profile.integers


def test_of_two_rows_in_one_batch_the_later_one_wins(store: Store) -> None:
    first = row(some_profile(1))
    second = row(some_profile(2), first.user_id)
    store[0].write([first, second])
    assert store[1].read([first.user_id])[first.user_id].profile.integers == second.profile.integers


def test_many_users_are_read_in_the_order_given(store: Store) -> None:
    rows = [row(some_profile(n)) for n in range(1, 6)]
    store[0].write(rows)
    asked = [r.user_id for r in reversed(rows)]
    readings = store[1].read(asked)
    assert list(readings) == asked
    assert [readings[r.user_id].profile.integers for r in rows] == [r.profile.integers for r in rows]


def test_writing_nothing_is_no_error(store: Store) -> None:
    store[0].write([])


def test_a_store_with_a_failure_set_is_unavailable() -> None:
    store = MemoryStore()
    store.failure = Unavailable("redis", "told to be down")
    with pytest.raises(Unavailable, match="redis"):
        store.read([NOBODY])
    with pytest.raises(Unavailable, match="redis"):
        store.write([row(some_profile())])


@pytest.mark.parametrize(("delay_s", "budget_s"), [(5.0, 0.01), (0.0, 0.0)])
def test_a_store_told_to_be_slow_costs_a_request_its_own_time_and_no_more(delay_s: float, budget_s: float) -> None:
    with pytest.raises(Unavailable, match="redis"):
        asyncio.run(MemoryProfiles(MemoryStore(), delay_s).read(NOBODY, "new_unknown", budget_s))


def test_a_closed_redis_is_unavailable_at_once_and_then_left_alone() -> None:
    reader = FeastReader("127.0.0.1:9", timeout_s=0.2)
    started = time.monotonic()
    for _ in range(3):
        with pytest.raises(Unavailable, match="redis"):
            reader.read([NOBODY])
    with pytest.raises(Unavailable, match="left alone"):
        reader.read([NOBODY])
    assert time.monotonic() - started < 10.0  # redis-py's own default takes eleven seconds for the first alone
    with pytest.raises(Unavailable, match="redis"):
        FeastWriter("127.0.0.1:9").write([row(some_profile())])


def test_a_closed_redis_is_unavailable_at_once_to_requests_and_then_rarely_tried() -> None:
    async def ask() -> float:
        reader, started = FeastAsyncReader("127.0.0.1:9", lambda segment: Profile()), time.monotonic()
        for _ in range(3):
            with pytest.raises(Unavailable, match="redis"):
                await reader.read(NOBODY, "new_unknown", 1.0)
        with pytest.raises(Unavailable, match="left alone"):
            await reader.read(NOBODY, "new_unknown", 1.0)
        return time.monotonic() - started

    assert asyncio.run(ask()) < 2.0


def test_a_hanging_redis_costs_a_request_its_budget_at_most_and_is_used_again_afterwards() -> None:
    """A server that takes connections and says nothing at first, then that there is nothing."""
    silent, left = True, asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):  # until the reader leaves
            while await reader.readuntil(b"HMGET"):
                if not silent:
                    writer.write(b"*3\r\n$-1\r\n$-1\r\n$-1\r\n")
        writer.close()
        left.set()

    async def ask() -> None:
        nonlocal silent
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader = FeastAsyncReader(f"127.0.0.1:{port}", lambda segment: Profile(), answer_s=0.05)
        for _ in range(8):  # too short to say anything about Redis: no breaker opens
            with pytest.raises(Unavailable, match="no profile within"):
                await reader.read(NOBODY, "new_unknown", 0.002)
        with pytest.raises(Unavailable, match="no profile within"):
            await reader.read(NOBODY, "new_unknown", 5.0)
        silent = False
        assert (await reader.read(NOBODY, "new_unknown", 5.0)).default
        left.clear()
        reader.close()
        await left.wait()
        server.close()
        await server.wait_closed()

    asyncio.run(asyncio.wait_for(ask(), 20))


def redis_key_of(parts: RunningStack, user: str, client: redis.Redis) -> bytes:
    """The key under which Feast keeps the user's row."""
    (key,) = (found for found in client.scan_iter(count=1000) if user.encode() in found)
    assert isinstance(key, bytes)
    return key


@pytest.mark.parametrize("damage", ["bytes that are no value", "an absurd time", "no hash"])
def test_a_damaged_row_reads_as_no_profile_and_affects_no_other_row(parts: RunningStack, damage: str) -> None:
    fine, broken = row(some_profile()), row(some_profile())
    FeastWriter(parts.redis).write([fine, broken])
    host, _, port = parts.redis.rpartition(":")
    with redis.Redis(host=host, port=int(port)) as client:
        key = redis_key_of(parts, broken.user_id, client)
        if damage == "no hash":
            client.set(key, b"garbage")
        for field in client.hkeys(key) if damage != "no hash" else ():
            if field.startswith(b"_ts") == (damage == "an absurd time"):
                client.hset(key, field, GARBAGE[damage])
    reader = FeastReader(parts.redis, timeout_s=5.0, clock=CLOCK)
    before = METRICS.unreadable_profiles._value.get()
    for _ in range(4):  # a breaker would open after three
        readings = reader.read([fine.user_id, broken.user_id])
    assert not readings[fine.user_id].default
    assert readings[broken.user_id].default
    assert METRICS.unreadable_profiles._value.get() - before == 4
    if damage != "an absurd time":  # which requests have no use for
        readings = feast_on_the_loop(parts).read([fine.user_id, broken.user_id])
        assert not readings[fine.user_id].default
        assert readings[broken.user_id].default
        assert METRICS.unreadable_profiles._value.get() - before == 5


def test_a_profile_of_no_numbers_reads_as_none(parts: RunningStack) -> None:
    fine = some_profile()
    written = row(Profile(fine.integers, fine.decayed * np.nan))
    FeastWriter(parts.redis).write([written])
    reading = FeastReader(parts.redis, timeout_s=5.0).read([written.user_id])[written.user_id]
    assert reading.default
    assert not reading.profile.decayed.any()


def test_readers_use_the_defaults_that_the_worker_stores_at_its_start(parts: RunningStack) -> None:
    writer, reader = FeastWriter(parts.redis), FeastReader(parts.redis, timeout_s=5.0)
    writer.write_defaults({"new_desktop": some_profile(2), "buyer": some_profile(3)}, AT)
    reader.refresh_defaults()
    assert reader.read([NOBODY], "new_desktop")[NOBODY].profile.integers == some_profile(2).integers
    assert reader.read([NOBODY], "buyer")[NOBODY].profile.integers == Profile().integers  # behaviour has no default
    store_defaults(writer, Readiness(), SystemClock())
    reader.refresh_defaults()
    assert reader.read([NOBODY], "new_desktop")[NOBODY].profile.integers == Profile().integers


def test_a_shopper_without_a_profile_gets_the_segments_default(parts: RunningStack) -> None:
    FeastWriter(parts.redis).write_defaults({"new_tablet": some_profile(4)}, AT)
    reader = FeastReader(parts.redis, timeout_s=5.0)
    reader.refresh_defaults()
    assert reader.read([NOBODY], "new_tablet")[NOBODY].profile.integers == some_profile(4).integers
    assert reader.read([NOBODY], "new_phone")[NOBODY].profile.integers == Profile().integers

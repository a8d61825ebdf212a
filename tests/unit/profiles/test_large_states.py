"""The busiest shopper's state fits into one message of the changelog, whatever is sent."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from random import Random

import msgpack
import pytest

from protos.gen.adloom.events.v1 import events_pb2
from services.common.errors import Bug
from services.common.topics import CLICKS, ORDERS, PARTITIONS, VIEWS
from services.features.memory_store import MemoryStore
from services.profiles.large_states import KEPT, LargeStates
from services.profiles.state import pack, unpack
from services.profiles.topology import ProfilesProcessor, build
from services.runtime.health import Readiness
from services.wire.codec.envelope import Envelope
from services.wire.faust.app import WorkerSettings
from services.wire.faust.deduplicator import MOST_REMEMBERED
from services.wire.faust.states.compression import LARGE_BYTES, squeezed, unsqueezed
from services.wire.faust.states.table import LARGEST_STATE_BYTES

START = datetime(2026, 3, 1, tzinfo=UTC)
USER = "u1-" + "a" * 32
KINDS = {VIEWS: events_pb2.View, CLICKS: events_pb2.Click, ORDERS: events_pb2.Order}


def flood(topic: str, count: int) -> list[Envelope]:
    chance, message = Random(7), KINDS[topic](user_id=USER, product_id="p")
    return [
        Envelope(f"e{n}", "s", "t", START - timedelta(seconds=chance.uniform(0, 80_000)), topic, 0, n, START,
                 USER.encode(), message)
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.timeout(120)
def test_the_state_of_a_flood_fits_and_what_is_beyond_is_refused_by_name() -> None:
    processor, state = ProfilesProcessor(MemoryStore(), lambda _: None, 120), None
    for topic in KINDS:
        made = processor.advance(USER, 0, state, flood(topic, MOST_REMEMBERED + 5), 0)
        state = made.state
        assert [reason for _, reason in made.refused] == ["too_many"] * 5
        assert sum(made.fates.values()) == MOST_REMEMBERED
    assert state is not None
    assert 1024 * 1024 < len(state) < 0.75 * LARGEST_STATE_BYTES  # no default of Kafka's would take it
    after = unpack(state)
    assert [after.profile.integer(f"{kind}_total") for kind in ("views", "clicks", "orders")] == [MOST_REMEMBERED] * 3
    assert len(pack(after)) == len(state)


def test_the_changelog_takes_the_largest_state() -> None:
    worker = build(MemoryStore(), WorkerSettings(), lambda _: None, 120, Readiness())
    worker.lay_out(PARTITIONS)
    topic = worker.states.table.changelog_topic
    assert int(topic.config["max.message.bytes"]) == LARGEST_STATE_BYTES
    assert worker.app.conf.producer_max_request_size >= LARGEST_STATE_BYTES


def test_a_large_state_is_remembered_only_while_the_table_says_the_same() -> None:
    processor = ProfilesProcessor(MemoryStore(), lambda _: None, 120)
    first = processor.advance(USER, 0, None, flood(VIEWS, 2_000), 0).state
    clicked = processor.advance(USER, 0, first, flood(CLICKS, 1_000), 0).state
    assert first is not None
    assert clicked is not None
    again = processor.advance(USER, 0, first, flood(CLICKS, 1_000), 0).state  # what came after `first` was never stored
    assert again == clicked
    assert unpack(again).profile.integers == unpack(clicked).profile.integers
    redelivered = processor.advance(USER, 0, clicked, flood(CLICKS, 1_000), 0)
    assert redelivered.fates == {(CLICKS, "redelivered"): 1_000}
    assert redelivered.state == clicked


def test_only_the_shoppers_seen_last_are_remembered() -> None:
    large, small = LargeStates(), unpack(None)
    packed = bytes(LARGE_BYTES)
    for number in range(KEPT + 1):
        large.keep(f"u{number}", packed, small)
    assert large.state_of(f"u{KEPT}", packed) is small
    assert large.state_of(f"u{KEPT}", None) is not small  # taken out
    with pytest.raises(msgpack.ExtraData):
        large.state_of("u0", packed)  # forgotten: these bytes are no state


def test_states_that_older_releases_squeezed_can_be_read() -> None:
    packed = msgpack.packb(list(range(10_000)))
    assert unsqueezed(b"\x01" + zlib.compress(packed, 1)) == packed
    assert unsqueezed(b"\x00" + packed) == packed
    assert unsqueezed(squeezed(packed)) == packed
    assert len(squeezed(packed)) < len(packed)
    with pytest.raises(Bug):
        unsqueezed(b"\x09" + packed)

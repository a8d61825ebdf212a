"""The producer SDK: checked before it is sent, counted when the broker has spoken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from protos.gen.adloom.events.v1.events_pb2 import Click, Order, View
from services.common.clock import FixedClock
from services.common.errors import Rejected, Unavailable
from services.common.pseudonym import PseudonymKey
from services.common.topics import CLICKS, ORDERS, VIEWS
from services.events.client import EventsClient, Tally
from services.wire.decode import decode
from services.wire.memory_sink import MemorySink

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = PseudonymKey(1, b"test")


def client() -> tuple[EventsClient, MemorySink]:
    sink = MemorySink(FixedClock(NOW))
    return EventsClient(sink, KEY, "till", FixedClock(NOW)), sink


def test_events_are_sent_under_the_pseudonym_and_the_callers_message_stays_as_it_was() -> None:
    shop, sink = client()
    view = View(user_id="alice", product_id="shirt-3")
    shop.publish(view, event_id="e1", time=NOW - timedelta(hours=1))
    shop.publish(Click(user_id="alice", product_id="shirt-3"))
    shop.publish(Order(user_id="alice", product_id="shirt-3"))
    assert shop.flush(1) == Tally(3, 0)
    assert view.user_id == "alice"
    events = [decode(raw) for topic in (VIEWS, CLICKS, ORDERS) for raw in sink.read(topic)]
    assert {event.key.decode() for event in events} == {KEY.pseudonym("alice")}
    assert (events[0].event_id, events[0].source, events[0].time) == ("e1", "till", NOW - timedelta(hours=1))
    assert len({event.event_id for event in events}) == 3


@pytest.mark.parametrize(
    ("view", "time", "field"),
    [
        (View(user_id="", product_id="s"), NOW, "user_id"),
        (View(user_id="a"), NOW, "product_id"),
        (View(user_id="a", product_id="s"), NOW - timedelta(days=2), "ce_time"),
    ],
)
def test_what_no_consumer_would_accept_is_refused_at_once(view: View, time: datetime, field: str) -> None:
    shop, sink = client()
    with pytest.raises(Rejected) as caught:
        shop.publish(view, time=time)
    assert caught.value.field == field
    assert sink.read(VIEWS) == []


def test_failures_are_counted_and_the_first_is_told() -> None:
    shop, sink = client()
    shop.publish(View(user_id="a", product_id="s"))
    sink.failure = Unavailable("kafka", "the cable is out")
    shop.publish(View(user_id="b", product_id="s"))
    tally = shop.flush(1)
    assert (tally.sent, tally.failed) == (1, 1)
    assert "cable" in tally.first_failure

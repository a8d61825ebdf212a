"""The producer SDK: checked before it is sent, counted when the broker has spoken."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from protos.gen.adloom.events.v1.events_pb2 import Click, Order, View
from services.common.clock import FixedClock
from services.common.errors import Rejected, Unavailable
from services.common.pseudonym import PseudonymKey
from services.common.topics import CLICKS, ORDERS, VIEWS
from services.sdk.producer import EventsClient, Tally
from services.wire.codec.decode import decode
from services.wire.codec.envelope import Record
from services.wire.codec.memory_sink import MemorySink
from services.wire.codec.ports import OnDelivery
from tests.forked import said_by_a_child

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


class Silent(MemorySink):
    """A broker that says nothing until it is asked to."""

    def __init__(self) -> None:
        super().__init__(FixedClock(NOW))
        self.held: list[tuple[Record, OnDelivery | None]] = []

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        self.held.append((record, on_delivery))

    def flush(self, timeout_s: float) -> None:
        if self.held:
            raise Unavailable("kafka", "records were not delivered")

    def speak(self, records: int) -> None:
        for record, on_delivery in self.held[:records]:
            super().send(record, on_delivery)
        del self.held[:records]


def test_what_was_not_delivered_counts_as_failed_until_it_is() -> None:
    sink = Silent()
    shop = EventsClient(sink, KEY, "till", FixedClock(NOW))
    assert shop.flush(0) == Tally(0, 0)
    for user in "abc":
        shop.publish(View(user_id=user, product_id="s"))
    sink.speak(1)
    tally = shop.flush(0)
    assert (tally.sent, tally.failed) == (1, 2)
    assert "not delivered" in tally.first_failure
    sink.failure = Unavailable("kafka", "the cable is out")
    sink.speak(1)
    sink.failure = None
    sink.speak(1)
    assert shop.flush(0) == Tally(2, 1, "kafka is unavailable: the cable is out")


def test_an_event_that_could_not_be_handed_over_is_told_at_once_and_counted_nowhere() -> None:
    class Full(MemorySink):
        def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
            raise Unavailable("kafka", "too much waits")

    shop = EventsClient(Full(), KEY)
    with pytest.raises(Unavailable, match="too much"):
        shop.publish(View(user_id="a", product_id="s"))
    assert shop.flush(1) == Tally(0, 0)


def test_failures_that_a_flush_has_told_are_not_told_again() -> None:
    shop, sink = client()
    sink.failure = Unavailable("kafka", "the cable is out")
    shop.publish(View(user_id="a", product_id="s"))
    shop.flush(1)
    assert shop.untold() is None
    shop.publish(View(user_id="b", product_id="s"))
    assert shop.untold() == Tally(0, 2, "kafka is unavailable: the cable is out")
    assert shop.untold() is None


def test_a_child_counts_from_nought_even_where_a_thread_held_the_lock_at_the_fork() -> None:
    shop, _ = client()
    shop.publish(View(user_id="a", product_id="s"))

    def told() -> str:
        shop.publish(View(user_id="b", product_id="s"))
        shop.publish(View(user_id="c", product_id="s"))
        return repr(shop.flush(1))

    with shop._tallying.mine()._lock:
        assert said_by_a_child(told) == repr(Tally(2, 0))
    assert shop.flush(1) == Tally(1, 0)


def test_failures_are_counted_and_the_first_is_told() -> None:
    shop, sink = client()
    shop.publish(View(user_id="a", product_id="s"))
    sink.failure = Unavailable("kafka", "the cable is out")
    shop.publish(View(user_id="b", product_id="s"))
    tally = shop.flush(1)
    assert (tally.sent, tally.failed) == (1, 1)
    assert "cable" in tally.first_failure


OnSignal = Callable[[Callable[[], object]], None]


class Locked(MemorySink):
    """A sink that holds a lock while it works, as the real one does, and gets a signal meanwhile."""

    def __init__(self) -> None:
        super().__init__(FixedClock(NOW))
        self._lock = threading.Lock()

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        with self._lock:
            signal.raise_signal(signal.SIGALRM)
            super().send(record, on_delivery)

    def flush(self, timeout_s: float) -> None:
        with self._lock:
            signal.raise_signal(signal.SIGALRM)


@pytest.fixture
def on_signal() -> Iterator[OnSignal]:
    """Sets what the signal does."""

    def set_to(act: Callable[[], object]) -> None:
        signal.signal(signal.SIGALRM, lambda *_: act())

    before = signal.getsignal(signal.SIGALRM)
    yield set_to
    signal.signal(signal.SIGALRM, before)


def test_a_signal_handler_in_the_middle_of_a_call_is_told_so_and_nothing_hangs(on_signal: OnSignal) -> None:
    shop, told = EventsClient(Locked(), KEY, "till", FixedClock(NOW)), []

    def act() -> None:
        with pytest.raises(Unavailable, match="a signal handler has interrupted"):
            shop.publish(View(user_id="handler", product_id="s"))
        told.append(shop.flush(60))

    on_signal(act)
    for _ in range(2):
        shop.publish(View(user_id="a", product_id="s"))
    assert shop.flush(60) == Tally(2, 0)
    assert [(tally.sent, tally.failed) for tally in told] == [(0, 1), (1, 1), (2, 0)]
    assert "signal handler" in told[0].first_failure


def test_after_a_handler_that_raises_the_client_works_on(on_signal: OnSignal) -> None:
    shop = EventsClient(Locked(), KEY, "till", FixedClock(NOW))
    on_signal(lambda: sys.exit(3))
    for call in (lambda: shop.publish(View(user_id="a", product_id="s")), lambda: shop.flush(60)):
        with pytest.raises(SystemExit):
            call()
    on_signal(lambda: None)
    shop.publish(View(user_id="a", product_id="s"))
    assert shop.flush(60) == Tally(1, 0)


def test_a_handler_between_two_calls_may_publish(on_signal: OnSignal) -> None:
    shop, sink = client()
    on_signal(lambda: shop.publish(View(user_id="handler", product_id="s")))
    signal.raise_signal(signal.SIGALRM)
    assert shop.flush(1) == Tally(1, 0)
    assert len(sink.read(VIEWS)) == 1

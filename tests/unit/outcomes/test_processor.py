"""What the worker's room says about single impressions, clicks and orders: one rule a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgpack
import pytest
from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2, outcome_pb2
from services.common.clock import to_ms
from services.common.token import Token, TokenKeys
from services.common.topics import DEADLETTER, OUTCOMES
from services.features.invalid_traffic import BURST_PER_MINUTE
from services.outcomes import limits
from services.outcomes.processor import GRACE_MS, OutcomesProcessor
from services.outcomes.state import EMPTY, UserState, pack, unpack
from services.wire.codec.decode import decode
from services.wire.codec.envelope import Envelope, RawRecord
from services.wire.faust.processor import StateUpdate

START = datetime(2026, 3, 1, tzinfo=UTC)
WINDOW = timedelta(minutes=30)
USER, OTHER = "u1-" + "a" * 32, "u1-" + "b" * 32
KEYS = TokenKeys("1", {"1": b"ours"})


class Desk:
    """One shopper in partition 0, with messages placed by hand."""

    def __init__(self) -> None:
        self.processor = OutcomesProcessor(lambda: KEYS, WINDOW // timedelta(milliseconds=1))
        self.state: bytes | None = None
        self.offsets: dict[str, int] = {}
        self.decided: dict[str, tuple[str, float]] = {}  # creative and propensity, by impression

    def envelope(self, topic: str, message: Message, after: timedelta, event: str = "") -> Envelope:
        offset = self.offsets[topic] = self.offsets.get(topic, -1) + 1
        at, name = START + after, event or f"{topic}-{offset}"
        return Envelope(name, "test", message.DESCRIPTOR.full_name, at, topic, 0, offset, at, USER.encode(), message)

    def shown(self, name: str = "i1", after: timedelta = timedelta(0), **fields: object) -> Envelope:
        made = impression_pb2.Impression(
            impression_id=name, user_id=USER, creative_id="c", propensity=0.25, policy_id="uniform"
        )
        made.MergeFrom(impression_pb2.Impression(**fields))  # type: ignore[arg-type]  # fields by name
        self.decided.setdefault(name, (made.creative_id, made.propensity))
        return self.envelope("ad.impressions", made, after, event=name)

    def click(self, name: str, after: timedelta, *, agent: str = "", event: str = "", token: str = "") -> Envelope:
        text = token or token_of(name, what=self.decided.get(name, ("c", 0.25)))
        made = events_pb2.Click(user_id=USER, product_id="p", impression_token=text, user_agent=agent)
        return self.envelope("ad.clicks", made, after, event)

    def order(self, name: str, after: timedelta, value: int = 1, *, token: str = "", currency: str = "") -> Envelope:
        text = token or token_of(name, what=self.decided.get(name, ("c", 0.25)))
        made = events_pb2.Order(user_id=USER, product_id="p", impression_token=text, value_minor=value)
        made.currency = currency
        return self.envelope("ad.orders", made, after)

    def read(self, *events: Envelope, until: timedelta = timedelta(0)) -> StateUpdate:
        """The room's answer to these events when all has been read up to `until` after the start."""
        watermark_ms = to_ms(START + until) + GRACE_MS
        users = [USER] if events else self.processor.due_users(0, watermark_ms)
        made = StateUpdate(self.state)
        for user in users:
            made = self.processor.advance(user, 0, self.state, events, watermark_ms)
            self.state = made.state
        return made


def token_of(
    name: str, user: str = USER, foreign: bool = False, keys: TokenKeys = KEYS, what: tuple[str, float] = ("c", 0.25)
) -> str:
    creative_id, propensity = what
    return keys.sign(Token(name, user, creative_id, "p", propensity, "top", 0, to_ms(START), foreign))


def outcomes(made: StateUpdate) -> list[outcome_pb2.Outcome]:
    found = []
    for record in made.records:
        if record.topic == OUTCOMES:
            raw = RawRecord(record.topic, 0, 0, to_ms(START), record.key, record.value, record.headers)
            message = decode(raw).message
            assert isinstance(message, outcome_pb2.Outcome)
            found.append(message)
    return found


def kinds(made: StateUpdate) -> list[tuple[str, bool]]:
    return [(outcome_pb2.OutcomeKind.Name(o.kind), o.window_closed) for o in outcomes(made)]


def reasons(made: StateUpdate) -> list[str]:
    return [reason for _, reason in made.refused]


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_a_click_settles_at_once_and_again_when_the_window_closes() -> None:
    desk = Desk()
    assert kinds(desk.read(desk.shown())) == []
    assert kinds(desk.read(desk.click("i1", minutes(3)))) == [("CLICKED", False)]
    closed = desk.read(until=minutes(31))
    assert kinds(closed) == [("CLICKED", True)]
    assert (outcomes(closed)[0].delay_ms, outcomes(closed)[0].outcome_id) == (180_000, "i1:click")


def test_silence_becomes_ignored_when_the_window_closes_without_any_event() -> None:
    desk = Desk()
    desk.read(desk.shown())
    assert kinds(desk.read(until=minutes(29.99))) == []
    closed = desk.read(until=minutes(30))
    assert kinds(closed) == [("IGNORED", True)]
    assert outcomes(closed)[0].settled_at.ToDatetime(tzinfo=UTC) == START + WINDOW


def test_timers_are_set_again_from_the_states_after_a_restart() -> None:
    desk = Desk()
    desk.read(desk.shown())
    assert desk.state is not None
    desk.processor = OutcomesProcessor(lambda: KEYS, WINDOW // timedelta(milliseconds=1))
    assert kinds(desk.read(until=minutes(31))) == [], "a room that was not restored knows no timers"
    desk.processor.restore(0, [(USER, desk.state)])
    assert kinds(desk.read(until=minutes(31))) == [("IGNORED", True)]


def test_a_partition_that_was_taken_away_closes_nothing() -> None:
    desk = Desk()
    desk.read(desk.shown())
    desk.processor.release(0)
    assert kinds(desk.read(until=minutes(31))) == []


def test_a_click_that_is_read_before_its_impression_waits_for_it() -> None:
    desk = Desk()
    assert kinds(desk.read(desk.click("i1", minutes(1)))) == []
    assert kinds(desk.read(desk.shown(after=minutes(2)))) == [("CLICKED", False)]
    assert outcomes(desk.read(until=minutes(33)))[0].delay_ms == -60_000


def test_a_click_whose_impression_never_comes_is_a_dead_letter_after_a_day() -> None:
    desk = Desk()
    desk.read(desk.click("i1", minutes(1)))
    letters = desk.read(until=timedelta(hours=25)).records
    assert [record.topic for record in letters] == [DEADLETTER]
    headers = dict(letters[0].headers)
    assert headers["adloom_reason"] == b"unmatched"
    assert (headers["adloom_topic"], headers["adloom_partition"], headers["adloom_offset"]) == (
        b"ad.clicks",
        b"0",
        b"0",
    )
    assert desk.state is None


def test_a_late_click_is_counted_as_late_and_leaves_the_impression_ignored() -> None:
    desk = Desk()
    desk.read(desk.shown())
    late = desk.read(desk.click("i1", minutes(31)), until=minutes(20))
    assert kinds(late) == [] and reasons(late) == []
    assert dict(late.fates) == {("ad.clicks", "late"): 1}
    assert kinds(desk.read(until=minutes(31))) == [("IGNORED", True)]


def test_each_order_has_an_outcome_of_its_own_whenever_it_comes() -> None:
    desk = Desk()
    desk.read(desk.shown())
    assert kinds(desk.read(desk.order("i1", minutes(5), 700), desk.order("i1", minutes(6), 800))) == [
        ("ORDERED", False),
        ("ORDERED", False),
    ]
    assert kinds(desk.read(until=minutes(31))) == [("IGNORED", True), ("ORDERED", True), ("ORDERED", True)]
    later = desk.read(desk.order("i1", minutes(300), 900), until=minutes(299))
    assert [(o.value_minor, o.window_closed) for o in outcomes(later)] == [(900, True)]


def test_an_orders_outcome_carries_its_currency_whether_it_came_before_the_impression_or_after() -> None:
    desk = Desk()
    before = [desk.order("i1", minutes(1), 1_000, currency=currency) for currency in ("JPY", "KWD")]
    after = [desk.order("i1", minutes(3), 1_000, currency=currency) for currency in ("USD", "")]
    desk.read(*before, desk.shown(after=minutes(2)), *after)
    for closed in outcomes(desk.read(until=minutes(33))):
        wanted = {"JPY", "KWD", "USD", ""} if closed.kind == outcome_pb2.ORDERED else {""}
        assert closed.currency in wanted
        assert closed.value_minor == (1_000 if closed.kind == outcome_pb2.ORDERED else 0)
    assert desk.state is not None
    (orders,) = unpack(desk.state).orders.values()
    assert [order.currency for order in orders] == ["JPY", "KWD", "USD", ""]


def test_a_state_of_orders_that_was_written_before_currencies_were_kept_is_read() -> None:
    desk = Desk()
    desk.read(desk.shown(), desk.order("i1", minutes(1), 700, currency="EUR"))
    assert desk.state is not None
    rows = msgpack.unpackb(desk.state[1:], strict_map_key=False)
    rows[0], rows[4] = 3, {key: [row[:-2] for row in group] for key, group in rows[4].items()}
    del rows[8]  # renders
    desk.state = b"\x00" + msgpack.packb(rows)
    closed = outcomes(desk.read(until=minutes(31)))
    assert [(o.value_minor, o.currency) for o in closed] == [(0, ""), (700, "")]


def test_tokens_that_do_not_count_are_refused_by_reason() -> None:
    desk = Desk()
    desk.read(desk.shown())
    strangers = TokenKeys("1", {"1": b"theirs"})
    made = desk.read(
        desk.click("i1", minutes(1), token=token_of("i1", keys=strangers)),
        desk.click("i1", minutes(1), token=token_of("i1", user=OTHER)),
        desk.click("i1", minutes(1), token="rubbish"),
        desk.click("i1", timedelta(hours=24, seconds=1)),
        desk.click("i1", minutes(2)),
        desk.click("i1", minutes(3)),
    )
    assert reasons(made) == ["forged", "foreign", "forged", "expired", "used"]
    assert kinds(made) == [("CLICKED", False)]


def test_the_same_click_again_is_no_second_use() -> None:
    desk = Desk()
    first = desk.click("i1", minutes(1), event="e1")
    desk.read(desk.shown(), first)
    for again in (first, desk.click("i1", minutes(2), event="e1")):
        made = desk.read(again)
        assert reasons(made) == []
        assert kinds(made) == [("CLICKED", False)], "said again, because a crash may have come before it was said"


def test_the_second_click_of_one_who_waits_for_the_impression_is_used_too() -> None:
    desk = Desk()
    assert reasons(desk.read(desk.click("i1", minutes(1)), desk.click("i1", minutes(2)))) == ["used"]


def test_tokens_of_imported_logs_count() -> None:
    desk = Desk()
    desk.read(desk.shown(foreign=True))
    made = desk.read(desk.click("i1", minutes(1), token=token_of("i1", foreign=True)))
    assert [o.foreign for o in outcomes(made)] == [True]


def test_the_first_record_of_an_impression_counts_and_copies_change_nothing() -> None:
    desk = Desk()
    desk.read(desk.shown(creative_id="first"), desk.shown(after=minutes(10), creative_id="second"))
    closed = outcomes(desk.read(until=minutes(31)))
    assert [(o.creative_id, o.shown_at.ToDatetime(tzinfo=UTC)) for o in closed] == [("first", START)]


OTHERS = {"creative": ("d", 0.25), "propensity": (("c", 0.5))}


@pytest.mark.parametrize("what", OTHERS)
@pytest.mark.parametrize("first", ["record", "token"])
def test_a_token_is_never_told_of_another_creative_or_propensity_than_its_own(what: str, first: str) -> None:
    desk = Desk()
    token = token_of("i1", what=OTHERS[what])
    shown = desk.shown()
    wrong = [desk.click("i1", minutes(1), token=token), desk.order("i1", minutes(1), token=token)]
    made = desk.read(*([shown, *wrong] if first == "record" else [*wrong, shown]))
    assert (kinds(made), reasons(made)) == ([], [])
    right = desk.read(desk.click("i1", minutes(2)), desk.order("i1", minutes(2)))
    assert kinds(right) == [("CLICKED", False), ("ORDERED", False)], "the wrong ones took nothing away"
    assert reasons(desk.read(desk.click("i1", minutes(3), token=token))) == ["used"]
    assert kinds(desk.read(until=minutes(31))) == [("CLICKED", True), ("ORDERED", True)]
    late = desk.read(until=timedelta(hours=25)).records
    told = [(h["adloom_topic"], h["adloom_reason"]) for h in (dict(r.headers) for r in late if r.topic == DEADLETTER)]
    assert told == [(b"ad.clicks", b"unmatched"), (b"ad.orders", b"unmatched")]


def test_clicks_and_orders_that_an_earlier_release_kept_waiting_still_find_their_impression() -> None:
    desk = Desk()
    desk.read(desk.click("i1", minutes(1)), desk.order("i1", minutes(1), 700))
    assert desk.state is not None
    kept = unpack(desk.state)
    ((click,), (orders,)) = kept.clicks.values(), kept.orders.values()
    desk.state = pack(replace(kept, clicks={"i1": click}, orders={"i1": orders}))
    assert reasons(desk.read(desk.click("i1", minutes(2)))) == ["used"]
    desk.read(desk.order("i1", minutes(3), 800))
    assert kinds(desk.read(desk.shown())) == [("CLICKED", False), ("ORDERED", False), ("ORDERED", False)]


def stored_by_version_3(desk: Desk) -> bytes:
    """The desk's state as version 3 would have kept it: waiting under the impression's id alone, without currencies."""
    assert desk.state is not None
    kept = unpack(desk.state)
    rows = msgpack.unpackb(pack(kept)[1:], strict_map_key=False)
    assert pack(kept)[:1] == b"\x00"
    clicks = {key.partition("\0")[0]: row[:6] for key, row in rows[3].items()}
    orders: dict[str, list[object]] = {}
    for key, group in rows[4].items():
        orders.setdefault(key.partition("\0")[0], []).extend(row[:6] for row in group)
    packed: bytes = msgpack.packb((3, rows[1], rows[2], clicks, orders, *rows[5:]))
    return b"\x00" + packed


def test_what_an_earlier_release_kept_waiting_is_told_only_of_what_its_token_says() -> None:
    desk, token = Desk(), token_of("i1", what=("d", 0.0077))
    desk.read(desk.click("i1", minutes(1), token=token), desk.order("i1", minutes(1), 700, token=token))
    desk.read(desk.order("i1", minutes(1), 800))
    desk.state = stored_by_version_3(desk)
    assert reasons(desk.read(desk.click("i1", minutes(1), token=token))) == ["used"]
    shown = desk.read(desk.shown())
    assert [(o.kind, o.value_minor) for o in outcomes(shown)] == [(outcome_pb2.ORDERED, 800)]
    assert kinds(desk.read(desk.click("i1", minutes(2)))) == [("CLICKED", False)]
    late = [record for record in desk.read(until=timedelta(hours=25)).records if record.topic == DEADLETTER]
    assert [dict(letter.headers)["adloom_reason"] for letter in late] == [b"unmatched", b"unmatched"]


def test_an_order_that_an_earlier_release_kept_waiting_has_the_currency_that_its_message_says() -> None:
    desk = Desk()
    desk.read(*(desk.order("i1", minutes(1), 1_000, currency=currency) for currency in ("JPY", "KWD", "")))
    desk.state = stored_by_version_3(desk)
    assert [o.currency for o in outcomes(desk.read(desk.shown()))] == ["JPY", "KWD", ""]


def test_all_impressions_of_a_declared_bot_are_marked_not_only_those_it_clicked() -> None:
    desk = Desk()
    desk.read(desk.shown("i1"), desk.shown("i2"), desk.click("i1", minutes(1), agent="Googlebot/2.1"))
    marked = outcomes(desk.read(until=minutes(31)))
    assert {(o.impression_id, o.invalid_traffic) for o in marked} == {("i1", "bot"), ("i2", "bot")}
    desk.read(desk.shown("i3", after=timedelta(hours=30)), until=timedelta(hours=29))
    assert [o.invalid_traffic for o in outcomes(desk.read(until=timedelta(hours=31)))] == [""]


def test_what_a_marked_profile_was_shown_is_kept_out_whether_it_is_clicked_or_not() -> None:
    for mark in ("bot", "rate"):
        desk = Desk()
        desk.read(desk.shown("i1", invalid_traffic=mark), desk.shown("i2", invalid_traffic=mark), desk.shown("i3"))
        desk.read(desk.click("i1", minutes(1)), desk.order("i1", minutes(2)))
        closed = outcomes(desk.read(until=minutes(31)))
        assert {(o.impression_id, o.invalid_traffic) for o in closed} == {("i1", mark), ("i2", mark), ("i3", "")}


def test_the_outcome_says_what_estimates_need() -> None:
    desk = Desk()
    targets = {"uniform": 0.5, "thompson": 0.9}
    chosen = desk.shown(candidates=["a", "b"], scores=[0.1, 0.3], creative_id="b", policy_version=7, slot=2)
    chosen.message.MergeFrom(
        impression_pb2.Impression(target_propensities=targets, placement_id="top", segment="new", product_id="p")
    )
    desk.read(chosen)
    (made,) = outcomes(desk.read(until=minutes(31)))
    assert (made.policy_id, made.policy_version, made.creative_id, made.slot) == ("uniform", 7, "b", 2)
    assert (made.propensity, dict(made.target_propensities), made.score) == (0.25, targets, 0.3)
    assert (made.placement_id, made.segment, made.product_id, made.foreign) == ("top", "new", "p", False)


def test_without_scores_the_outcome_has_none() -> None:
    desk = Desk()
    desk.read(desk.shown(candidates=["a"], creative_id="a"))
    (made,) = outcomes(desk.read(until=minutes(31)))
    assert not made.HasField("score")


def test_a_flood_is_refused_by_name_and_its_state_stays_below_what_kafka_takes() -> None:
    desk = Desk()
    made = desk.read(*(desk.shown(f"i{n}", creative_id=f"{n:032x}") for n in range(limits.MAX_OPEN + 1)))
    assert reasons(made) == ["too_many"]
    assert desk.state is not None and len(desk.state) < 1_000_000
    closed = desk.read(until=minutes(31))
    assert len(outcomes(closed)) == limits.MAX_OPEN
    assert len(unpack(desk.state).shown) == limits.MAX_CLOSED


def test_orders_beyond_all_reason_are_refused_by_name() -> None:
    desk = Desk()
    made = desk.read(desk.shown(), *(desk.order("i1", minutes(1), n) for n in range(limits.MAX_ORDERS + 1)))
    assert reasons(made) == ["too_many"]
    assert len(kinds(made)) == limits.MAX_ORDERS


def test_a_click_outside_ads_is_counted_in_its_minute_and_forgotten_after_a_day() -> None:
    desk = Desk()
    click = events_pb2.Click(user_id=USER, product_id="p")
    made = desk.read(desk.envelope("ad.clicks", click, minutes(1)))
    assert (list(made.records), dict(made.fates)) == ([], {("ad.clicks", "outside_ads"): 1})
    assert desk.state is not None and len(desk.state) < 100
    desk.read(until=timedelta(hours=24))
    assert desk.state is not None, "an event of that minute may still come"
    assert desk.read(until=timedelta(hours=25)).state is None


def test_an_undeclared_script_that_clicks_hundreds_of_ads_a_minute_is_kept_out_whole() -> None:
    desk = Desk()
    ads = [desk.shown(f"i{n}") for n in range(130)]
    clicks = [desk.click(f"i{n}", timedelta(seconds=n % 60)) for n in range(BURST_PER_MINUTE + 1)]
    desk.read(*ads, *clicks)
    closed = outcomes(desk.read(until=minutes(31)))
    assert len(closed) == 130
    assert {o.invalid_traffic for o in closed} == {"rate"}, "what it did not click is its silence"
    desk.read(desk.shown("later", after=timedelta(hours=30)), until=timedelta(hours=29))
    assert [o.invalid_traffic for o in outcomes(desk.read(until=timedelta(hours=31)))] == [""]


def test_as_many_clicks_as_a_minute_may_have_are_ordinary_and_read_twice_they_are_no_more() -> None:
    desk = Desk()
    ads = [desk.shown(f"i{n}") for n in range(BURST_PER_MINUTE)]
    outside = [desk.envelope("ad.clicks", events_pb2.Click(user_id=USER, product_id="p"), minutes(2)) for _ in ads]
    clicks = [desk.click(f"i{n}", minutes(1)) for n in range(BURST_PER_MINUTE)]
    copies = [desk.click(f"i{n}", minutes(1), event=click.event_id) for n, click in enumerate(clicks)]
    orders = [desk.order("i1", minutes(1)) for _ in ads]
    desk.read(*ads, *outside, *clicks, *clicks, *outside, *copies, *orders)
    assert {o.invalid_traffic for o in outcomes(desk.read(until=minutes(31)))} == {""}


def test_a_burst_of_refused_tokens_or_of_orders_marks_too_and_a_declared_bot_is_called_a_bot() -> None:
    refused, ordering, declared = Desk(), Desk(), Desk()
    refused.read(refused.shown(), *(refused.click("i1", minutes(1), token="rubbish") for _ in range(121)))
    ordering.read(ordering.shown(), *(ordering.order("i1", minutes(1)) for _ in range(121)))
    agent = "Googlebot/2.1"
    declared.read(declared.shown(), *(declared.click("i1", minutes(1), agent=agent) for _ in range(121)))
    marks = [{o.invalid_traffic for o in outcomes(d.read(until=minutes(31)))} for d in (refused, ordering, declared)]
    assert marks == [{"rate"}, {"rate"}, {"bot"}]


def test_a_state_written_before_rates_were_known_is_read() -> None:
    state = UserState({"t/0": 3}, bot_ms={1: 2})
    rows = msgpack.unpackb(pack(state)[1:], strict_map_key=False)
    assert unpack(b"\x00" + msgpack.packb((1, *rows[1:6]))) == state
    assert unpack(pack(EMPTY)) == EMPTY


def test_an_impression_that_a_fast_clock_has_closed_is_not_said_to_be_two_things() -> None:
    desk = Desk()
    desk.read(desk.shown("i1"))
    closed = outcomes(desk.read(until=timedelta(hours=1)))  # the broker's clock stands at ten minutes
    assert [o.kind for o in closed] == [outcome_pb2.IGNORED]
    late = desk.read(
        desk.click("i1", timedelta(minutes=10), event="e1"), desk.click("i1", timedelta(minutes=10), event="e1")
    )
    assert outcomes(late) == []
    assert late.fates == {("ad.clicks", "late"): 2}
    assert not late.refused

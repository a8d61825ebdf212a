"""Which impressions count as rendered, and what a shopper's consent does to an outcome."""

from __future__ import annotations

from datetime import timedelta

import msgpack
import pytest

from protos.gen.adloom.events.v1 import events_pb2
from protos.gen.adloom.events.v1.consent_pb2 import Consent as Said
from services.common.consent import Consent
from services.common.topics import DEADLETTER
from services.outcomes.state import pack, unpack
from services.wire.codec.envelope import Envelope
from services.wire.faust.processor import StateUpdate
from tests.unit.outcomes.test_processor import OTHER, USER, Desk, kinds, minutes, outcomes, reasons, token_of

NO_PROFILE = Said(profile=False)


class RenderDesk(Desk):
    """A desk where ads carry the render pixel."""

    def render(self, name: str, after: timedelta, *, agent: str = "", token: str = "", user: str = USER) -> Envelope:
        text = token or token_of(name, what=self.decided.get(name, ("c", 0.25)))
        made = events_pb2.Render(user_id=user, impression_token=text, user_agent=agent)
        return self.envelope("ad.renders", made, after)


def rendered(made: StateUpdate) -> list[tuple[str, bool, bool]]:
    return [(kind, o.render_pixel, o.rendered) for (kind, _), o in zip(kinds(made), outcomes(made), strict=True)]


@pytest.mark.parametrize(
    ("at", "counts"), [(minutes(0), True), (minutes(30), True), (minutes(30) + timedelta(milliseconds=1), False)]
)
@pytest.mark.parametrize("first", ["impression", "render"])
def test_an_ad_is_rendered_where_its_first_render_came_by_the_end_of_its_window(
    at: timedelta, counts: bool, first: str
) -> None:
    desk = RenderDesk()
    shown, render = desk.shown(render_pixel=True), desk.render("i1", at)
    for event in (shown, render) if first == "impression" else (render, shown):
        assert kinds(desk.read(event)) == []
    assert rendered(desk.read(until=minutes(31))) == [("IGNORED", True, counts)]


def test_a_click_alone_is_no_render_and_is_told_again_with_the_answer_when_the_window_closes() -> None:
    desk = RenderDesk()
    clicked, seen = desk.shown("i1", render_pixel=True), desk.shown("i2", render_pixel=True)
    early = desk.read(
        clicked, desk.click("i1", minutes(1)), seen, desk.render("i2", minutes(1)), desk.click("i2", minutes(2))
    )
    assert rendered(early) == [("CLICKED", True, False)] * 2
    assert rendered(desk.read(until=minutes(31))) == [("CLICKED", True, False), ("CLICKED", True, True)]


def test_a_second_render_and_a_copy_are_duplicates_and_a_late_one_is_late() -> None:
    desk = RenderDesk()
    first = desk.render("i1", minutes(1))
    made = desk.read(desk.shown(render_pixel=True), desk.shown("i2"), first, first, desk.render("i1", minutes(2)))
    assert made.fates["ad.renders", "duplicate"] == 2
    assert desk.read(desk.render("i2", minutes(31))).fates["ad.renders", "late"] == 1


def test_renders_with_tokens_that_do_not_count_are_refused() -> None:
    desk = RenderDesk()
    forged, others = (
        desk.render("i1", minutes(1), token="x.y"),
        desk.render("i1", minutes(1), token=token_of("i1", OTHER)),
    )
    old = desk.render("i1", timedelta(hours=25))
    assert reasons(desk.read(desk.shown(), forged, others, old)) == ["forged", "foreign", "expired"]


def test_a_render_of_another_decision_waits_for_that_one_and_is_a_dead_letter_after_a_day() -> None:
    desk = RenderDesk()
    desk.read(desk.shown(render_pixel=True), desk.render("i1", minutes(1), token=token_of("i1", what=("d", 0.25))))
    assert rendered(desk.read(until=minutes(31))) == [("IGNORED", True, False)]
    (letter,) = desk.read(until=timedelta(hours=25)).records
    assert (letter.topic, dict(letter.headers)["adloom_topic"]) == (DEADLETTER, b"ad.renders")
    assert desk.state is None


def test_a_declared_bots_render_marks_the_impressions_as_its_click_does() -> None:
    desk = RenderDesk()
    desk.read(desk.shown(render_pixel=True), desk.render("i1", minutes(1), agent="Googlebot/2.1"))
    (closed,) = outcomes(desk.read(until=minutes(31)))
    assert (closed.rendered, closed.invalid_traffic) == (True, "bot")


def test_a_state_from_before_renders_were_read_is_read() -> None:
    desk = RenderDesk()
    desk.read(desk.shown(render_pixel=True))
    assert desk.state is not None
    rows = msgpack.unpackb(desk.state[1:], strict_map_key=False)
    rows[0], rows[2] = 4, {key: row[:-1] for key, row in rows[2].items()}
    earlier = b"\x00" + msgpack.packb(rows[:8])
    assert pack(unpack(earlier)) == desk.state


@pytest.mark.parametrize(("default_profile", "no_posterior"), [(True, False), (False, True)])
def test_a_request_without_consent_teaches_no_model_and_a_posterior_only_without_a_profile(
    default_profile: bool, no_posterior: bool
) -> None:
    desk = Desk()
    desk.read(desk.shown(consent=NO_PROFILE, default_profile=default_profile), desk.shown("i2"))
    closed = outcomes(desk.read(until=minutes(31)))
    assert [(o.no_training, o.no_posterior) for o in closed] == [(True, no_posterior), (False, False)]


def test_a_click_or_an_order_without_consent_settles_its_impression_and_teaches_no_model() -> None:
    desk = Desk()
    click, order = desk.click("i1", minutes(1)), desk.order("i2", minutes(1))
    for event in (click, order):
        event.message.consent.CopyFrom(NO_PROFILE)  # type: ignore[attr-defined]  # both have it
    desk.read(desk.shown(), desk.shown("i2"), click, order)
    closed = {o.outcome_id: o for o in outcomes(desk.read(until=minutes(31)))}
    told = {name.partition(":order")[0]: (o.no_training, o.no_posterior) for name, o in closed.items()}
    assert told == {"i1:click": (True, False), "i2:click": (False, False), "i2": (True, False)}


def test_messages_that_do_not_say_are_read_by_the_workers_setting() -> None:
    desk = Desk()
    desk.processor.consent = Consent(profile=False)
    desk.read(desk.shown(), desk.shown("i2", consent=Said(profile=True)))
    assert [o.no_training for o in outcomes(desk.read(until=minutes(31)))] == [True, False]

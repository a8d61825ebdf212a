from datetime import UTC, datetime, timedelta
from itertools import permutations

import numpy as np
import pytest

from services.catalogue.facts import ProductFacts, product_facts
from services.catalogue.terms import DIMENSIONS
from services.features.invalid_traffic import invalid_traffic
from services.features.profile import (
    DECAYED,
    HALF_LIVES_S,
    INTEREST,
    Interaction,
    Kind,
    Profile,
    apply,
    apply_all,
    micros,
    with_burst,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
COAT = product_facts(np.eye(DIMENSIONS)[3], 4, rank=0.25, level=0.75)


def catalogue(product_id: str) -> ProductFacts | None:
    return COAT if product_id == "coat" else None


def event(kind: Kind = Kind.VIEW, ago_s: float = 0, product: str = "coat", bot: bool = False) -> Interaction:
    return Interaction(kind, product, micros(NOW - timedelta(seconds=ago_s)), by_bot=bot)


def after(*events: Interaction) -> Profile:
    profile = Profile()
    for one in events:
        profile = apply(profile, one, catalogue)
    return profile


def column(name: str) -> int:
    return DECAYED.index(name)


@pytest.mark.parametrize("row", range(len(HALF_LIVES_S)))
def test_an_event_has_decayed_to_half_after_one_half_life(row: int) -> None:
    sums = after(event()).decayed_to(NOW + timedelta(seconds=HALF_LIVES_S[row]))
    assert sums[row, column("views")] == pytest.approx(0.5, rel=1e-12)
    assert sums[row, INTEREST + 3] == pytest.approx(0.5, rel=1e-12)


def test_any_order_of_the_same_events_gives_the_same_profile() -> None:
    events = [event(Kind.VIEW, 5000), event(Kind.CLICK, 100), event(Kind.ORDER, 90_000), event(Kind.VIEW, 0, bot=True)]
    profiles = [after(*order) for order in permutations(events)]
    assert len({profile.integers for profile in profiles}) == 1
    for profile in profiles:
        assert profile.decayed == pytest.approx(profiles[0].decayed, rel=1e-12)


def test_apply_all_equals_apply_one_by_one() -> None:
    before = after(event(Kind.VIEW, 3_000))
    events = [event(Kind.CLICK, 4_000), event(Kind.VIEW, 1, "teapot"), event(Kind.ORDER, 60, bot=True), event(ago_s=9)]
    one_by_one = before
    for one in events:
        one_by_one = apply(one_by_one, one, catalogue)
    together = apply_all(before, events, catalogue)
    assert together.integers == one_by_one.integers
    assert together.decayed == pytest.approx(one_by_one.decayed, rel=1e-12)


def test_clicks_and_orders_weigh_more_than_views() -> None:
    weights = [after(event(kind)).decayed[0, column("weight")] for kind in Kind]
    assert weights == [1.0, 3.0, 5.0]


def test_an_event_of_an_unknown_product_counts_and_changes_no_interest() -> None:
    profile = after(event(product="gone"))
    assert profile.integer("views_total") == 1
    assert profile.decayed[0, column("views")] == 1.0
    assert not profile.decayed[:, column("weight") :].any()


def test_a_declared_bot_counts_in_the_totals_and_changes_no_decayed_sum() -> None:
    profile = after(event(bot=True))
    assert (profile.integer("views_total"), profile.integer("bot_events_total")) == (1, 1)
    assert not profile.decayed.any()
    assert profile.integer("last_view_us") == 0


def test_marks_last_a_day_after_their_newest_reason() -> None:
    bot = after(event(bot=True))
    burst = with_burst(after(event()), micros(NOW))
    assert [invalid_traffic(profile, NOW) for profile in (bot, burst, after(event()))] == ["bot", "rate", ""]
    later = NOW + timedelta(hours=24, seconds=1)
    assert [invalid_traffic(profile, later) for profile in (bot, burst)] == ["", ""]


def test_applying_changes_nothing_in_place() -> None:
    before = after(event(ago_s=10))
    copy = before.decayed.copy()
    apply(before, event(), catalogue)
    assert np.array_equal(before.decayed, copy)


def test_an_event_after_now_counts_in_full_and_not_more() -> None:
    sums = after(event(ago_s=-60)).decayed_to(NOW)
    assert sums[0, column("views")] == 1.0

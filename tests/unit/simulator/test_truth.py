"""The truth is reproducible, within bounds, and depends on what its docstring says."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from services.assets.demo import demo_creatives
from services.catalogue.catalogue import demo_catalogue
from services.simulator.shoppers import Exposures, Scene, Shopper, Truth
from services.simulator.shoppers.columns_of_creatives import offers_of, seen_ad
from services.simulator.shoppers.shopper import PERSONAS
from services.simulator.shoppers.shown import Shown
from services.simulator.shoppers.wishes import NO_MISSION

CATALOGUE = demo_catalogue()
SHOWN = [c for c in demo_creatives(CATALOGUE) if c.format == "300x250"]
OFFERS = offers_of(SHOWN, CATALOGUE)
NEVER = Exposures(np.zeros(len(SHOWN), dtype=np.int64))
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def rates(truth: Truth, number: int, when: datetime = NOON, exposures: Exposures = NEVER) -> np.ndarray:
    return truth.click_probabilities(truth.shopper(number), OFFERS, Scene(when), exposures)


def one_of(truth: Truth, persona: str) -> Shopper:
    return next(s for s in (truth.shopper(number) for number in range(1_000)) if s.persona == persona)


def test_same_seed_gives_the_same_answers_in_any_order_of_calls() -> None:
    forward, backward = Truth(7), Truth(7)
    one = [rates(forward, number).tolist() for number in range(20)]
    other = [rates(backward, number).tolist() for number in reversed(range(20))]
    assert one == other[::-1]
    assert one != [rates(Truth(8), number).tolist() for number in range(20)]


def test_a_creative_has_the_same_rate_alone_and_among_others() -> None:
    truth, creative = Truth(7), SHOWN[11]
    alone = truth.click_probability(truth.shopper(4), seen_ad(creative, CATALOGUE), Scene(NOON))
    assert alone == rates(truth, 4)[11]


def test_rates_are_probabilities() -> None:
    truth = Truth(7)
    for number in range(200):
        for hour in (3, 12, 20):
            found = rates(truth, number, NOON.replace(hour=hour))
            assert ((found >= 0.0) & (found <= 0.9)).all()


def test_all_personas_exist() -> None:
    truth = Truth(7)
    assert {truth.shopper(number).persona for number in range(500)} == set(PERSONAS)


def test_a_creative_seen_too_often_and_too_many_ads_reduce_the_rate() -> None:
    truth = Truth(7)
    shopper = one_of(truth, "devotee")
    fresh = rates(truth, shopper.number)
    tired = rates(truth, shopper.number, exposures=Exposures(np.full(len(SHOWN), shopper.patience)))
    flooded = rates(truth, shopper.number, exposures=Exposures(NEVER.of_creative, shopper.ads_limit))
    assert (tired <= fresh).all() and tired.sum() < 0.5 * fresh.sum()
    assert (flooded <= fresh).all() and flooded.sum() < 0.6 * fresh.sum()


def test_the_careful_click_what_they_have_seen_before() -> None:
    truth = Truth(7)
    shopper = one_of(truth, "careful")
    again = rates(truth, shopper.number, exposures=Exposures(np.ones(len(SHOWN), dtype=np.int64)))
    assert again.sum() > 1.5 * rates(truth, shopper.number).sum()


def test_lower_slots_have_lower_rates() -> None:
    truth, shopper = Truth(7), Truth(7).shopper(4)
    by_slot = [truth.click_probabilities(shopper, OFFERS, Scene(NOON, slot=slot), NEVER).sum() for slot in range(6)]
    assert by_slot == sorted(by_slot, reverse=True)
    assert by_slot[3] == by_slot[5] < by_slot[0]


@pytest.mark.parametrize("persona", ["devotee", "indifferent"])
def test_some_have_no_missions(persona: str) -> None:
    truth = Truth(7)
    shopper = one_of(truth, persona)
    assert {truth.mission(shopper, NOON + timedelta(hours=hour)) for hour in range(300)} == {NO_MISSION}


def test_house_creative_has_a_rate_too() -> None:
    truth = Truth(7)
    house = SHOWN.index(next(c for c in SHOWN if not c.product_id))
    assert 0.0 < np.mean([rates(truth, number)[house] for number in range(300)]) < 0.05


def test_exposures_are_forgotten_after_a_day_and_counted_for_ten_minutes() -> None:
    shown = Shown()
    for at_s in (0.0, 50_000.0, 86_000.0, 86_399.0):
        shown.add("a", at_s)
    shown.add("b", 86_399.0)
    at_day = shown.exposures(["a", "b", "c"], 86_399.5)
    assert (at_day.of_creative.tolist(), at_day.in_ten_minutes) == ([4, 1, 0], 3)
    later = shown.exposures(["a", "b", "c"], 86_400.0 + 50_000.0)
    assert (later.of_creative.tolist(), later.in_ten_minutes) == ([2, 1, 0], 0)

"""Statistics of the truth: rates, rhythm, drift, and the value of knowing the shopper."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from services.assets.demo import demo_creatives
from services.catalogue.catalogue import CATEGORIES, demo_catalogue
from services.simulator.shoppers import Exposures, OfflineLog, Scene, Truth, offline_log, plan_visit
from services.simulator.shoppers.columns_of_creatives import offers_of
from services.simulator.shoppers.rhythm import Span, hour_weights, visit_times
from services.simulator.shoppers.shopper import PERSONAS
from services.simulator.shoppers.wishes import NO_MISSION

CATALOGUE = demo_catalogue()
SHOWN = [c for c in demo_creatives(CATALOGUE) if c.format == "300x250" and c.product_id]
OFFERS = offers_of(SHOWN, CATALOGUE)
NEVER = Exposures(np.zeros(len(SHOWN), dtype=np.int64))
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def rates() -> np.ndarray:
    """True rates of 400 shoppers at four moments, (1600, C)."""
    truth = Truth(7)
    moments = [MONDAY + timedelta(hours=hours) for hours in (0, 8, 40, 130)]
    return np.array(
        [
            truth.click_probabilities(truth.shopper(n), OFFERS, Scene(when), NEVER)
            for n in range(400)
            for when in moments
        ]
    )


@pytest.fixture(scope="module")
def log() -> OfflineLog:
    until = datetime(2026, 1, 1, tzinfo=UTC)
    return offline_log(Truth(7), CATALOGUE, SHOWN, impressions=6_000, shoppers=200, days=28, until=until, seed=3)


def test_mean_rate_under_uniform_choice_is_a_few_per_cent(rates: np.ndarray) -> None:
    assert 0.03 < rates.mean() < 0.08


def test_knowing_the_shopper_pays_more_than_knowing_the_best_creative(rates: np.ndarray) -> None:
    best_for_all = rates.mean(axis=0).max()
    best_for_each = rates.max(axis=1).mean()
    assert best_for_each > 2.5 * best_for_all > 2.5 * rates.mean()


def test_shoppers_differ_widely(rates: np.ndarray) -> None:
    by_shopper = rates.reshape(400, 4, -1).mean(axis=(1, 2))
    assert np.quantile(by_shopper, 0.9) > 4 * np.quantile(by_shopper, 0.1)


def test_clicks_of_the_log_follow_its_true_rates(log: OfflineLog) -> None:
    variance = (log.probability * (1 - log.probability)).sum()
    excess = log.clicks.sum() - log.probability.sum()
    assert abs(excess) < 4 * np.sqrt(variance)


def test_log_chooses_uniformly(log: OfflineLog) -> None:
    counts = np.bincount(log.creative, minlength=len(SHOWN))
    expected = len(log.creative) * log.propensity
    chi_square = ((counts - expected) ** 2 / expected).sum()
    degrees = len(SHOWN) - 1
    assert abs(chi_square - degrees) < 4 * np.sqrt(2 * degrees)


def test_wishes_switch_at_once_and_stay_for_very_different_times() -> None:
    truth = Truth(7)
    stays = []
    for number in range(100):
        shopper = truth.shopper(number)
        if shopper.persona == "devotee":
            continue
        wishes = [truth.wishes(shopper, MONDAY + timedelta(hours=6 * step)) for step in range(4 * 84)]
        changes = [0] + [step for step in range(1, len(wishes)) if wishes[step] != wishes[step - 1]] + [len(wishes)]
        stays += [(late - early) / 4 for early, late in zip(changes, changes[1:], strict=False)]
    days = np.array(stays)
    assert (days < 3).mean() > 0.1
    assert (days > 20).mean() > 0.1


def test_devotees_never_change() -> None:
    truth = Truth(7)
    devotee = next(s for s in (truth.shopper(n) for n in range(100)) if s.persona == "devotee")
    assert len({truth.wishes(devotee, MONDAY + timedelta(days=day)) for day in range(200)}) == 1


def test_missions_are_common_and_short() -> None:
    truth = Truth(7)
    bargain = next(s for s in (truth.shopper(n) for n in range(100)) if s.persona == "bargain")
    missions = [truth.mission(bargain, MONDAY + timedelta(hours=3 * step)) for step in range(800)]
    assert 0.35 < np.mean([mission != NO_MISSION for mission in missions]) < 0.55


def test_preferred_creatives_drift(rates: np.ndarray) -> None:
    truth = Truth(7)

    def best(when: datetime) -> list[int]:
        return [
            int(truth.click_probabilities(truth.shopper(n), OFFERS, Scene(when), NEVER).argmax()) for n in range(200)
        ]

    now, in_ten_weeks = best(MONDAY), best(MONDAY + timedelta(days=70))
    assert np.mean([a == b for a, b in zip(now, in_ten_weeks, strict=True)]) < 0.5


@pytest.mark.parametrize("persona", PERSONAS)
def test_visits_follow_the_rhythm_of_day_and_week(persona: str) -> None:
    span = Span(MONDAY.replace(hour=0), 28)
    times = visit_times(persona, 8_000, span, np.random.default_rng(2))
    hours = np.bincount([t.weekday() * 24 + t.hour for t in times], minlength=168)
    expected = hour_weights(persona) * len(times)
    chi_square = ((hours - expected) ** 2 / expected).sum()
    assert abs(chi_square - 167) < 5 * np.sqrt(2 * 167)
    at_night = hours.reshape(7, 24)[:, [23, 0, 1, 2]].sum() / hours.sum()
    assert (at_night > 0.3) == (persona == "owl")


def test_browsing_reveals_the_wish() -> None:
    truth, rng = Truth(7), np.random.default_rng(4)
    hits, views = 0, 0
    for number in range(300):
        shopper = truth.shopper(number)
        wanted = truth.mission(shopper, MONDAY)
        if wanted == NO_MISSION:
            continue
        for step in plan_visit(truth, shopper, CATALOGUE, MONDAY, rng).steps:
            hits += step.product.category == CATEGORIES[wanted]
            views += 1
    assert hits / views > 0.7


def test_urgency_works_in_the_evening_and_backfires_at_work() -> None:
    truth = Truth(7)
    urgent = OFFERS.style == 1

    def share(hour: int) -> float:
        rates = [
            truth.click_probabilities(s, OFFERS, Scene(MONDAY.replace(hour=hour)), NEVER)
            for s in (truth.shopper(n) for n in range(600))
            if s.persona == "bargain"
        ]
        return float(np.mean([r[urgent].mean() / r[~urgent].mean() for r in rates]))

    assert share(20) > 1.3 > 0.8 > share(10)


def test_heavy_tails_are_there(log: OfflineLog) -> None:
    a_shopper = np.bincount(log.user)
    assert a_shopper.max() > 5 * np.median(a_shopper)
    assert np.quantile(log.probability, 0.99) > 10 * np.median(log.probability)

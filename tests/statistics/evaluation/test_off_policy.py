"""IPS and SNIPS equal a plain reference, are right on average, have intervals that hold, and know when to refuse."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from services.evaluation.off_policy import Estimated, WeightSums, ips, snips, sums_of
from services.evaluation.outcome_tally import OutcomeTally, TrafficKind
from tests.unit.evaluation.outcomes_made import outcome

ACTIONS = 10
TRUE_RATES = np.linspace(0.02, 0.2, ACTIONS)
LOGGING = np.full(ACTIONS, 0.05) + np.array([0.5] + [0.0] * (ACTIONS - 1))  # sums to 1
JUDGED = np.array([0.01] * 8 + [0.12, 0.80])
TRUE_VALUE = float(JUDGED @ TRUE_RATES)


@dataclass(frozen=True)
class Row:
    """One logged impression."""

    weight: float
    clicked: bool


def logged(chance: np.random.Generator, count: int) -> list[Row]:
    actions = chance.choice(ACTIONS, size=count, p=LOGGING)
    clicks = chance.random(count) < TRUE_RATES[actions]
    return [Row(float(JUDGED[a] / LOGGING[a]), bool(c)) for a, c in zip(actions, clicks, strict=True)]


def summed(rows: list[Row]) -> WeightSums:
    return sum((sums_of(row.weight, row.clicked) for row in rows), WeightSums())


def drawn(chance: np.random.Generator, count: int) -> WeightSums:
    """The sums of `count` logged impressions, without a loop."""
    actions = chance.choice(ACTIONS, size=count, p=LOGGING)
    r = (chance.random(count) < TRUE_RATES[actions]).astype(float)
    w = (JUDGED / LOGGING)[actions]
    return WeightSums(count, 0, w.sum(), (w * w).sum(), (w * r).sum(), (w * w * r).sum())


def value(found: Estimated) -> float:
    assert found.value is not None, found.refused
    return found.value


def covers(found: Estimated, truth: float) -> bool:
    assert found.low is not None and found.high is not None
    return found.low <= truth <= found.high


def test_values_equal_a_plain_reference_that_keeps_every_row() -> None:
    rows = logged(np.random.default_rng(1), 5_000)
    earned = [row.weight if row.clicked else 0.0 for row in rows]
    weights = [row.weight for row in rows]
    sums = summed(rows)
    assert value(ips(sums)) == pytest.approx(math.fsum(earned) / len(rows), rel=1e-12)
    assert value(snips(sums)) == pytest.approx(math.fsum(earned) / math.fsum(weights), rel=1e-12)
    kish = math.fsum(weights) ** 2 / math.fsum(w * w for w in weights)
    assert sums.effective_sample_size() == pytest.approx(kish, rel=1e-12)


def test_both_are_right_on_average_and_their_intervals_hold_nineteen_times_in_twenty() -> None:
    chance = np.random.default_rng(2)
    found = [(ips(sums), snips(sums)) for sums in (drawn(chance, 4_000) for _ in range(300))]
    for estimates in zip(*found, strict=True):
        values = np.array([value(e) for e in estimates])
        error = values.mean() - TRUE_VALUE
        assert abs(error) < 4 * values.std() / math.sqrt(len(values)), "biased"
        held = sum(covers(e, TRUE_VALUE) for e in estimates) / len(values)
        assert 0.91 <= held <= 1.0, f"{estimates[0].estimator}: {held:.3f}"


def test_estimates_that_are_just_not_refused_are_not_the_lucky_ones() -> None:
    """One of forty arms is nearly all that the judged policy shows; the effective sample is 100 in some runs only."""
    chance, n, arms, share = np.random.default_rng(4), 3_300, 40, 0.9
    heavy, light = arms * share, arms * (1 - share) / (arms - 1)  # weights
    truth = share * 0.25 + (1 - share) * 0.05
    given, errors, missed = 0, [], 0
    for _ in range(3_000):
        m = chance.binomial(n, 1 / arms)
        k, j = chance.binomial(m, 0.25), chance.binomial(n - m, 0.05)
        w, w2 = m * heavy + (n - m) * light, m * heavy**2 + (n - m) * light**2
        found = ips(WeightSums(n, 0, w, w2, k * heavy + j * light, k * heavy**2 + j * light**2))
        if found.value is not None:
            given += 1
            errors.append(found.value - truth)
            missed += not covers(found, truth)
    assert 200 < given < 2_000, "the border of refusal is what this is about"
    assert abs(np.mean(errors)) < 0.04 * truth, f"{np.mean(errors) / truth:+.1%}"
    assert missed / given < 0.07


def test_a_policy_judged_by_its_own_choices_has_its_click_rate_and_wilsons_interval() -> None:
    sums = summed([Row(1.0, n < 30) for n in range(1_000)])
    for found in (ips(sums), snips(sums)):
        assert value(found) == pytest.approx(0.03, rel=1e-12)
        assert found.low == pytest.approx(0.02109, abs=2e-5)  # Wilson's interval of 30 among 1,000
        assert found.high == pytest.approx(0.04252, abs=2e-5)


def test_no_click_is_not_taken_for_certainty() -> None:
    found = ips(summed([Row(1.0, False)] * 200))
    assert found.value == 0.0 and found.low == 0.0
    assert found.high is not None and 0.005 < found.high < 0.05


def test_sums_of_parts_are_the_sums_of_the_whole() -> None:
    rows = logged(np.random.default_rng(3), 2_500)
    parts = summed(rows[:100]) + summed(rows[100:500]) + summed(rows[500:])
    assert value(ips(parts)) == pytest.approx(value(ips(summed(rows))), rel=1e-12)


@pytest.mark.parametrize(
    ("sums", "why"),
    [
        (WeightSums(), "no impressions"),
        (summed([Row(1.0, True)] * 99), "effective sample size 99.0 is below 100"),
        (summed([Row(0.5, False)] * 10_000 + [Row(5_000.0, True)]), "effective sample size"),
        (summed([Row(0.3, False)] * 10_000), "overlap too small: weights average 0.30"),
        (WeightSums(missing=4), "no impression tells this policy's probability"),
        (summed([Row(1.0, False)] * 500) + WeightSums(missing=20), "20 of 520 impressions do not tell"),
    ],
)
def test_estimators_refuse_where_they_would_only_guess(sums: WeightSums, why: str) -> None:
    for found in (ips(sums), snips(sums)):
        assert found.refused.startswith(why)
        assert (found.value, found.low, found.high) == (None, None, None)


def test_of_a_slate_only_what_no_earlier_choice_bent_is_estimated_from() -> None:
    """Two of three creatives are drawn without replacement; the one that is liked is mostly gone by the second slot."""
    chance, rates, likes = np.random.default_rng(7), np.array([0.4, 0.1, 0.0]), np.array([0.9, 0.05, 0.05])
    tally = OutcomeTally()
    for number in range(6_000):
        left = np.array([0, 1, 2])
        for slot in range(2):
            p = likes[left] / likes[left].sum()
            index = int(chance.choice(len(left), p=p))
            shares = {"thompson": float(p[index]), "uniform": 1 / len(left)}
            clicked = bool(chance.random() < rates[left[index]])
            made = outcome(number, clicked, policy_id="thompson", slot=slot, propensity=shares["thompson"])
            made.target_propensities.update(shares)
            tally.add_closed(made)
            left = np.delete(left, index)
    sums = tally.weights[TrafficKind("thompson", imported=False), "uniform"]
    for found in (ips(sums), snips(sums)):
        assert covers(found, float(rates.mean())), f"{found}: uniform earns {rates.mean():.3f} in either slot"

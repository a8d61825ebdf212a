"""The confidence sequence covers at every moment at once, also where click rates drift; and how wide it is."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from services.evaluation.confidence import ALPHA, click_rate, rules_out

RUNS = 400
LENGTH = 3_000
# More misses than this among 400 runs would happen once in 1,000 where the true rate of misses were 5 %.
TOLERATED = 34

STEADY = np.full(LENGTH, 0.05)
DRIFTING = 0.05 + 0.04 * np.sin(np.arange(LENGTH) / 300)
JUMPING = np.where(np.arange(LENGTH) < 1_000, 0.15, 0.01)


def looks() -> NDArray[np.int64]:
    """Somebody looks very often at first, and then now and again."""
    return np.unique(np.concatenate([np.arange(1, 60), np.geomspace(60, LENGTH, 60).astype(int)]))


@pytest.mark.parametrize("rates", [STEADY, DRIFTING, JUMPING], ids=["steady", "drifting", "jumping"])
def test_the_interval_holds_the_mean_rate_at_every_look_in_95_percent_of_runs(rates: NDArray[np.float64]) -> None:
    chance = np.random.default_rng(7)
    means = np.cumsum(rates) / np.arange(1, LENGTH + 1)
    missed = 0
    for _ in range(RUNS):
        clicks = np.cumsum(chance.random(LENGTH) < rates)
        missed += any(rules_out(means[n - 1], int(clicks[n - 1]), int(n)) for n in looks())
    assert missed <= TOLERATED, f"{missed} of {RUNS} runs missed where at most {ALPHA:.0%} may"


def test_an_interval_for_one_moment_does_not_hold_at_every_look() -> None:
    """The test above can fail: Wald's interval, looked at as often, misses in far more runs."""
    chance = np.random.default_rng(7)
    missed = 0
    for _ in range(RUNS):
        clicks = np.cumsum(chance.random(LENGTH) < STEADY)
        at = looks()[looks() >= 60]
        rate = clicks[at - 1] / at
        missed += bool((np.abs(rate - 0.05) > 1.96 * np.sqrt(rate * (1 - rate) / at)).any())
    assert missed > 3 * TOLERATED


def test_the_interval_is_at_most_twice_as_wide_as_one_for_a_single_moment(capsys: pytest.CaptureFixture[str]) -> None:
    for impressions in (1_000, 10_000, 100_000, 1_000_000):
        interval = click_rate(impressions // 20, impressions)
        wald = 2 * 1.96 * (0.05 * 0.95 / impressions) ** 0.5
        ratio = (interval.high - interval.low) / wald
        with capsys.disabled():
            print(f"\nclick rate .05 of {impressions}: width {interval.high - interval.low:.5f}, Wald x {ratio:.2f}")  # noqa: T201
        assert 1 < ratio < 2


@pytest.mark.parametrize("impressions", [1, 7, 100, 54_321])
def test_the_interval_holds_the_observed_rate_and_stays_within_0_and_1(impressions: int) -> None:
    for clicks in {0, 1, impressions // 2, impressions}:
        interval = click_rate(clicks, impressions)
        assert 0 <= interval.low <= clicks / impressions <= interval.high <= 1
        assert not rules_out((interval.low + interval.high) / 2, clicks, impressions)
        assert interval.low == 0 or rules_out(interval.low * 0.999, clicks, impressions)
        assert interval.high == 1 or rules_out(interval.high * 1.001, clicks, impressions)


@pytest.mark.parametrize(("clicks", "impressions"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(clicks: int, impressions: int) -> None:
    with pytest.raises(ValueError, match="clicks among"):
        click_rate(clicks, impressions)

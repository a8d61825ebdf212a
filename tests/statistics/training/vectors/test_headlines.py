"""The comparison finds what is there: a vector that tells the click rate gains, one of chance does not."""

import numpy as np

from tests.statistics.training.vectors.headlines import Arms, out_of_fold, pairs
from tests.statistics.training.vectors.paired import mean_gain, ratio_gain

TESTS, ARMS = 300, 4


def drawn(rng: np.random.Generator, lift: np.ndarray) -> Arms:
    impressions = np.full(len(lift), 3_000.0)
    clicks = rng.binomial(3_000, 0.02 * np.exp(lift)).astype(float)
    return Arms(np.repeat(np.arange(TESTS), ARMS), ["" for _ in lift], impressions, clicks)


def test_a_vector_that_tells_the_click_rate_orders_arms_and_one_of_chance_does_not() -> None:
    rng = np.random.default_rng(0)
    telling, chance = rng.normal(size=(2, TESTS * ARMS, 8))
    arms = drawn(rng, telling @ np.linspace(-0.15, 0.15, 8))
    right, by_chance, of = (
        pairs(arms, each) for each in (out_of_fold(telling, arms), out_of_fold(chance, arms), arms.lift)
    )
    gain = ratio_gain(right, by_chance, of, np.arange(TESTS))
    assert gain.low > 0.1
    assert abs(by_chance.sum() / of.sum() - 0.5) < 0.05


def test_an_interval_of_equal_things_holds_zero() -> None:
    values = np.random.default_rng(1).normal(size=400)
    gain = mean_gain(values - values.mean(), np.repeat(np.arange(40), 10))
    assert gain.low < 0.0 < gain.high

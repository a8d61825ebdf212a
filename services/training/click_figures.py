"""How good a click model is: log loss against a model that is blind to the shopper, and calibration by tenths.

Impressions of one shopper are not independent, so every interval resamples whole shoppers (cluster bootstrap,
percentiles).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the interval that covers the truth with the stated confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tenth:
    """One tenth of the impressions, ordered by prediction."""

    impressions: int
    predicted: float  # mean prediction
    observed: Interval  # click rate; the ten intervals together hold with 95 % confidence

    @property
    def calibrated(self) -> bool:
        """
        >>> Tenth(10, 0.5, Interval(0.4, 0.3, 0.49)).calibrated
        False
        """
        return self.observed.low <= self.predicted <= self.observed.high


def log_losses(predicted: Floats, clicked: Floats) -> Floats:
    """-log of the probability given to what happened, a row (N,)."""
    losses: Floats = -np.log(np.where(clicked > 0.5, predicted, 1.0 - predicted))
    return losses


def normalised_entropy(predicted: Floats, clicked: Floats) -> float:
    """Mean log loss divided by that of always saying the overall click rate; below 1 is better (He et al. 2014).

    >>> normalised_entropy(np.full(4, 0.25), np.array([0.0, 0.0, 1.0, 0.0]))
    1.0
    """
    rate = clicked.mean()
    entropy = -(rate * np.log(rate) + (1.0 - rate) * np.log(1.0 - rate))
    return float(log_losses(predicted, clicked).mean() / entropy)


def mean_by_shopper(
    values: Floats,
    shopper: NDArray[np.int64],
    rng: np.random.Generator,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> Interval:
    """The mean of a value over impressions, with an interval from resampled shoppers."""
    _, index = np.unique(shopper, return_inverse=True)
    sums = np.bincount(index, weights=values)  # (U,)
    counts = np.bincount(index)
    drawn = np.stack([_draws(len(counts), rng) for _ in range(resamples)])  # (R, U), how often each shopper is drawn
    means = (drawn @ sums) / (drawn @ counts)
    low, high = np.quantile(means, [(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0])
    return Interval(float(values.mean()), float(low), float(high))


def tenths(
    predicted: Floats, clicked: Floats, shopper: NDArray[np.int64], rng: np.random.Generator
) -> tuple[Tenth, ...]:
    """Ten equal groups by prediction; each interval has confidence 1 - 0.05 / 10, so that all ten hold together."""
    groups = np.array_split(np.argsort(predicted, kind="stable"), 10)
    return tuple(
        Tenth(
            len(rows),
            float(predicted[rows].mean()),
            mean_by_shopper(clicked[rows], shopper[rows], rng, confidence=1.0 - 0.05 / 10),
        )
        for rows in groups
    )


def _draws(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return np.bincount(rng.integers(count, size=count), minlength=count)

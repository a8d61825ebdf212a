"""Two models on the same rows: how they differ, with 95 % intervals that resample whole shoppers (percentiles)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.training.click_figures import RESAMPLES, Interval

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: one question, one way to make vectors, against words."""

    question: str
    vectors: str
    measure: str
    words: float
    value: float
    gain: Interval  # above zero: better than words

    def __str__(self) -> str:
        """
        >>> print(Line("demo", "minilm", "log loss", 0.2, 0.1, Interval(0.1, -0.5, 0.3)))
        demo                              minilm          log loss      .2000    .1000   +.1000 (-.5000 to +.3000)
        """
        gain = f"{_signed(self.gain.value)} ({_signed(self.gain.low)} to {_signed(self.gain.high)})"
        better = " *" if self.gain.low > 0.0 else " worse" if self.gain.high < 0.0 else ""
        figures = f"{_plain(self.words):>8} {_plain(self.value):>8}   {gain}{better}"
        return f"{self.question:33} {self.vectors:15} {self.measure:10}{figures}"


def mean_gain(gains: Floats, groups: NDArray[np.int64]) -> Interval:
    """The mean of a gain over rows (N,); whole groups are resampled."""
    return ratio_gain(gains, np.zeros_like(gains), np.ones_like(gains), groups)


def ratio_gain(value: Floats, words: Floats, by: Floats, groups: NDArray[np.int64]) -> Interval:
    """sum(value) / sum(by) - sum(words) / sum(by) over rows (N,)."""
    _, index = np.unique(groups, return_inverse=True)
    over, under = np.bincount(index, weights=value - words), np.bincount(index, weights=by)
    rng = np.random.default_rng(0)
    count = len(over)
    found = np.empty(RESAMPLES)
    for at in range(RESAMPLES):
        drawn = np.bincount(rng.integers(count, size=count), minlength=count)
        found[at] = (drawn @ over) / (drawn @ under)
    low, high = np.quantile(found, [0.025, 0.975])
    return Interval(float(over.sum() / under.sum()), float(low), float(high))


def _plain(value: float) -> str:
    return f"{value:.4f}".lstrip("0")


def _signed(value: float) -> str:
    return f"{'-' if value < 0 else '+'}{_plain(abs(value))}"

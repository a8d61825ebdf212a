"""What is believed about a creative's click probability: the model's score times a CTR multiplier from outcomes.

    multiplier_i ~ Gamma(shape = a + clicks_i, rate = b + expected_i),    click probability = score_i * multiplier_i

where `expected_i` is the sum of the model's click probabilities over the arm's closed impressions and (a, b) is the
prior (the conjugate one of a Poisson rate with exposure `expected_i`). Assumes clicks are rare,
so that their number given the scores is near Poisson; an error of the model that depends on the shopper and not on the
creative is not corrected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.policies.arms import Floats

PRIOR_SHAPE: Final = 20.0
"""Content-free prior: a CTR multiplier of 1, as certain as after 20 expected clicks."""

PRIOR_RATE: Final = 20.0

NO_SCORE_RATE: Final = 0.02
"""Click probability assumed where no model scored; for choosing only, nothing is learnt against it."""


@dataclass(frozen=True, slots=True)
class ArmSums:
    """Sums over the impressions of one creative whose windows have closed."""

    clicks: int = 0
    expected_clicks: float = 0.0

    def after(self, clicked: bool, score: float | None) -> ArmSums:
        """The sums after one more closed impression; without a score it teaches nothing.

        >>> ArmSums(1, 0.5).after(clicked=True, score=0.25)
        ArmSums(clicks=2, expected_clicks=0.75)
        """
        return self if score is None else ArmSums(self.clicks + clicked, self.expected_clicks + score)


@dataclass(frozen=True, slots=True)
class Posterior:
    """One version of all arms' sums with its prior; version 0 is the prior alone."""

    version: int
    sums: Mapping[str, ArmSums]
    prior_shape: float = PRIOR_SHAPE
    prior_rate: float = PRIOR_RATE


PRIOR: Final = Posterior(0, {})


def ctr_multipliers(posterior: Posterior, creative_ids: Sequence[str]) -> tuple[Floats, Floats]:
    """Mean and variance of each creative's CTR multiplier, (C,) and (C,): shape / rate and shape / rate^2.

    >>> mean, variance = ctr_multipliers(Posterior(1, {"a": ArmSums(clicks=20, expected_clicks=20.0)}), ["a", "new"])
    >>> mean.tolist(), variance.tolist()
    ([1.0, 1.0], [0.025, 0.05])
    """
    found = [posterior.sums.get(creative_id, _NONE) for creative_id in creative_ids]
    shape = posterior.prior_shape + _column(sums.clicks for sums in found)
    rate = posterior.prior_rate + _column(sums.expected_clicks for sums in found)
    return shape / rate, shape / (rate * rate)


def click_probability(scores: Floats, multiplier_means: Floats, multiplier_variances: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of score * CTR multiplier, (C,) and (C,)."""
    return scores * multiplier_means, scores * scores * multiplier_variances


def _column(values: Iterable[float]) -> Floats:
    return np.fromiter(values, dtype=np.float64)


_NONE = ArmSums()

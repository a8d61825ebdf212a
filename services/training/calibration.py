"""Calibration: Platt's scaling (1999) above a floor.

    p = floor + (1 - floor) * sigmoid(scale * logit + shift)

Some clicks are slips that happen for any ad. Platt's two parameters alone put the lowest predictions below the rate of
slips, as the reliability of the lowest tenths showed. The floor is that rate.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from services.common.errors import Bug

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a logit to a probability."""

    scale: float
    shift: float
    floor: float  # in [0, 1)

    def probability(self, logit: Floats) -> Floats:
        """
        >>> Calibration(1.0, 0.0, 0.2).probability(np.zeros(1)).round(3).tolist()
        [0.6]
        """
        return self.floor + (1.0 - self.floor) / (1.0 + np.exp(-(self.scale * logit + self.shift)))


def fit(logit: Floats, clicked: Floats) -> Calibration:
    """The calibration of least log loss; assumes that the rows hold clicked and unclicked impressions.

    >>> rng = np.random.default_rng(0)
    >>> logit = rng.normal(size=200_000)
    >>> truth = Calibration(1.5, -2.0, 0.05)
    >>> found = fit(logit, (rng.random(200_000) < truth.probability(logit)).astype(float))
    >>> round(found.scale, 1), round(found.shift, 1), round(found.floor, 2)
    (1.5, -2.0, 0.05)
    """
    rate = float(clicked.mean())

    def loss(parameters: Floats) -> float:
        p = Calibration(*parameters).probability(logit)
        return float(-np.log(np.where(clicked > 0.5, p, 1.0 - p)).mean())

    found = minimize(
        loss,
        x0=np.array([1.0, 0.0, 0.1 * rate]),
        bounds=[(0.05, 20.0), (-20.0, 20.0), (0.0, rate)],  # a floor above the mean rate would leave nothing to predict
        method="L-BFGS-B",
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 500},
    )
    if not np.isfinite(found.fun):
        raise Bug(f"calibration did not converge: {found.message}")
    return Calibration(*(float(value) for value in found.x))

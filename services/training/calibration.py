"""Platt's scaling: the logistic regression of clicks on a model's logit (Platt 1999)."""

import numpy as np
from numpy.typing import NDArray

from services.common.errors import Bug

_STEPS = 50
_SETTLED = 1e-10


def platt(logit: NDArray[np.float64], clicked: NDArray[np.floating]) -> tuple[float, float]:
    """Scale a and shift b that minimise the log loss of sigmoid(a * logit + b), by Newton's method.

    Assumes that both clicks and silences occur. The loss is convex in (a, b), so the minimum is the only one.

    >>> rng = np.random.default_rng(0)
    >>> logit = rng.normal(size=200_000)
    >>> clicked = (rng.random(200_000) < 1 / (1 + np.exp(-(0.5 * logit - 2.0)))).astype(float)
    >>> scale, shift = platt(logit, clicked)
    >>> round(scale, 1), round(shift, 1)
    (0.5, -2.0)
    """
    design = np.stack([logit, np.ones_like(logit)], axis=1)  # (N, 2)
    rate = clicked.mean()
    solution = np.array([0.0, np.log(rate / (1.0 - rate))])  # from here Newton's steps do not overshoot
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-design @ solution))
        slope = design.T @ (p - clicked)
        curvature = (design * (p * (1.0 - p))[:, None]).T @ design
        step = np.linalg.solve(curvature, slope)
        solution = solution - step
        if float(np.abs(step).max()) < _SETTLED:
            return float(solution[0]), float(solution[1])
    raise Bug(f"Platt's scaling did not settle in {_STEPS} steps: {solution}")

"""The control policy: every creative is as likely as any other."""

from __future__ import annotations

import numpy as np

from services.policies.arms import Floats


def probabilities(count: int) -> Floats:
    """The vector (C,) of p_i = 1 / C.

    >>> probabilities(4).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    return np.full(count, 1.0 / count)


def exploration_floor(count: int) -> float:
    """The smallest probability that any arm has: 1 / C."""
    return 1.0 / count

"""The control policy: every creative that could have been a candidate is as likely as any other.

    p_i = (1 / q_i) / sum_j (1 / q_j)

q_i is the chance with which retrieval made i a candidate; where all candidates were certain, p_i = 1 / C. Of n eligible
creatives, M are certain and R of the other n - M are drawn evenly: q = 1 or R / (n - M), so the sum is n in every draw
of candidates, and each eligible creative is chosen with probability q_i p_i = 1 / n (Horvitz & Thompson 1952).
"""

from __future__ import annotations

import numpy as np

from services.policies.arms import Floats


def probabilities(count: int, inclusion: Floats | None = None) -> Floats:
    """The vector (C,).

    >>> probabilities(4).tolist()
    [0.25, 0.25, 0.25, 0.25]
    >>> probabilities(3, np.array([1.0, 0.5, 0.5])).tolist()  # 1 of 5 is certain, 2 of the other 4 were drawn
    [0.2, 0.4, 0.4]
    """
    if inclusion is None:
        return np.full(count, 1.0 / count)
    weights = 1.0 / inclusion
    even: Floats = weights / weights.sum()
    return even


def exploration_floor(count: int, inclusion: Floats | None = None) -> float:
    """The smallest probability that any arm has."""
    return 1.0 / count if inclusion is None else float(probabilities(count, inclusion).min())

"""Seeded random numbers by name, so that the order of calls does not matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.common.rng import seeded_words, unit_interval


def uniforms(seed: int, name: str, count: int) -> NDArray[np.float64]:
    """`count` numbers in [0, 1), the same for the same seed and name.

    >>> uniforms(7, "mood:3", 2).tolist() == uniforms(7, "mood:3", 2).tolist()
    True
    """
    return unit_interval(seeded_words(str(seed).encode(), name, count))


def pareto(uniform: float, shape: float) -> float:
    """A Pareto variate >= 1 from a uniform one; heavy-tailed, its mean is shape / (shape - 1)."""
    return float((1.0 - uniform) ** (-1.0 / shape))


def pick(uniform: float, shares: tuple[float, ...]) -> int:
    """The index drawn by `uniform` from shares, which sum to 1 (inverse of the cumulative distribution).

    >>> pick(0.5, (0.4, 0.2, 0.4)), pick(0.999, (0.4, 0.2, 0.4))
    (1, 2)
    """
    total = 0.0
    for index, share in enumerate(shares):
        total += share
        if uniform < total:
            return index
    return len(shares) - 1

"""A 95 % interval for a click rate that holds at every moment at once, however often somebody looks.

Let X_1, X_2, ... be clicks (0 or 1) and p_t = P(X_t = 1 | past). For every fixed lambda

    prod_t exp(lambda X_t) / (1 - p_t + p_t e^lambda)

is a martingale that starts at 1. log(1 - p + p e^lambda) is concave in p, so with k clicks among n and the mean rate
m = (p_1 + ... + p_n) / n

    M_n(m) = sum_j w_j exp(lambda_j k - n log(1 - m + m e^lambda_j)),   sum_j w_j = 1

is never above a mixture of these martingales, and by Ville's inequality P(exists n: M_n(m) >= 1 / alpha) <= alpha. The
interval is all m with M_n(m) < 1 / alpha: a confidence sequence for the mean click rate so far.

Source: mixtures of likelihood ratios, Robbins 1970 (Ann. Math. Stat. 41:1397); sub-Bernoulli processes and conjugate
mixtures, Howard, Ramdas, McAuliffe, Sekhon 2021 (Ann. Stat. 49:1055). The mixture here is a fixed discrete one over
log-odds shifts, so that rates that drift, and policies that learn, are covered too, and (n, k) is all it needs.
Broken by: leaving out impressions depending on whether they were clicked (windows that are still open, say).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

ALPHA: Final = 0.05

_STEPS: Final = 60  # bisections: the ends are exact to 2^-60
_SHIFTS: Final = np.geomspace(5e-3, 3.0, 40)
_LAMBDAS: Final = np.concatenate([-_SHIFTS, _SHIFTS])  # (J,)
_LOG_WEIGHT: Final = -np.log(len(_LAMBDAS))  # the same for all: log-uniform over the scale of the shift


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included."""

    low: float
    high: float


@lru_cache(maxsize=1024)  # reports come every second, and most policies in them stand still
def click_rate(clicks: int, impressions: int, alpha: float = ALPHA) -> Interval:
    """The interval for the mean click rate of `impressions` impressions, of which `clicks` were clicked.

    Without impressions nothing is known.

    >>> click_rate(0, 0)
    Interval(low=0.0, high=1.0)
    >>> found = click_rate(50, 1_000)
    >>> round(found.low, 3), round(found.high, 3)
    (0.03, 0.077)
    """
    if not 0 <= clicks <= impressions:
        raise ValueError(f"{clicks} clicks among {impressions} impressions")
    if impressions == 0:
        return Interval(0.0, 1.0)
    limit, rate = -math.log(alpha), clicks / impressions

    def evidence(at: float) -> float:
        return _log_mixture(at, clicks, impressions)

    low = end_of_interval(rate, 0.0, evidence, limit, _STEPS)
    high = end_of_interval(rate, 1.0, evidence, limit, _STEPS)
    return Interval(low, high)


def rules_out(rate: float, clicks: int, impressions: int, alpha: float = ALPHA) -> bool:
    """Whether the interval of `click_rate` leaves `rate` out."""
    return _log_mixture(rate, clicks, impressions) >= -math.log(alpha)


def log_evidence(rates: ArrayLike, clicks: ArrayLike, impressions: ArrayLike) -> NDArray[np.float64]:
    """log M_n against each mean rate, shape of the three broadcast; convex in the rate."""
    m, k, n = (np.asarray(values, dtype=np.float64)[..., None] for values in (rates, clicks, impressions))
    terms = _LAMBDAS * k - n * np.log1p(m * np.expm1(_LAMBDAS)) + _LOG_WEIGHT  # (..., J)
    top = terms.max(axis=-1, keepdims=True)
    found: NDArray[np.float64] = top[..., 0] + np.log(np.exp(terms - top).sum(axis=-1))
    return found


def end_of_interval(
    inside: float, outside: float, evidence: Callable[[float], float], limit: float, steps: int
) -> float:
    """The end of the interval {x: evidence(x) < limit} between a value inside it and a bound; evidence is convex."""
    if evidence(outside) < limit:
        return outside
    for _ in range(steps):
        middle = (inside + outside) / 2
        if evidence(middle) < limit:
            inside = middle
        else:
            outside = middle
    return outside


def _log_mixture(rate: float, clicks: int, impressions: int) -> float:
    return float(log_evidence(rate, clicks, impressions))

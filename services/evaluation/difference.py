"""A 95 % interval for the difference of two policies' click rates that holds at every moment at once.

With M as in `confidence.py`, for impressions of two policies that come in any order,

    M_a(m_a) M_b(m_b)

is never above a product of two martingales of which one moves at a time, itself a martingale that starts at 1. So by
Ville's inequality the pairs of mean rates with M_a(m_a) M_b(m_b) < 1 / alpha hold the true pair at all times, and

    {m_a - m_b : M_a(m_a) M_b(m_b) < 1 / alpha}

is a confidence sequence for the difference. It is narrower than the difference of the two policies' own intervals,
which allows both rates to lie at opposite ends at once. log M is convex, so it is an interval.

The interval is about the impressions that were served. Policies are assigned by shopper, so part of the difference
comes from which shoppers each policy was assigned. With few shoppers that part matters, and the interval leaves it out.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from services.evaluation.confidence import ALPHA, Interval, end_of_interval, log_evidence
from services.evaluation.outcome_tally import Clicks

_STEPS: Final = 34  # bisections: the ends are exact to 2^-34
_POINTS: Final = np.linspace(0.0, 1.0, 33)  # of a grid over the second rate
_ROUNDS: Final = 5  # each narrows the grid sixteenfold


def difference(a: Clicks, b: Clicks, alpha: float = ALPHA) -> Interval:
    """The interval for the mean click rate of `a`'s impressions minus that of `b`'s; all of [-1, 1] without them.

    >>> found = difference(Clicks(2_000, 160), Clicks(2_000, 80))
    >>> round(found.low, 3), round(found.high, 3)
    (0.011, 0.07)
    """
    if not (a.impressions and b.impressions):
        return Interval(-1.0, 1.0)
    seen, limit = a.clicks / a.impressions - b.clicks / b.impressions, -math.log(alpha)

    def evidence(gap: float) -> float:
        return least_evidence(gap, a, b)

    low = end_of_interval(seen, -1.0, evidence, limit, _STEPS)
    high = end_of_interval(seen, 1.0, evidence, limit, _STEPS)
    return Interval(low, high)


def rules_out(gap: float, a: Clicks, b: Clicks, alpha: float = ALPHA) -> bool:
    """Whether the interval of `difference` leaves `gap` out."""
    return least_evidence(gap, a, b) >= -math.log(alpha)


def least_evidence(gap: float, a: Clicks, b: Clicks) -> float:
    """The smallest log M_a(m + gap) + log M_b(m) over all m."""
    low, high = max(0.0, -gap), min(1.0, 1.0 - gap)
    for _ in range(_ROUNDS):
        m = low + (high - low) * _POINTS
        evidence = log_evidence(np.clip(m + gap, 0.0, 1.0), a.clicks, a.impressions)
        evidence += log_evidence(m, b.clicks, b.impressions)
        best = int(evidence.argmin())
        low, high = float(m[max(best - 1, 0)]), float(m[min(best + 1, len(m) - 1)])
    return float(evidence.min())

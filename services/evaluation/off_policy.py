"""What a policy would have earned an impression, estimated from traffic that other policies chose: IPS and SNIPS.

With r_i in {0, 1} whether impression i was clicked, p_i the probability with which its creative was drawn and q_i the
probability which the judged policy gave that creative then, w_i = q_i / p_i:

    IPS   = sum w_i r_i / n            (Horvitz & Thompson 1952; Precup, Sutton & Singh 2000)
    SNIPS = sum w_i r_i / sum w_i      (Swaminathan & Joachims 2015)

Assumes that p_i is exact (law 2), that p_i > 0 wherever the judged policy's probability is (the floor), that whether an
impression counts does not depend on its click (closed windows only) nor, where ads carry the render pixel, whether it
was rendered on the choice, and that a choice has no effect on later rewards.

The interval is Wilson's for a weighted proportion, with n' = v (1 - v) / se^2 in place of n, at most the effective
sample size (Korn & Graubard 1998; Kish 1965); with w = 1 it is Wilson's own. It holds at one moment, for independent
impressions, and is approximate: with few weighted clicks it may hold less often. Where the judged policy prefers
what was seldom shown it holds in 94 to 97 % of runs; where it spreads wider than the traffic, in 96 to 99 %, because n'
is bounded by the effective sample: without the bound it would hold in 80 % there (`adloom drill judgement`).

The estimators refuse where a value would only be a guess: the effective sample is too small, the weights do not average
1, or impressions lack the probabilities. Weights that happen to sum to more than n make the effective sample larger and
IPS too high at the same time. So the sample must also be large enough with weights scaled to average 1: otherwise the
values that are reported would be too high on average.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

MIN_EFFECTIVE_SAMPLE: Final = 100.0
"""With a smaller effective sample size there is no estimate."""

MAX_MISSING: Final = 0.01
"""At most this share of the impressions may lack the judged policy's probability."""

_Z: Final = 1.959963984540054  # 97.5 % of the normal distribution

IPS: Final = "ips"
SNIPS: Final = "snips"


@dataclass(frozen=True, slots=True)
class WeightSums:
    """Sums over impressions; those of two partitions add up."""

    n: int = 0
    missing: int = 0  # impressions that do not tell the judged policy's probability; in no other sum
    w: float = 0.0
    w2: float = 0.0
    wr: float = 0.0
    w2r: float = 0.0  # r is 0 or 1, so this is the sum of (w r)^2 too

    def __add__(self, other: WeightSums) -> WeightSums:
        return WeightSums(
            self.n + other.n,
            self.missing + other.missing,
            self.w + other.w,
            self.w2 + other.w2,
            self.wr + other.wr,
            self.w2r + other.w2r,
        )

    def effective_sample_size(self) -> float:
        """(sum w)^2 / sum w^2: as many impressions of the judged policy's own would tell as much (Kish 1965)."""
        return self.w**2 / self.w2 if self.w2 else 0.0

    def sure_sample_size(self) -> float:
        """The effective sample size, but no larger than it would be with weights that average 1."""
        return min(self.w, self.n) ** 2 / self.w2 if self.w2 else 0.0


@dataclass(frozen=True, slots=True)
class Estimated:
    """A value with its interval, or why there is none."""

    estimator: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    refused: str = ""
    arithmetic: float | None = None  # what the formula gives, whether or not it may be relied on


def sums_of(weight: float | None, clicked: bool) -> WeightSums:
    """The sums of one impression; `weight` is None where the judged policy's probability is not known."""
    if weight is None:
        return WeightSums(missing=1)
    r = float(clicked)
    return WeightSums(1, 0, weight, weight * weight, weight * r, weight * weight * r)


def ips(sums: WeightSums) -> Estimated:
    """Inverse propensity score; unbiased."""
    if not sums.n:
        return Estimated(IPS, refused=_refused(sums))
    value = sums.wr / sums.n
    variance = (sums.w2r / sums.n - value**2) / max(sums.n - 1, 1)
    return _judged(IPS, value, variance, sums)


def snips(sums: WeightSums) -> Estimated:
    """Self-normalised inverse propensity score; a little biased, far less spread where weights vary."""
    if not sums.w:
        return Estimated(SNIPS, refused=_refused(sums))
    value = sums.wr / sums.w
    # sum w^2 (r - v)^2 / (sum w)^2, the linearised variance of a ratio
    variance = (sums.w2r * (1 - 2 * value) + value**2 * sums.w2) / sums.w**2
    return _judged(SNIPS, value, variance, sums)


def _refused(sums: WeightSums) -> str:
    """Why there is no estimate; empty where there is one."""
    if sums.n == 0:
        return "no impression tells this policy's probability" if sums.missing else "no impressions"
    if sums.missing > MAX_MISSING * (sums.n + sums.missing):
        return f"{sums.missing} of {sums.n + sums.missing} impressions do not tell this policy's probability"
    size, sure = sums.effective_sample_size(), sums.sure_sample_size()
    if size < MIN_EFFECTIVE_SAMPLE:
        return f"effective sample size {size:.1f} is below {MIN_EFFECTIVE_SAMPLE:.0f}"
    if sure < MIN_EFFECTIVE_SAMPLE:
        return f"effective sample size {sure:.1f}, had the weights averaged 1, is below {MIN_EFFECTIVE_SAMPLE:.0f}"
    # Weights average 1 where the traffic covers what the policy would choose; four standard errors are allowed.
    mean, allowed = sums.w / sums.n, 0.05 + 4 / math.sqrt(size)
    if abs(mean - 1) > allowed:
        return f"overlap too small: weights average {mean:.2f}, not 1 within {allowed:.2f}"
    return ""


def _judged(estimator: str, value: float, variance: float, sums: WeightSums) -> Estimated:
    """The value with Wilson's interval for an effective number of impressions, which never has width zero."""
    if refused := _refused(sums):
        return Estimated(estimator, refused=refused, arithmetic=value)
    v, size = min(value, 1.0), sums.effective_sample_size()
    n = min(v * (1 - v) / variance, size) if variance > 0 and 0 < v < 1 else size
    middle = (v + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(v * (1 - v) / n + _Z**2 / (4 * n * n))
    return Estimated(estimator, value, min(max(0.0, middle - half), value), max(middle + half, value), arithmetic=value)

"""Counts how often intervals miss the truth, and how wide they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from services.evaluation import difference
from services.evaluation.confidence import ALPHA, click_rate, log_evidence
from services.evaluation.off_policy import MIN_EFFECTIVE_SAMPLE, ips, snips
from services.evaluation.outcome_tally import Clicks
from services.policies.assignment import THOMPSON, UNIFORM
from services.tools.drills.interval_coverage.many_runs import Run

_LIMIT: Final = -np.log(ALPHA)
_Z: Final = 1.959963984540054
_WIDTH_EVERY: Final = 10  # runs, of the interval that takes long
_LEAST: Final = 30  # impressions from which on Wald's interval is checked


@dataclass(slots=True)
class IntervalCounts:
    """Counts of one kind of interval over runs."""

    runs: int = 0  # with an interval
    missed: int = 0  # runs in which the interval did not contain the truth
    above: int = 0  # of those, in which it was above the truth; only for intervals at one moment
    refused: int = 0
    widths: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)  # of what was estimated

    @property
    def p_value(self) -> float:
        """The probability of at least so many misses where 5 % of runs miss: a binomial test."""
        return float(stats.binom.sf(self.missed - 1, self.runs, ALPHA)) if self.runs else 0.0

    @property
    def width(self) -> float:
        """The mean width."""
        return float(np.mean(self.widths)) if self.widths else float("nan")

    @property
    def needed_width(self) -> float:
        """The width of 1.96 standard deviations of the errors on either side, which 95 % coverage needs."""
        return 2 * _Z * float(np.std(self.errors)) if self.errors else float("nan")

    def add(self, truth: float, low: float, high: float) -> None:
        """One more run with an interval."""
        self.runs += 1
        self.missed += not low <= truth <= high
        self.above += truth < low
        self.widths.append(high - low)


@dataclass(slots=True)
class Coverage:
    """Counts of all intervals, by name."""

    at_the_end: dict[str, IntervalCounts] = field(default_factory=dict)  # of each run
    at_a_quarter: dict[str, IntervalCounts] = field(default_factory=dict)  # after a quarter of each run
    at_any_time: dict[str, IntervalCounts] = field(default_factory=dict)
    wald: dict[str, IntervalCounts] = field(
        default_factory=dict
    )  # checked after every impression, which is not its use
    unfounded: int = 0  # intervals given where they should have been refused

    def add(self, run: Run) -> None:
        """One more run."""
        n = len(run.clicked)
        for traffic, target in ((UNIFORM, THOMPSON), (THOMPSON, UNIFORM)):
            self._estimated(self.at_the_end, run, (traffic, target), n)
            self._estimated(self.at_a_quarter, run, (traffic, target), n // 4)
        evidence = {policy: self._rate(run, policy) for policy in (UNIFORM, THOMPSON)}
        self._difference(run, evidence[UNIFORM] + evidence[THOMPSON])

    def wald_width(self, name: str) -> float:
        """The width of Wald's interval of the same figure; for a difference, that of independent rates."""
        policies = [policy for policy in self.wald if policy in name.split(" - ")]
        return float(np.hypot.reduce([self.wald[policy].width for policy in policies]))

    def _estimated(self, by_name: dict[str, IntervalCounts], run: Run, policies: tuple[str, str], upto: int) -> None:
        traffic, target = policies
        sums, truth = run.sums(traffic, target, upto), run.truly_earns(target, traffic, upto)
        for made in (ips(sums), snips(sums)):
            name = f"{made.estimator.upper()} of {target} from {traffic}'s traffic"
            held = by_name.setdefault(name, IntervalCounts())
            if made.low is None or made.high is None:
                held.refused += 1
                continue
            held.add(truth, made.low, made.high)
            held.errors.append((made.value or 0.0) - truth)
            self.unfounded += sums.effective_sample_size() < MIN_EFFECTIVE_SAMPLE

    def _rate(self, run: Run, policy: str) -> NDArray[np.float64]:
        """Evidence against the policy's true mean rate after each impression of the run, of any policy, (n,)."""
        own = run.from_traffic(policy)
        k, p = np.cumsum(run.clicked[own], dtype=np.int64), np.cumsum(run.probability[own])
        n = np.arange(1, len(k) + 1)
        evidence = log_evidence(p / n, k, n)
        end = click_rate(int(k[-1]), int(n[-1]))
        self._anytime(policy, bool((evidence >= _LIMIT).any()), end.high - end.low)
        self._wald(policy, p / n, k, n)
        return np.concatenate([[0.0], evidence])[np.cumsum(own)]

    def _difference(self, run: Run, evidence: NDArray[np.float64]) -> None:
        """Where evidence is small, the interval contains the true difference; elsewhere this is checked exactly."""
        missed = any(_rules_out(run, int(i) + 1) for i in np.flatnonzero(evidence >= _LIMIT))
        name = f"{THOMPSON} - {UNIFORM}"
        width = float("nan")
        if self.at_any_time.setdefault(name, IntervalCounts()).runs % _WIDTH_EVERY == 0:
            n = len(run.clicked)
            end = difference.difference(_clicks(run, THOMPSON, n), _clicks(run, UNIFORM, n))
            width = end.high - end.low
        self._anytime(name, missed, width)

    def _anytime(self, name: str, missed: bool, width: float) -> None:
        held = self.at_any_time.setdefault(name, IntervalCounts())
        held.runs += 1
        held.missed += missed
        if not np.isnan(width):
            held.widths.append(width)

    def _wald(self, policy: str, mean: NDArray[np.float64], k: NDArray[np.int64], n: NDArray[np.int64]) -> None:
        rate = k / n
        half = _Z * np.sqrt(rate * (1 - rate) / n)
        held = self.wald.setdefault(policy, IntervalCounts())
        held.runs += 1
        held.missed += bool((np.abs(rate - mean) > half)[(n >= _LEAST) & (k > 0)].any())
        held.widths.append(2 * float(half[-1]))


def _rules_out(run: Run, upto: int) -> bool:
    """Whether the interval of the difference excludes the true one after `upto` impressions."""
    a, b = (_clicks(run, policy, upto) for policy in (THOMPSON, UNIFORM))
    if not (a.impressions and b.impressions):
        return False
    true = [float(run.probability[:upto][run.from_traffic(policy)[:upto]].mean()) for policy in (THOMPSON, UNIFORM)]
    return difference.rules_out(true[0] - true[1], a, b)


def _clicks(run: Run, policy: str, upto: int) -> Clicks:
    own = run.from_traffic(policy)[:upto]
    return Clicks(int(own.sum()), int((run.clicked[:upto] & own).sum()))


def covered(runs: Iterable[Run]) -> Coverage:
    """The coverage over all `runs`."""
    coverage = Coverage()
    for run in runs:
        coverage.add(run)
    return coverage

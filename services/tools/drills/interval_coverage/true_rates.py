"""Compares a run's reported rates with the true rates of the same impressions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from services.policies.assignment import THOMPSON, UNIFORM
from services.tools.drills.interval_coverage.interval_picture import Bar
from services.tools.drills.interval_coverage.simulated_loop import RunRecord


@dataclass(slots=True)
class Excess:
    """Counted clicks, and the clicks expected from the true probabilities of the same impressions."""

    impressions: int = 0
    clicks: int = 0
    expected: float = 0.0
    variance: float = 0.0

    def __add__(self, other: Excess) -> Excess:
        return Excess(
            self.impressions + other.impressions,
            self.clicks + other.clicks,
            self.expected + other.expected,
            self.variance + other.variance,
        )

    @property
    def z(self) -> float:
        """The excess of clicks in standard errors."""
        return (self.clicks - self.expected) / math.sqrt(self.variance) if self.variance else 0.0

    def text(self) -> str:
        """The excess in words."""
        seen, true = self.clicks / max(self.impressions, 1), self.expected / max(self.impressions, 1)
        return f"{self.impressions:,} impressions, rate {seen:.2%} where {true:.2%} is true, {self.z:+.1f} errors off"


def excess_of_report(record: RunRecord) -> Excess:
    """The excess of the click rates that evaluation reports."""
    counted = [(p.impressions, p.clicks) for p in record.report.policies]
    return _excess(record, record.closed, sum(n for n, _ in counted), sum(k for _, k in counted))


def excess_of_settled(record: RunRecord) -> Excess:
    """The excess of the rate over all outcomes so far, open windows included."""
    counted = record.settled.rates.values()
    return _excess(record, record.settled_ids, sum(c.impressions for c in counted), sum(c.clicks for c in counted))


def _excess(record: RunRecord, ids: Iterable[str], impressions: int, clicks: int) -> Excess:
    p = [record.shown[key].probability for key in ids]
    return Excess(impressions, clicks, math.fsum(p), math.fsum(one * (1 - one) for one in p))


def true_rate(record: RunRecord, policy: str) -> float:
    """The mean true click probability of the policy's impressions whose windows have closed."""
    p = [record.shown[key].probability for key in record.closed if record.shown[key].policy == policy]
    return math.fsum(p) / len(p) if p else math.nan


def bars(record: RunRecord) -> list[Bar]:
    """Bars of both policies' reported click rates."""
    found = []
    for figures in record.report.policies:
        name = f"{figures.policy} {figures.impressions:,}"
        truth = true_rate(record, figures.policy)
        found.append(Bar(name, figures.ctr_low, figures.ctr, figures.ctr_high, truth))
    return found


def true_gap(record: RunRecord) -> float:
    """The true difference of the mean click rates of thompson's and the control's impressions."""
    return true_rate(record, THOMPSON) - true_rate(record, UNIFORM)

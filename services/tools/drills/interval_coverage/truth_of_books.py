"""What a run's books say, held against what is true of the impressions behind them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from services.policies.assignment import THOMPSON, UNIFORM
from services.tools.drills.interval_coverage.interval_picture import Bar
from services.tools.drills.interval_coverage.simulated_loop import Books


@dataclass(slots=True)
class Excess:
    """Clicks counted beside the clicks that the true probabilities of the same impressions give."""

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
        """Standard errors by which there are too many."""
        return (self.clicks - self.expected) / math.sqrt(self.variance) if self.variance else 0.0

    def told(self) -> str:
        """In words."""
        seen, true = self.clicks / max(self.impressions, 1), self.expected / max(self.impressions, 1)
        return f"{self.impressions:,} impressions, rate {seen:.2%} where {true:.2%} is true, {self.z:+.1f} errors off"


def excess_of_report(books: Books) -> Excess:
    """Of the click rates that evaluation reports."""
    counted = [(p.impressions, p.clicks) for p in books.report.policies]
    return _excess(books, books.closed, sum(n for n, _ in counted), sum(k for _, k in counted))


def excess_of_settled(books: Books) -> Excess:
    """Of the rate over everything that has been settled so far."""
    counted = books.settled.rates.values()
    return _excess(books, books.settled_ids, sum(c.impressions for c in counted), sum(c.clicks for c in counted))


def _excess(books: Books, ids: Iterable[str], impressions: int, clicks: int) -> Excess:
    p = [books.shown[key].probability for key in ids]
    return Excess(impressions, clicks, math.fsum(p), math.fsum(one * (1 - one) for one in p))


def true_rate(books: Books, policy: str) -> float:
    """The mean true click probability of the policy's impressions whose windows have closed."""
    p = [books.shown[key].probability for key in books.closed if books.shown[key].policy == policy]
    return math.fsum(p) / len(p) if p else math.nan


def bars(books: Books) -> list[Bar]:
    """Both policies' reported click rates."""
    found = []
    for figures in books.report.policies:
        name = f"{figures.policy} {figures.impressions:,}"
        truth = true_rate(books, figures.policy)
        found.append(Bar(name, figures.ctr_low, figures.ctr, figures.ctr_high, truth))
    return found


def true_gap(books: Books) -> float:
    """By how much thompson's impressions are truly better than the control's."""
    return true_rate(books, THOMPSON) - true_rate(books, UNIFORM)

"""The figures of a run, and its last line of JSON; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from protos.gen.adloom.events.v1 import policy_pb2
from services.common.topics import CLICKS, IMPRESSIONS, ORDERS, VIEWS
from services.tools.demo.comparison_view import comparison_facts

EVENT_TOPICS: Final = (VIEWS, CLICKS, ORDERS)


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """Click rate of one policy over closed windows, from the newest report."""

    policy: str
    impressions: int
    clicks: int
    ctr: float | None
    ctr_low: float | None
    ctr_high: float | None


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts from Kafka at one moment, without what it held when the run began."""

    records: Mapping[str, int] = field(default_factory=dict)  # new records by topic
    dead_letters: int = 0  # distinct by origin
    closed: int = 0  # distinct impressions whose window has closed
    excluded: Mapping[str, int] = field(default_factory=dict)  # of these, those that no click rate includes, by reason
    unreadable: int = 0  # records that could not be decoded
    report_is_current: bool = False  # whether the newest report includes every outcome
    policies: tuple[PolicyLine, ...] = ()
    comparisons: tuple[policy_pb2.Comparison, ...] = ()  # of our own policies with the control

    @property
    def events(self) -> int:
        """Views, clicks and orders."""
        return sum(self.records.get(topic, 0) for topic in EVENT_TOPICS)

    @property
    def decisions(self) -> int:
        """Decision records."""
        return self.records.get(IMPRESSIONS, 0)

    @property
    def settled(self) -> bool:
        """Whether every impression's window has closed and is in the report."""
        return self.closed >= self.decisions and self.report_is_current


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a run up to now."""

    seconds: float
    counted: Counted
    waits_ms: Sequence[float]  # time of each request until its answer or failure
    degraded: int  # answers from a lower rung of the ladder
    failed: int  # requests without an answer in time; `waits_ms` includes them
    delays_ms: Sequence[float]  # from a click's sending until Feast shows it


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` per cent of the values lie; None without values.

    >>> percentile([1.0, 2.0, 3.0], 50), percentile([], 50)
    (2.0, None)
    """
    return round(float(np.percentile(np.asarray(values), share)), 3) if values else None


def last_line(figures: Figures) -> dict[str, Any]:
    """The keys that outsiders rely on: what `adloom run` prints last."""
    counted, seconds = figures.counted, max(figures.seconds, 1e-9)
    decisions = counted.decisions
    return {
        "seconds": round(figures.seconds, 3),
        "events": counted.events,
        "events_per_s": round(counted.events / seconds, 2),
        "decisions": decisions,
        "decisions_per_s": round(decisions / seconds, 2),
        "decision_p50_ms": percentile(figures.waits_ms, 50),
        "decision_p99_ms": percentile(figures.waits_ms, 99),
        "click_to_feature_p50_ms": percentile(figures.delays_ms, 50),
        "click_to_feature_p99_ms": percentile(figures.delays_ms, 99),
        "degraded": figures.degraded,
        "failed": figures.failed,
        "deadletters": counted.dead_letters,
        "policies": [
            {
                "policy": line.policy,
                "impressions": line.impressions,
                "clicks": line.clicks,
                "ctr": line.ctr,
                "ctr_low": line.ctr_low,
                "ctr_high": line.ctr_high,
            }
            for line in counted.policies
        ],
        "comparisons": [comparison_facts(comparison) for comparison in counted.comparisons],
    }

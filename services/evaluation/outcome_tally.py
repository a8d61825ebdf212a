"""The sums over outcomes: counts and sums of weights by partition, which can be merged in any order.

Only closed windows count towards rates, estimates and posteriors. Invalid traffic, and house creatives that filled an
empty slot (no policy chose them), are left out and counted by reason. Imported logs have separate rates and estimates,
and do not update our arms. An impression without a score counts in the rates, but does not update its arm either
(`no_score`): a CTR multiplier is relative to the model's score, and would measure the error of an assumed one.

An ad that carries the render pixel counts only where it was rendered within its window; one without counts when it was
served. Both are known whatever the shopper does next: a click without a render does not count either, or ads whose
pixel is blocked would count only where they were clicked. This assumes that being rendered does not depend on the
policy's choice; the rendered share of each policy is counted, so that a difference is seen.

Shoppers who allow no profile count in the rates, which hold nothing of a shopper. Their impressions update an arm as
well, except where a profile was used to choose all the same (`no_consent`): then the score is tied to the shopper.

Of several creatives for one placement only the first is used in estimates. The propensities of the later ones are
conditional on the acting policy's earlier choices, so their weights would estimate what the judged policy earns *after
the acting policy's choices*, and not what it earns by itself. The propensities of imported logs are used as they are.
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
"""The largest accepted weight. Our exploration floor allows 5,120; the square of a far larger one would overflow."""

NO_SCORE = "no_score"
"""The reason why an impression that counts in the rates does not update its arm."""

NOT_RENDERED = "not_rendered"
"""The reason why an impression whose ad carries the render pixel counts in nothing but the rendered share."""

NO_CONSENT = "no_consent"
"""The reason why an impression that counts in the rates does not update its arm: its shopper allows no profile."""

JUDGED = (UNIFORM, THOMPSON)
"""The policies that are always estimated, besides those in an outcome's `target_propensities`."""


@dataclass(frozen=True, slots=True)
class TrafficKind:
    """Who chose: a policy of ours, or one of an imported log."""

    policy: str
    imported: bool


@dataclass(frozen=True, slots=True)
class Clicks:
    """Impressions with a closed window, and clicks among them."""

    impressions: int = 0
    clicks: int = 0

    def __add__(self, other: Clicks) -> Clicks:
        return Clicks(self.impressions + other.impressions, self.clicks + other.clicks)


@dataclass(frozen=True, slots=True)
class Shares:
    """Served impressions with a closed window, those whose ads carry the render pixel, and those of them rendered."""

    served: int = 0
    with_pixel: int = 0
    rendered: int = 0

    def __add__(self, other: Shares) -> Shares:
        return Shares(self.served + other.served, self.with_pixel + other.with_pixel, self.rendered + other.rendered)


@dataclass(frozen=True, slots=True)
class Arm:
    """Sums over one creative."""

    impressions: int = 0
    clicks: int = 0
    expected: float = 0.0  # expected clicks: the sum of the scores

    def __add__(self, other: Arm) -> Arm:
        return Arm(self.impressions + other.impressions, self.clicks + other.clicks, self.expected + other.expected)


@dataclass(slots=True)
class OutcomeTally:
    """The sums of one partition, or of several that were merged."""

    impressions: int = 0  # distinct decision records
    outcomes: Counter[str] = field(default_factory=Counter)  # distinct ones, by kind
    excluded: Counter[str] = field(default_factory=Counter)  # closed click outcomes, by reason
    rates: dict[TrafficKind, Clicks] = field(default_factory=dict)
    weights: dict[tuple[TrafficKind, str], WeightSums] = field(default_factory=dict)  # by traffic and judged policy
    arms: dict[str, Arm] = field(default_factory=dict)  # by creative
    shares: dict[TrafficKind, Shares] = field(default_factory=dict)  # house creatives left out, as in `rates`

    def add_new(self, outcome: outcome_pb2.Outcome) -> None:
        """Counts an outcome whose id is new."""
        self.outcomes[outcome_pb2.OutcomeKind.Name(outcome.kind)] += 1

    def add_closed(self, outcome: outcome_pb2.Outcome) -> None:
        """Counts an outcome that is seen with a closed window for the first time; orders count in `add_new` only."""
        if outcome.kind == outcome_pb2.ORDERED:
            return
        clicked = outcome.kind == outcome_pb2.CLICKED
        if outcome.invalid_traffic:
            self.excluded[outcome.invalid_traffic] += 1
            return
        house = outcome.policy_id == HOUSE and not outcome.foreign
        if not house:
            self._share(outcome)
        if outcome.render_pixel and not outcome.rendered:
            self.excluded[NOT_RENDERED] += 1
            return
        scored = outcome.HasField("score") and 0.0 <= outcome.score <= 1.0  # False for NaN
        if scored and not outcome.foreign:
            self._learn(outcome, clicked)
        if house:
            self.excluded[HOUSE] += 1
            return
        if not scored and not outcome.foreign:
            self.excluded[NO_SCORE] += 1
        self._judge(outcome, clicked)

    def _share(self, outcome: outcome_pb2.Outcome) -> None:
        traffic, pixel = TrafficKind(outcome.policy_id, outcome.foreign), outcome.render_pixel
        one = Shares(1, int(pixel), int(pixel and outcome.rendered))
        self.shares[traffic] = self.shares.get(traffic, Shares()) + one

    def _learn(self, outcome: outcome_pb2.Outcome, clicked: bool) -> None:
        if outcome.no_posterior:
            self.excluded[NO_CONSENT] += 1
            return
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
    """The weight q / p; None where the outcome lacks the target's probability, or a probability is invalid.

    >>> found = outcome_pb2.Outcome(propensity=0.25, target_propensities={"a": 0.5, "b": float("nan")})
    >>> weight_of(found, "a"), weight_of(found, "b"), weight_of(found, "c")
    (2.0, None, None)
    """
    p, q = outcome.propensity, outcome.target_propensities.get(target, -1.0)
    if not (0.0 < p <= 1.0 and 0.0 <= q <= 1.0):
        return None
    return q / p if q <= MOST_WEIGHT * p else None


def merged(tallies: Iterable[OutcomeTally]) -> OutcomeTally:
    """The sums over all `tallies`."""
    total = OutcomeTally()
    for tally in tallies:
        total.impressions += tally.impressions
        total.outcomes += tally.outcomes
        total.excluded += tally.excluded
        for traffic, clicks in tally.rates.items():
            total.rates[traffic] = total.rates.get(traffic, Clicks()) + clicks
        for traffic, shares in tally.shares.items():
            total.shares[traffic] = total.shares.get(traffic, Shares()) + shares
        for key, sums in tally.weights.items():
            total.weights[key] = total.weights.get(key, WeightSums()) + sums
        for creative_id, arm in tally.arms.items():
            total.arms[creative_id] = total.arms.get(creative_id, Arm()) + arm
    return total

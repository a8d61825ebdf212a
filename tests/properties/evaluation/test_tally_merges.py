"""Sums by partition add up to the sums of the whole, in any split and order, and survive being packed."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from protos.gen.adloom.events.v1 import outcome_pb2
from services.evaluation.outcome_tally import NO_SCORE, OutcomeTally, merged
from services.evaluation.outcome_tally_bytes import pack, unpack

# Weights and scores are multiples of 1/8, so sums are exact in floating point and order cannot hide in rounding.
EIGHTHS = st.integers(1, 8).map(lambda n: n / 8)

OUTCOMES = st.builds(
    outcome_pb2.Outcome,
    outcome_id=st.uuids().map(str),
    kind=st.sampled_from([outcome_pb2.CLICKED, outcome_pb2.IGNORED, outcome_pb2.ORDERED]),
    policy_id=st.sampled_from(["uniform", "thompson", "house", "log-a", "log-b"]),
    creative_id=st.sampled_from(["c1", "c2"]),
    foreign=st.booleans(),
    invalid_traffic=st.sampled_from(["", "", "", "bot"]),
    propensity=st.sampled_from([0.125, 0.25, 0.5, 1.0]),
    target_propensities=st.dictionaries(st.sampled_from(["uniform", "thompson", "other"]), EIGHTHS),
    score=st.none() | EIGHTHS,
)


def tallied(outcomes: list[outcome_pb2.Outcome]) -> OutcomeTally:
    tally = OutcomeTally()
    for outcome in outcomes:
        tally.add_new(outcome)
        tally.add_closed(outcome)
    return tally


@settings(max_examples=60, deadline=None)
@given(st.lists(OUTCOMES, max_size=40), st.randoms(use_true_random=False))
def test_any_split_in_any_order_gives_the_same_sums(outcomes: list[outcome_pb2.Outcome], chance: Random) -> None:
    whole = tallied(outcomes)
    shuffled = chance.sample(outcomes, len(outcomes))
    parts = [tallied(shuffled[start::3]) for start in range(3)]
    again = merged(unpack(pack(part)) for part in parts)
    assert (again.outcomes, again.excluded, again.rates, again.weights) == (
        whole.outcomes,
        whole.excluded,
        whole.rates,
        whole.weights,
    )
    assert again.arms == whole.arms


@settings(max_examples=60, deadline=None)
@given(st.lists(OUTCOMES, max_size=40))
def test_every_closed_click_outcome_is_in_a_rate_or_kept_out_for_a_reason(outcomes: list[outcome_pb2.Outcome]) -> None:
    tally = tallied(outcomes)
    closed = [outcome for outcome in outcomes if outcome.kind != outcome_pb2.ORDERED]
    counted = sum(clicks.impressions for clicks in tally.rates.values())
    rated_all_the_same = tally.excluded[NO_SCORE]
    assert counted + tally.excluded.total() - rated_all_the_same == len(closed)
    assert sum(arm.impressions for arm in tally.arms.values()) <= len(closed)

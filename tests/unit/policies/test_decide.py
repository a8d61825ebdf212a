"""Seeds, slates, assignment and replay of whole decisions."""

from __future__ import annotations

import numpy as np
import pytest

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.errors import Bug, Rejected
from services.common.rng import GENERATOR
from services.policies.arms import Arms
from services.policies.assignment import assign
from services.policies.decide import Decision, decide, house_decision
from services.policies.draw import sample, seed_for
from services.policies.replay import replay
from services.policies.slate import draw_slate

KEY = b"k" * 32
GOLDEN = [
    "0x1.47ae147ae147bp-7",
    "0x1.47ae147ae147bp-7",
    "0x1.0851eb851eb85p-5",
    "0x1.88e147ae147aep-3",
    "0x1.83051eb851eb8p-1",
]
GOLDEN_INDEX = 4


def arms(count: int = 8) -> Arms:
    scores = np.linspace(0.01, 0.05, count)
    return Arms(tuple(f"c{i}" for i in range(count)), scores, scores * 1.1, scores**2 / 20, count - 1)


def record_of(decision: Decision) -> Impression:
    """The record as it comes back from the wire."""
    written = Impression(
        creative_id=decision.creative_id,
        policy_id=decision.policy_id,
        propensity=decision.propensity,
        candidates=decision.arms.creative_ids,
        scores=[] if decision.arms.scores is None else decision.arms.scores.tolist(),
        posterior_means=decision.arms.means.tolist(),
        posterior_variances=decision.arms.variances.tolist(),
        probabilities=decision.probabilities.tolist(),
        floor=decision.exploration_floor,
        draws=decision.draws,
        guard_index=decision.arms.guard_index,
        seed=decision.seed,
        generator=GENERATOR,
    )
    return Impression.FromString(written.SerializeToString())


@pytest.mark.parametrize("policy", ["uniform", "thompson"])
def test_a_decision_is_replayed_bit_for_bit_from_its_record(policy: str) -> None:
    for n in range(50):
        decision = decide(arms(1 + n), policy, 4, seed_for(KEY, f"r{n}", "top", 0))
        again = replay(record_of(decision))
        assert again.same
        assert (again.creative_id, again.propensity) == (decision.creative_id, decision.propensity)


def test_a_filled_in_house_creative_is_replayed_too() -> None:
    house = Arms(("house-300x250",), None, np.array([0.02]), np.array([2e-5]), 0)
    decision = house_decision(house, 0, seed_for(KEY, "r", "p", 0))
    assert decision.propensity == 1.0
    assert decision.target_propensities == {}
    assert replay(record_of(decision)).same


@pytest.mark.parametrize("field", ["probabilities", "posterior_means", "propensity", "creative_id", "seed", "floor"])
def test_a_record_that_was_changed_by_one_bit_is_not_the_same(field: str) -> None:
    record = record_of(decide(arms(), "thompson", 1, seed_for(KEY, "r", "p", 0)))
    if field == "probabilities":
        record.probabilities[3] = np.nextafter(record.probabilities[3], 1)
    elif field == "posterior_means":
        record.posterior_means[:] = record.posterior_means[::-1]
    elif field == "creative_id":
        record.creative_id = next(c for c in record.candidates if c != record.creative_id)
    elif field == "seed":
        record.seed = record.seed[::-1]
    else:
        setattr(record, field, np.nextafter(getattr(record, field), 1))
    assert not replay(record).same


def test_another_systems_decision_cannot_be_replayed() -> None:
    record = record_of(decide(arms(), "uniform", 0, bytes(16)))
    record.foreign = True
    with pytest.raises(Rejected, match="foreign"):
        replay(record)


def test_another_generators_decision_cannot_be_replayed() -> None:
    record = record_of(decide(arms(), "uniform", 0, bytes(16)))
    record.generator = "mersenne/1"
    with pytest.raises(Rejected, match="generator.*mersenne/1"):
        replay(record)


def test_an_unknown_policy_is_a_bug() -> None:
    with pytest.raises(Bug, match="greedy"):
        decide(arms(), "greedy", 0, bytes(16))


def test_a_decision_of_this_version_stays_what_it_was_when_this_test_was_written() -> None:
    """Guards replays of old records: a change of table, generator or formula needs a new name, not new numbers."""
    decision = decide(arms(5), "thompson", 0, bytes(range(16)))
    assert [p.hex() for p in decision.probabilities.tolist()] == GOLDEN
    assert decision.index == GOLDEN_INDEX


def test_both_policies_propensities_are_logged_whichever_acts() -> None:
    seed = seed_for(KEY, "r", "p", 0)
    control, treatment = decide(arms(), "uniform", 0, seed), decide(arms(), "thompson", 0, seed)
    assert set(control.target_propensities) == set(treatment.target_propensities) == {"uniform", "thompson"}
    assert control.target_propensities["uniform"] == control.propensity == 1 / 8
    assert control.target_propensities["thompson"] == treatment.probabilities[control.index]
    assert treatment.target_propensities["thompson"] == treatment.propensity


def test_seeds_tell_request_placement_and_slot_apart() -> None:
    seeds = {
        seed_for(KEY, *parts)
        for parts in [("a", "bc", 0), ("ab", "c", 0), ("a", "bc", 1), ("a1", "bc", 0), ("", "abc", 0)]
    }
    assert len(seeds) == 5
    assert seed_for(KEY, "a", "bc", 0) == seed_for(KEY, "a", "bc", 0) != seed_for(b"other", "a", "bc", 0)
    assert all(len(seed) == 16 for seed in seeds)


def test_a_slate_shows_no_creative_twice_and_each_slot_is_conditional() -> None:
    seeds = [seed_for(KEY, "r", "p", slot) for slot in range(8)]
    slate = list(draw_slate(arms(8), "thompson", 2, seeds))
    assert len({d.creative_id for d in slate}) == 8
    assert [len(d.probabilities) for d in slate] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert slate[-1].propensity == pytest.approx(1.0, abs=1e-15)
    for decision in slate:
        assert replay(record_of(decision)).same


def test_a_slate_ends_when_the_arms_do() -> None:
    seeds = [seed_for(KEY, "r", "p", slot) for slot in range(5)]
    assert len(list(draw_slate(arms(3), "uniform", 0, seeds))) == 3


def test_the_first_words_of_the_unit_interval_choose_the_ends() -> None:
    p = np.array([0.2, 0.3, 0.5])
    assert sample(p, np.array([0], dtype=np.uint64)) == 0
    assert sample(p, np.array([2**64 - 1], dtype=np.uint64)) == 2


def test_a_shopper_keeps_the_policy_and_the_salt_changes_who_is_control() -> None:
    users = [f"u1-{n:032x}" for n in range(2000)]
    first, second = [assign(u, "a") for u in users], [assign(u, "b") for u in users]
    assert first == [assign(u, "a") for u in users]
    both = sum(x == y == "uniform" for x, y in zip(first, second, strict=True))
    assert 5 <= both <= 45  # 1 % of 2000 where the salts are independent, 10 % where the salt is ignored

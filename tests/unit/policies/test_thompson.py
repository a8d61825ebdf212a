"""Thompson's vector against a slow reference in plain Python, and the guard arm's rule."""

from __future__ import annotations

import random
from statistics import NormalDist

import numpy as np
import pytest

from services.common.errors import Bug
from services.common.rng import seeded_words
from services.policies import thompson
from services.policies.arms import Arms
from services.policies.normal_quantiles import ENTRIES, normals, words_needed
from services.tools.drills.propensity_check import plain_policy
from services.tools.drills.propensity_check.plain_policy import mixed, wins_of


def arms(means: list[float], variances: list[float], guard: int = -1) -> Arms:
    ids = tuple(f"c{i}" for i in range(len(means)))
    return Arms(ids, None, np.array(means), np.array(variances), guard)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64])
def test_vector_equals_a_slow_reference_that_shares_no_code(count: int) -> None:
    chance = random.Random(count)
    means = [chance.uniform(0.005, 0.05) for _ in range(count)]
    variances = [chance.uniform(1e-6, 1e-4) for _ in range(count)]
    words = seeded_words(bytes(16), "vector", words_needed(64 * count))
    least = thompson.exploration_floor(count)
    ours = thompson.probabilities(arms(means, variances), words, least, 64)
    reference = mixed(wins_of(plain_policy.Arms(means, variances), map(int, words), 64), least)
    assert ours.tolist() == pytest.approx(reference, abs=1e-15)


def test_table_holds_the_normal_quantiles_of_its_docstring() -> None:
    lanes = np.arange(ENTRIES, dtype="<u2").view("<u8").astype(np.uint64)
    expected = [NormalDist().inv_cdf((i + 0.5) / ENTRIES) for i in range(ENTRIES)]
    assert normals(lanes, ENTRIES).tolist() == pytest.approx(expected, abs=1e-12)


def test_upper_bits_of_a_lane_do_not_matter() -> None:
    low = np.array([0x0FFF_0001_0800_0000], dtype=np.uint64)
    high = np.array([0xFFFF_F001_F800_F000], dtype=np.uint64)
    assert normals(low, 4).tolist() == normals(high, 4).tolist()


def test_an_arm_that_is_surely_worse_than_the_guard_keeps_only_its_floor() -> None:
    # The bad arm's mean + 2 sd is 0.0101, the guard's mean - 2 sd 0.018; the third overlaps with the guard.
    subject = arms([0.02, 0.01, 0.021], [1e-6, 2.5e-9, 1e-4], guard=0)
    words = seeded_words(b"x" * 16, "vector", thompson.vector_words(3, 256))
    least = thompson.exploration_floor(3)
    p = thompson.probabilities(subject, words, least)
    assert p[1] == least
    assert p[0] > least
    assert p[2] > least


def test_a_surely_worse_arm_hands_its_share_to_the_guard_and_to_nobody_else() -> None:
    # Arm 1 draws wide in this table only if its deviation is wide, so the guard is made sure and far above.
    means, variances = [0.05, 0.0, 0.06], [0.0, 1e-5, 1e-4]
    words = seeded_words(b"y" * 16, "vector", thompson.vector_words(3, 256))
    free = thompson.probabilities(arms(means, variances), words, 0.0)
    guarded = thompson.probabilities(arms(means, variances, guard=0), words, 0.0)
    assert guarded[2] == free[2]
    assert guarded[1] == 0.0
    assert guarded[0] == free[0] + free[1]


def test_without_a_guard_nothing_is_handed_over() -> None:
    means, variances = [0.5, 0.45], [1e-8, 1e-2]
    words = seeded_words(b"z" * 16, "vector", thompson.vector_words(2, 256))
    p = thompson.probabilities(arms(means, variances), words, 0.0)
    assert 0.2 < p[1] < 0.45


def test_an_arm_that_is_surely_best_gets_all_but_the_floor() -> None:
    words = seeded_words(bytes(16), "vector", thompson.vector_words(4, 256))
    p = thompson.probabilities(arms([0.9, 0.1, 0.1, 0.1], [1e-9] * 4), words, thompson.exploration_floor(4))
    assert p.tolist() == pytest.approx([1 - 3 * 0.0125, 0.0125, 0.0125, 0.0125], abs=1e-15)


def test_arms_of_unequal_length_are_a_bug() -> None:
    with pytest.raises(Bug, match="2 creatives"):
        Arms(("a", "b"), None, np.zeros(2), np.zeros(3))


def test_taking_an_arm_keeps_the_guard_on_its_creative() -> None:
    subject = Arms(("a", "b", "c"), np.arange(3.0), np.arange(3.0), np.arange(3.0), guard_index=2)
    assert subject.without(0).creative_ids[subject.without(0).guard_index] == "c"
    assert subject.without(2).guard_index == -1
    last = Arms(("a", "b", "c"), None, np.arange(3.0), np.arange(3.0), guard_index=0)
    assert last.without(2).guard_index == 0

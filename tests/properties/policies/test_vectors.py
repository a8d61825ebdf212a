"""Laws that every vector keeps, for any arms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.common.rng import seeded_words
from services.policies import thompson, uniform
from services.policies.arms import Arms
from services.policies.decide import decide, probabilities_of
from services.policies.normal_quantiles import normals, words_needed

SEEDS = st.binary(min_size=16, max_size=16)


@st.composite
def any_arms(draw: st.DrawFn) -> Arms:
    count = draw(st.integers(1, 300))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    means = chance.uniform(0, 1, count) * 10.0 ** -draw(st.integers(0, 6))
    variances = chance.uniform(0, 1, count) * 10.0 ** -draw(st.integers(0, 12))
    return Arms(tuple(map(str, range(count))), None, means, variances, draw(st.integers(-1, count - 1)))


@settings(max_examples=60, deadline=None)
@given(any_arms(), SEEDS, st.sampled_from(["uniform", "thompson"]))
def test_every_vector_sums_to_one_and_keeps_its_floor(arms: Arms, seed: bytes, policy: str) -> None:
    decision = decide(arms, policy, 1, seed)
    assert abs(decision.probabilities.sum() - 1.0) <= 1e-12
    assert decision.probabilities.min() >= decision.exploration_floor > 0
    assert 0 < decision.propensity <= 1
    assert min(decision.target_propensities.values()) > 0


@settings(max_examples=30, deadline=None)
@given(any_arms(), SEEDS)
def test_names_of_creatives_do_not_matter(arms: Arms, seed: bytes) -> None:
    renamed = Arms(tuple(f"x{c}" for c in arms.creative_ids), None, arms.means, arms.variances, arms.guard_index)
    for policy in ("uniform", "thompson"):
        a, b = decide(arms, policy, 1, seed), decide(renamed, policy, 1, seed)
        assert a.index == b.index
        assert a.probabilities.tobytes() == b.probabilities.tobytes()


@settings(max_examples=30, deadline=None)
@given(any_arms(), SEEDS, st.randoms(use_true_random=False))
def test_permuting_arms_with_their_random_numbers_permutes_the_vector(arms: Arms, seed: bytes, chance: object) -> None:
    """Packs each arm's own lanes into words in the new order, so that only a position-dependent rule could differ."""
    count = len(arms.creative_ids)
    order = np.array(chance.sample(range(count), count))  # type: ignore[attr-defined]
    words = seeded_words(seed, "vector", words_needed(32 * count))
    lanes = words.view("<u2")[: 32 * count].reshape(32, count)
    flat = np.zeros(words_needed(32 * count) * 4, dtype="<u2")
    flat[: 32 * count] = lanes[:, order].ravel()
    guard = -1 if arms.guard_index < 0 else int(np.flatnonzero(order == arms.guard_index)[0])
    moved = Arms(tuple(arms.creative_ids[i] for i in order), None, arms.means[order], arms.variances[order], guard)
    least = thompson.exploration_floor(count)
    p = thompson.probabilities(arms, words, least, 32)
    q = thompson.probabilities(moved, flat.view("<u8"), least, 32)
    samples = normals(words, 32 * count).reshape(32, count) * np.sqrt(arms.variances) + arms.means
    ties = (samples == samples.max(axis=1, keepdims=True)).sum(axis=1)
    if (ties == 1).all():  # equal samples are settled by position
        assert q.tolist() == p[order].tolist()


@settings(max_examples=30, deadline=None)
@given(any_arms(), SEEDS)
def test_a_vector_depends_on_its_inputs_alone(arms: Arms, seed: bytes) -> None:
    least = thompson.exploration_floor(len(arms.creative_ids))
    first = probabilities_of(arms, "thompson", seed, least, 64)
    np.random.default_rng().random(1000)
    assert probabilities_of(arms, "thompson", seed, least, 64).tobytes() == first.tobytes()


@given(st.integers(1, 5000))
def test_uniform_gives_all_the_same(count: int) -> None:
    p = uniform.probabilities(count)
    assert p.tolist() == pytest.approx([1 / count] * count)
    assert p.min() >= uniform.exploration_floor(count)

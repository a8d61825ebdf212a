"""Empirical frequencies match the logged probabilities, the two streams are independent, the control share is a tenth.

Family-wise error of the file 1e-4: each test takes its share of it (Bonferroni), with fixed seeds.
"""

from __future__ import annotations

from collections import Counter
from statistics import NormalDist

import numpy as np
from scipy import stats

from services.common.rng import seeded_words, unit_interval
from services.policies.arms import Arms, Floats
from services.policies.assignment import CONTROL_SHARE, assign
from services.policies.decide import decide, probabilities_of
from services.policies.draw import sample, seed_for
from services.policies.slate import draw_slate

ALPHA = 1e-4 / 8
KEY = b"statistics"
ROUNDS = 4000


def arms(count: int = 6) -> Arms:
    means = np.linspace(0.02, 0.03, count)
    return Arms(tuple(f"c{i}" for i in range(count)), means, means, np.full(count, 2e-5), 0)


def p_value_of_choices(expected: Floats, observed: Floats) -> float:
    """Of a chi-square test whose expected counts are sums of the logged vectors."""
    return float(stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue)


def logged_and_chosen(policy: str, distort: float = 0.0) -> tuple[Floats, Floats]:
    """Sum of the logged vectors and counts of what was drawn; `distort` draws from another vector than is logged."""
    expected, observed = np.zeros(6), np.zeros(6)
    for n in range(ROUNDS):
        seed = seed_for(KEY, f"{policy}-{n}", "p", 0)
        decision = decide(arms(), policy, 1, seed)
        expected += decision.probabilities
        drawn_from = (1 - distort) * decision.probabilities + distort * np.eye(6)[0]
        observed[sample(drawn_from, seeded_words(seed, "choice", 1))] += 1
    return expected, observed


def test_creatives_are_drawn_as_often_as_logged() -> None:
    for policy in ("uniform", "thompson"):
        assert p_value_of_choices(*logged_and_chosen(policy)) > ALPHA


def test_a_policy_that_draws_from_another_vector_than_it_logs_is_caught() -> None:
    assert p_value_of_choices(*logged_and_chosen("thompson", distort=0.05)) < ALPHA


def test_later_slots_are_drawn_as_often_as_their_conditional_vectors_say() -> None:
    expected, observed = np.zeros(6), np.zeros(6)
    for n in range(ROUNDS):
        seeds = [seed_for(KEY, f"slate-{n}", "p", slot) for slot in range(3)]
        third = list(draw_slate(arms(), "thompson", 1, seeds))[2]
        for creative_id, p in zip(third.arms.creative_ids, third.probabilities, strict=True):
            expected[int(creative_id[1:])] += p
        observed[int(third.creative_id[1:])] += 1
    assert p_value_of_choices(expected, observed) > ALPHA


def test_inverse_propensity_weights_recover_the_count_of_every_creative() -> None:
    """Mean of 1{drawn = i} / p_i is 1 for every arm, within a normal interval of the measured spread."""
    weights = np.zeros((ROUNDS, 6))
    for n in range(ROUNDS):
        decision = decide(arms(), "thompson", 1, seed_for(KEY, f"ips-{n}", "p", 0))
        weights[n, decision.index] = 1 / decision.propensity
    error = abs(weights.mean(axis=0) - 1) / (weights.std(axis=0) / ROUNDS**0.5)
    assert error.max() < NormalDist().inv_cdf(1 - ALPHA / 12)


def test_the_streams_of_the_vector_and_of_the_choice_are_independent() -> None:
    """Were the choice's number a function of the vector's, the two would be rank-correlated over seeds."""
    first, choice = np.zeros(ROUNDS), np.zeros(ROUNDS)
    for n in range(ROUNDS):
        seed = seed_for(KEY, f"streams-{n}", "p", 0)
        first[n] = probabilities_of(arms(), "thompson", seed, 0.0, 16)[5]
        choice[n] = unit_interval(seeded_words(seed, "choice", 1))[0]
    assert stats.spearmanr(first, choice).pvalue > ALPHA
    assert stats.kstest(choice, "uniform").pvalue > ALPHA


def test_the_control_share_is_a_tenth_of_shoppers() -> None:
    users = 20_000
    share = Counter(assign(f"u1-{n:032x}", "salt") for n in range(users))["uniform"]
    assert stats.binomtest(share, users, CONTROL_SHARE).pvalue > ALPHA


def test_thompson_follows_the_probability_of_being_best() -> None:
    """Two arms with normal posteriors: P(first is best) has a closed form."""
    subject = Arms(("a", "b"), None, np.array([0.03, 0.025]), np.array([1.6e-5, 0.9e-5]))
    truth = NormalDist().cdf(0.005 / 0.005)
    shares = [
        probabilities_of(subject, "thompson", seed_for(KEY, f"best-{n}", "p", 0), 0.0, 256)[0] for n in range(400)
    ]
    error = abs(np.mean(shares) - truth) / (truth * (1 - truth) / (400 * 256)) ** 0.5
    assert error < NormalDist().inv_cdf(1 - ALPHA / 2) + 0.5  # the table's own error is below half a standard error

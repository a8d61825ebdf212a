"""Every eligible creative is a candidate as often as stated, and the control is uniform over all that are eligible.

Family-wise error of the file 1e-4: each test takes its share of it (Bonferroni), with fixed seeds.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from services.creative.candidates.index import MOST, Eligible, eligible_in
from services.creative.candidates.retrieve import MATCHED, candidates
from services.creative.candidates.scoring_input import arms_of
from services.features.profile import Profile
from services.policies.draw import seed_for
from services.policies.slate import draw_slate
from tests.pools import interested_in, pool_of, view_of

ALPHA = 1e-4 / 5
ELIGIBLE = 400
ENDED = [7, 90, 92, 398]  # rows of creatives whose product is sold out
ROUNDS = 6_000
IDS = [*(f"c{number:03}" for number in range(ELIGIBLE)), "house-300x250"]


def eligible() -> Eligible:
    """More creatives than can be candidates, three of each product, and the house creative as the guard."""
    pool = pool_of(ELIGIBLE, a_product=3, seed=11)
    for row in ENDED:
        pool.retire(f"c{row:03}")
    return eligible_in(view_of(pool))


def interested() -> Profile:
    return interested_in(view_of(pool_of(ELIGIBLE, a_product=3, seed=11)), "c030")


def played(
    profile: Profile, capped: frozenset[str], policy: str, slots: int
) -> tuple[Counter[str], list[Counter[str]]]:
    """How often each creative was a candidate, and how often it was drawn, by slot."""
    seen: Counter[str] = Counter()
    drawn: list[Counter[str]] = [Counter() for _ in range(slots)]
    subject = eligible()
    for number in range(ROUNDS):
        seeds = [seed_for(b"reach", f"{policy}-{number}", "front", slot) for slot in range(slots)]
        taken = candidates(subject, profile, capped, 1, seeds[0])
        seen.update(taken.columns.creative_ids)
        for slot, decision in enumerate(draw_slate(arms_of(taken, None), policy, 0, seeds)):
            drawn[slot][decision.creative_id] += 1
    return seen, drawn


@pytest.mark.parametrize("profile", [interested(), Profile()], ids=["interested", "newcomer"])
def test_the_control_is_uniform_over_everything_eligible_in_each_slot(profile: Profile) -> None:
    capped = frozenset({"c031", "c200"})
    out = capped | {f"c{row:03}" for row in ENDED}
    _, drawn = played(profile, capped, "uniform", 2)
    for by_slot in drawn:
        counts = [by_slot[c] for c in IDS if c not in out]
        assert not out & by_slot.keys()
        assert stats.chisquare(counts).pvalue > ALPHA


def test_each_eligible_creative_is_a_candidate_as_often_as_stated() -> None:
    seen, _ = played(interested(), frozenset(), "uniform", 1)
    stated = candidates(eligible(), interested(), frozenset(), 1, bytes(16))
    assert stated.inclusion is not None
    certain = {c for c, q in zip(stated.columns.creative_ids, stated.inclusion, strict=True) if q == 1.0}
    assert len(certain) == MATCHED + 1
    assert all(seen[c] == ROUNDS for c in certain)
    chance = (MOST - MATCHED - 1) / (ELIGIBLE - len(ENDED) - MATCHED)
    out = certain | {f"c{row:03}" for row in ENDED}
    counts = np.array([seen[c] for c in IDS if c not in out])
    # sums of draws without replacement: the variance of each count is that of a binomial, and their sum is fixed
    statistic = ((counts - ROUNDS * chance) ** 2).sum() / (ROUNDS * chance * (1 - chance)) * (1 - 1 / len(counts))
    assert stats.chi2.sf(statistic, len(counts) - 1) > ALPHA


def test_a_control_that_is_uniform_over_its_candidates_only_is_caught() -> None:
    subject, shopper, drawn = eligible(), interested(), Counter[str]()
    for number in range(ROUNDS):
        taken = candidates(subject, shopper, frozenset(), 1, seed_for(b"reach", str(number), "front", 0))
        drawn[taken.columns.creative_ids[number % MOST]] += 1
    live = set(IDS) - {f"c{row:03}" for row in ENDED}
    assert stats.chisquare([drawn[c] for c in live]).pvalue < ALPHA

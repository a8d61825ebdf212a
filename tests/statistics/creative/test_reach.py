"""Every eligible creative is a candidate as often as stated, and the control is uniform over all that are eligible.

Family-wise error of the file 1e-4: each test takes its share of it (Bonferroni), with fixed seeds.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy import stats

from services.assets.creative import Creative
from services.catalogue.facts import product_facts
from services.catalogue.terms import DIMENSIONS
from services.creative.candidates.index import CandidateSet
from services.creative.candidates.product_index import ProductIndex
from services.creative.candidates.retrieve import MATCHED, MOST, candidates
from services.creative.candidates.scoring_input import arms_of
from services.features.creative_columns import CreativeFacts, creative_columns
from services.features.profile import Interaction, Kind, Profile, apply, micros
from services.policies.draw import seed_for
from services.policies.slate import draw_slate

ALPHA = 1e-4 / 5
ELIGIBLE = 400
ENDED = [7, 90, 92, 398]  # rows of creatives whose product is sold out
ROUNDS = 6_000
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def eligible() -> CandidateSet:
    """More creatives than can be candidates, three of each product, and the house creative as the guard."""
    chance = np.random.default_rng(11)
    vectors = chance.standard_normal((ELIGIBLE // 3 + 1, DIMENSIONS))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    nothing = np.zeros(DIMENSIONS)
    rows = [(f"c{n:03}", f"p{n // 3}", product_facts(vectors[n // 3], 3)) for n in range(ELIGIBLE)]
    facts = [CreativeFacts(creative, product, known, nothing, False, 0.0) for creative, product, known in rows]
    facts.append(CreativeFacts("house-300x250", "", None, nothing, False, 0.0))
    creatives = tuple(
        Creative(f.creative_id, f.product_id, "300x250", "", "", "", "me", False, "", NOW, "", {}) for f in facts
    )
    columns, ones = creative_columns(facts), np.ones(ELIGIBLE + 1)
    row_of = {creative_id: row for row, creative_id in enumerate(columns.creative_ids)}
    live = ones > 0
    live[ENDED] = False
    products = ProductIndex.of(columns)
    return CandidateSet(
        creatives,
        columns,
        ones,
        ones,
        ELIGIBLE,
        0,
        "v",
        row_of,
        products,
        live,
        np.ones(len(products.rows), dtype=bool),
        len(ENDED),
    )


def interested() -> Profile:
    facts = product_facts(eligible().columns.product_vectors[30], 3)
    return apply(Profile(), Interaction(Kind.CLICK, "p", micros(NOW)), lambda _: facts)


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
        counts = [by_slot[c] for c in eligible().columns.creative_ids if c not in out]
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
    counts = np.array([seen[c] for c in eligible().columns.creative_ids if c not in out])
    # sums of draws without replacement: the variance of each count is that of a binomial, and their sum is fixed
    statistic = ((counts - ROUNDS * chance) ** 2).sum() / (ROUNDS * chance * (1 - chance)) * (1 - 1 / len(counts))
    assert stats.chi2.sf(statistic, len(counts) - 1) > ALPHA


def test_a_control_that_is_uniform_over_its_candidates_only_is_caught() -> None:
    subject, shopper, drawn = eligible(), interested(), Counter[str]()
    for number in range(ROUNDS):
        taken = candidates(subject, shopper, frozenset(), 1, seed_for(b"reach", str(number), "front", 0))
        drawn[taken.columns.creative_ids[number % MOST]] += 1
    live = [c for c, shown in zip(subject.columns.creative_ids, subject.live, strict=True) if shown]
    assert stats.chisquare([drawn[c] for c in live]).pvalue < ALPHA

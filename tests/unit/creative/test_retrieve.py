"""Candidates: which ones are taken of what is eligible, and with which chance."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from services.catalogue.terms import DIMENSIONS
from services.creative.candidates.cells import LEAST, Cells
from services.creative.candidates.index import MOST, eligible_in
from services.creative.candidates.product_index import ProductIndex, largest
from services.creative.candidates.retrieve import MATCHED, candidates
from services.features.profile import INTEREST, Profile
from services.policies.arms import NO_GUARD
from tests.pools import interested_in, pool_of, view_of

SEED = b"sixteen bytes..!"


def ids(count: int) -> tuple[str, ...]:
    return tuple(f"c{number:03}" for number in range(count))


def only(count: int, *of: int) -> NDArray[np.bool_]:
    """A rule's mask of a pool with so many rows."""
    mask = np.zeros(count + 1, dtype=bool)
    mask[np.array(of, dtype=int) + 1] = True  # the house creative has the first row
    return mask


def test_all_are_candidates_where_they_fit_and_the_guard_is_last() -> None:
    eligible = eligible_in(view_of(pool_of(MOST - 1)))
    taken = candidates(eligible, Profile(), frozenset(), 1, SEED)
    assert taken is candidates(eligible, Profile(), frozenset({"c-other"}), 1, SEED)
    assert taken.columns.creative_ids == (*ids(MOST - 1), "house-300x250")
    assert (taken.guard_index, taken.inclusion) == (MOST - 1, None)


def test_capped_creatives_are_left_out_while_enough_remain() -> None:
    eligible = eligible_in(view_of(pool_of(4)))
    left = candidates(eligible, Profile(), {"c001", "house-300x250"}, 2, SEED)
    assert left.columns.creative_ids == ("c000", "c002", "c003", "house-300x250")  # the guard is never left out
    assert (left.guard_index, left.inclusion) == (3, None)
    assert candidates(eligible, Profile(), {"c001"}, 4, SEED) is eligible.whole


def test_of_named_products_only_theirs_are_candidates_and_no_guard_is() -> None:
    view = view_of(pool_of(9, a_product=3))
    taken = candidates(eligible_in(view, ("p0", "p2", "p7")), Profile(), frozenset(), 1, SEED)
    assert taken.columns.creative_ids == ("c000", "c001", "c002", "c006", "c007", "c008")
    assert taken.guard_index == NO_GUARD


def test_a_rule_takes_creatives_out_and_the_guard_with_the_last_of_them() -> None:
    view = view_of(pool_of(4))
    some = candidates(eligible_in(view, (), only(4, 1, 3)), Profile(), frozenset(), 1, SEED)
    assert some.columns.creative_ids == ("c001", "c003", "house-300x250")
    assert len(candidates(eligible_in(view, (), only(4)), Profile(), frozenset(), 1, SEED)) == 0


def test_of_too_many_creatives_half_are_the_best_matches_and_half_are_drawn() -> None:
    view = view_of(pool_of(MOST + 100))
    shopper = interested_in(view, "c300")
    taken = candidates(eligible_in(view), shopper, frozenset(), 1, SEED)
    assert (len(taken), len(set(taken.columns.creative_ids))) == (MOST, MOST)
    assert taken.columns.creative_ids[taken.guard_index] == "house-300x250"
    match = view.columns.take(view.rows).product_vectors @ shopper.decayed[-1, INTEREST:]
    best = {view.columns.creative_ids[view.rows[n]] for n in np.argsort(-match)[:MATCHED]}
    assert taken.inclusion is not None
    certain = {c for c, chance in zip(taken.columns.creative_ids, taken.inclusion, strict=True) if chance == 1.0}
    assert certain == best | {"house-300x250"}
    drawn, others = MOST - MATCHED - 1, MOST + 100 - MATCHED
    assert sorted(set(taken.inclusion)) == [drawn / others, 1.0]


def test_of_a_shopper_without_interest_all_candidates_are_drawn_and_another_seed_draws_others() -> None:
    eligible = eligible_in(view_of(pool_of(2 * MOST)))
    first, again, other = (candidates(eligible, Profile(), {"c007"}, 1, s) for s in (SEED, SEED, bytes(16)))
    assert first.columns.creative_ids == again.columns.creative_ids != other.columns.creative_ids
    assert first.inclusion is not None
    assert set(first.inclusion) == {(MOST - 1) / (2 * MOST - 1), 1.0}
    assert "c007" not in first.columns.creative_ids


def test_a_rule_that_leaves_many_matches_among_them_alone() -> None:
    view, left = view_of(pool_of(3 * MOST)), list(range(0, 3 * MOST, 2))
    taken = candidates(eligible_in(view, (), only(3 * MOST, *left)), interested_in(view, "c300"), frozenset(), 1, SEED)
    assert len(set(taken.columns.creative_ids)) == MOST
    assert {int(c[1:]) % 2 for c in taken.columns.creative_ids[:-1]} == {0}
    assert taken.inclusion is not None
    assert sorted(set(taken.inclusion))[0] == (MOST - MATCHED - 1) / (len(left) - MATCHED)


def test_products_whose_creatives_are_capped_give_way_to_the_next_best() -> None:
    view = view_of(pool_of(MOST + 100))
    interest = interested_in(view, "c300").decayed[-1, INTEREST:]
    best = view.rows[np.argsort(-(view.columns.take(view.rows).product_vectors @ interest))]
    eligible = view.eligible.copy()
    eligible[best[:3]] = False
    assert view.products.best(interest, 5, eligible, view.sold).tolist() == best[3:8].tolist()


def shop_of(count: int, kinds: int = 300) -> NDArray[np.float32]:
    """Vectors of products, each near to that of its kind."""
    chance = np.random.default_rng(count)
    of_kind = chance.standard_normal((kinds, DIMENSIONS))
    vectors = of_kind[chance.integers(0, kinds, count)] + 0.5 * chance.standard_normal((count, DIMENSIONS))
    shop: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return shop


def indexed(vectors: NDArray[np.float32], cells: Cells | None) -> ProductIndex:
    """With one creative a product, in the row of the same number."""
    rows = [np.array([row]) for row in range(len(vectors))]
    return ProductIndex(vectors, rows, {}, cells)


def test_of_many_products_nearly_all_of_the_best_are_in_the_cells_that_are_looked_into() -> None:
    vectors = shop_of(50_000)
    cells = Cells(vectors[:LEAST])
    for product, vector in enumerate(vectors[LEAST:], LEAST):
        cells.add(product, vector)
    index, every = indexed(vectors, cells), indexed(vectors, None)
    there, sold = np.ones(len(vectors), dtype=bool), np.ones(len(vectors), dtype=bool)
    shared = [
        np.isin(index.best(wish, MATCHED, there, sold), every.best(wish, MATCHED, there, sold)).mean()
        for wish in vectors[::5_000].astype(float)
    ]
    assert np.mean(shared) > 0.9
    looked_at, _ = cells.near(vectors[0], LEAST)
    assert LEAST <= len(looked_at) < len(vectors) / 4


def test_where_the_nearest_cells_have_nothing_to_show_the_others_are_looked_into() -> None:
    vectors = shop_of(20_000)
    index, wish = indexed(vectors, Cells(vectors)), vectors[0].astype(float)
    there = np.zeros(len(vectors), dtype=bool)
    far = np.argsort(vectors @ vectors[0])[:10]
    there[far] = True
    assert sorted(index.best(wish, MATCHED, there, np.ones(len(vectors), dtype=bool))) == sorted(far)
    assert sorted(index.best(wish, MATCHED, there, there)) == sorted(far)


@pytest.mark.parametrize("length", [1, 7, 300, 5_000])
@pytest.mark.parametrize("out", [0.0, 0.5, 0.99])
def test_the_largest_are_those_that_a_sort_of_all_gives(length: int, out: float) -> None:
    chance = np.random.default_rng(length)
    for count in {1, min(128, length), length}:
        values = chance.standard_normal(length).astype(np.float32)
        values[chance.random(length) < out] = -np.inf
        assert values[largest(values, count)].tolist() == sorted(values.tolist(), reverse=True)[:count]
    best_are_rare = np.sort(chance.standard_normal(length).astype(np.float32))
    assert largest(best_are_rare, 1).tolist() == [length - 1]

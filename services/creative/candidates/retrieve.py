"""Narrows what is eligible to the candidates of one placement.

Up to `MOST` eligible creatives are all candidates. Of more, some match the shopper's interest best, and the rest are
drawn evenly from all other eligible ones by the decision's seed. So every eligible creative has a stated chance to be a
candidate, and the cost hardly grows with their number (`product_index.py` looks at products once).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.common.rng import seeded_words, unit_interval
from services.creative.candidates.candidate_set import CandidateSet
from services.creative.candidates.index import MOST, Eligible
from services.creative.candidates.pool import sold_products
from services.creative.candidates.pool_view import Rows
from services.features.profile import INTEREST, Profile
from services.policies.arms import NO_GUARD

MATCHED: Final = 128
"""Of more than `MOST` eligible creatives, so many are taken by match; none for a shopper without a known interest."""


def candidates(eligible: Eligible, profile: Profile, capped: AbstractSet[str], count: int, seed: bytes) -> CandidateSet:
    """The eligible creatives without `capped`, cut to `MOST`; the same object each time if nothing is excluded.

    The caps are soft: if fewer than `count` creatives would remain, no cap is applied.
    """
    mask = _without_capped(eligible, capped, count) if capped else None
    if mask is None and eligible.whole is not None:
        return eligible.whole
    assert eligible.view is not None
    rows = eligible.rows if mask is None else eligible.rows[mask[eligible.rows]]
    if len(rows) + (eligible.guard != NO_GUARD) <= MOST:
        return eligible.view.taken(rows, eligible.guard)
    return _matched_and_drawn(eligible, eligible.mask() if mask is None else mask, len(rows), profile, seed)


def _without_capped(eligible: Eligible, capped: AbstractSet[str], count: int) -> NDArray[np.bool_] | None:
    """(N,) what is eligible and not capped; None where no cap applies."""
    if eligible.view is None:
        return None
    mask = eligible.mask()
    rows = eligible.view.rows_of(capped)
    rows = rows[mask[rows]]
    if not len(rows) or len(eligible.rows) - len(rows) < count:
        return None
    mask[rows] = False
    return mask


def _matched_and_drawn(
    eligible: Eligible, mask: NDArray[np.bool_], left: int, profile: Profile, seed: bytes
) -> CandidateSet:
    """The best matches and an even draw from the others, in the view's order, with each one's chance to be there.

    `mask` has `left` rows, all among those of `eligible`; it is changed.
    """
    view = eligible.view
    assert view is not None
    interest = profile.decayed[-1, INTEREST:]  # all interests decay alike, so the order is the same at any time
    matched = _NONE
    if interest.any():
        rows = eligible.rows
        sold = view.sold if eligible.every else sold_products(view.product_row[rows], len(view.sold))
        matched = view.products.best(interest, MATCHED, mask, sold)
    mask[matched] = False
    drawn = even_draw(eligible.rows, mask, MOST - int(eligible.guard != NO_GUARD) - len(matched), seed)
    rows = np.concatenate([matched, drawn])
    inclusion = np.ones(len(rows))
    inclusion[len(matched) :] = len(drawn) / (left - len(matched))
    order = np.argsort(rows)
    if eligible.guard != NO_GUARD:
        return view.taken(rows[order], eligible.guard, np.append(inclusion[order], 1.0))
    return view.taken(rows[order], NO_GUARD, inclusion[order])


def even_draw(rows: Rows, left: NDArray[np.bool_], count: int, seed: bytes) -> Rows:
    """`count` different ones of the rows that are `left`, (N,), each set of them equally likely; so many must be left.

    The chances are exact to 1 in 2**53 / len(rows): rows are drawn with replacement by 53 random bits each, and those
    that are repeated, or not left, are skipped.
    """
    words = 2 * count
    while True:
        drawn = rows[(unit_interval(seeded_words(seed, "candidates", words)) * len(rows)).astype(np.intp)]
        drawn = drawn[left[drawn]]
        _, first = np.unique(drawn, return_index=True)
        if len(first) >= count:
            fresh: Rows = drawn[np.sort(first)[:count]]
            return fresh
        words *= 2


_NONE: Final = np.empty(0, dtype=np.intp)

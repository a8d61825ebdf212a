"""Narrows what is eligible to the candidates of one placement.

Up to `MOST` eligible creatives are all candidates. Of more, some match the shopper's interest best, and the rest are
drawn evenly from all other eligible ones by the decision's seed. So every eligible creative has a stated chance to be a
candidate, and the cost does not grow with their number (`cells.py`).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

import numpy as np

from services.common.rng import seeded_words, unit_interval
from services.creative.candidates.candidate_set import CandidateSet
from services.creative.candidates.index import MOST, Eligible
from services.creative.candidates.pool_view import Rows
from services.features.profile import INTEREST, Profile
from services.policies.arms import NO_GUARD

MATCHED: Final = 128
"""Of more than `MOST` eligible creatives, so many are taken by match; none for a shopper without a known interest."""


def candidates(eligible: Eligible, profile: Profile, capped: AbstractSet[str], count: int, seed: bytes) -> CandidateSet:
    """The eligible creatives without `capped`, cut to `MOST`; the same object each time if nothing is excluded.

    The caps are soft: if fewer than `count` creatives would remain, no cap is applied.
    """
    out = _capped_rows(eligible, capped, count) if capped else _NONE
    if not len(out) and eligible.whole is not None:
        return eligible.whole
    assert eligible.view is not None
    if len(eligible.rows) - len(out) + (eligible.guard != NO_GUARD) <= MOST:
        return eligible.view.taken(_without(eligible.rows, out), eligible.guard)
    return _matched_and_drawn(eligible, out, profile, seed)


def _capped_rows(eligible: Eligible, capped: AbstractSet[str], count: int) -> Rows:
    """Those of the eligible rows that are capped; none where no cap applies."""
    if eligible.view is None:
        return _NONE
    rows = eligible.view.rows_of(capped)
    rows = rows[np.isin(rows, eligible.rows) if eligible.whole is not None else eligible.mask[rows]]
    return rows if len(eligible.rows) - len(rows) >= count else _NONE


def _matched_and_drawn(eligible: Eligible, out: Rows, profile: Profile, seed: bytes) -> CandidateSet:
    """The best matches and an even draw from the others, in the view's order, with each one's chance to be there.

    None of the rows `out`, which are among those of `eligible`.
    """
    view = eligible.view
    assert view is not None
    interest = profile.decayed[-1, INTEREST:]  # all interests decay alike, so the order is the same at any time
    matched = _NONE
    if interest.any():
        found = view.products.best(interest, MATCHED + len(out), eligible.mask, eligible.sold)
        matched = _without(found, out)[:MATCHED]
    drawn = even_draw(
        eligible.rows, np.concatenate([out, matched]), MOST - int(eligible.guard != NO_GUARD) - len(matched), seed
    )
    rows = np.concatenate([matched, drawn])
    inclusion = np.ones(len(rows))
    inclusion[len(matched) :] = len(drawn) / (len(eligible.rows) - len(out) - len(matched))
    order = np.argsort(rows)
    if eligible.guard != NO_GUARD:
        return view.taken(rows[order], eligible.guard, np.append(inclusion[order], 1.0))
    return view.taken(rows[order], NO_GUARD, inclusion[order])


def even_draw(rows: Rows, out: Rows, count: int, seed: bytes) -> Rows:
    """`count` different ones of the rows that are not `out`, each set of them equally likely; so many must be left.

    The chances are exact to 1 in 2**53 / len(rows): rows are drawn with replacement by 53 random bits each, and those
    that are repeated, or out, are skipped.
    """
    words = 2 * count
    while True:
        drawn = rows[(unit_interval(seeded_words(seed, "candidates", words)) * len(rows)).astype(np.intp)]
        drawn = _without(drawn, out)
        _, first = np.unique(drawn, return_index=True)
        if len(first) >= count:
            fresh: Rows = drawn[np.sort(first)[:count]]
            return fresh
        words *= 2


def _without(rows: Rows, out: Rows) -> Rows:
    """The rows that are not `out`, in their order."""
    return rows[~np.isin(rows, out)] if len(out) else rows


_NONE: Final = np.empty(0, dtype=np.intp)

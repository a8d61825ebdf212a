"""Narrows a candidate set to the candidates of one placement.

Up to `MOST` eligible creatives are all candidates. Of more, some match the shopper's interest best, and the rest are
drawn evenly from all other eligible ones by the decision's seed. So every eligible creative has a stated chance to be a
candidate, and the cost does not grow with their number (`product_index.py` looks at products once).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.common.rng import seeded_words, unit_interval
from services.creative.candidates.index import CandidateSet
from services.features.profile import INTEREST, Profile
from services.policies.arms import NO_GUARD

MOST: Final = 256
"""Most candidates that are scored."""

MATCHED: Final = 128
"""Of more than `MOST` eligible creatives, so many are taken by match; none for a shopper without a known interest."""

Rows = NDArray[np.intp]


def candidates(
    candidate_set: CandidateSet, profile: Profile, capped: AbstractSet[str], count: int, seed: bytes
) -> CandidateSet:
    """The live ones of the candidate set without `capped`, cut to `MOST`; the same object if nothing is excluded.

    The caps are soft: if fewer than `count` creatives would remain, no cap is applied.
    """
    total = len(candidate_set.creatives) - int(candidate_set.guard_index != NO_GUARD)  # the guard is last
    eligible = candidate_set.live
    left = total - candidate_set.ended
    if not left and total:  # the house creative fills, outside all policies, as in an empty library
        return replace(_taken(candidate_set, _NONE), guard_index=NO_GUARD)
    capped_rows = _rows_of(candidate_set, capped)
    if len(capped_rows) and left - len(capped_rows) >= count:
        eligible, left = eligible.copy(), left - len(capped_rows)
        eligible[capped_rows] = False
    if left + len(candidate_set.creatives) - total > MOST:
        return _matched_and_drawn(candidate_set, profile, eligible, left, seed)
    return candidate_set if left == total else _taken(candidate_set, np.flatnonzero(eligible))


def _matched_and_drawn(
    candidate_set: CandidateSet, profile: Profile, eligible: NDArray[np.bool_], left: int, seed: bytes
) -> CandidateSet:
    """The best matches and an even draw from the others, in the set's order, with each one's chance to be there.

    `left` of the `eligible` rows are no guard.
    """
    guard = np.array([candidate_set.guard_index] if candidate_set.guard_index != NO_GUARD else [], dtype=np.intp)
    rest = eligible.copy()
    rest[guard] = False
    interest = profile.decayed[-1, INTEREST:]  # all interests decay alike, so the order is the same at any time
    matched = candidate_set.products.best(interest, MATCHED, rest, candidate_set.sold) if interest.any() else _NONE
    rest[matched] = False
    drawn = even_draw(rest, MOST - len(guard) - len(matched), seed)
    rows = np.concatenate([matched, drawn, guard])
    inclusion = np.ones(len(rows))
    inclusion[len(matched) : len(matched) + len(drawn)] = len(drawn) / (left - len(matched))
    order = np.argsort(rows)
    return replace(_taken(candidate_set, rows[order]), inclusion=inclusion[order])


def even_draw(rest: NDArray[np.bool_], count: int, seed: bytes) -> Rows:
    """`count` different rows where `rest` is true, each set of rows equally likely; more than `count` must be true.

    The chances are exact to 1 in 2**53 / len(rest): rows are drawn with replacement by 53 random bits each, and those
    that are repeated are skipped.
    """
    left = np.flatnonzero(rest)
    words = 2 * count
    while True:
        drawn = (unit_interval(seeded_words(seed, "candidates", words)) * len(left)).astype(np.intp)
        _, first = np.unique(drawn, return_index=True)
        if len(first) >= count:
            fresh: Rows = left[drawn[np.sort(first)[:count]]]
            return fresh
        words *= 2


def _rows_of(candidate_set: CandidateSet, creative_ids: AbstractSet[str]) -> Rows:
    """The rows of these creatives that are live, without the guard's."""
    found = (candidate_set.row_of.get(creative_id) for creative_id in creative_ids)
    rows = [row for row in found if row is not None and row != candidate_set.guard_index and candidate_set.live[row]]
    return np.array(rows, dtype=np.intp)


def _taken(candidate_set: CandidateSet, rows: Rows) -> CandidateSet:
    """Only these rows, which hold the guard if there is one, last."""
    guarded = candidate_set.guard_index != NO_GUARD
    columns = candidate_set.columns.take(rows)
    return replace(
        candidate_set,
        creatives=tuple(candidate_set.creatives[row] for row in rows),
        columns=columns,
        ctr_multiplier_means=candidate_set.ctr_multiplier_means[rows],
        ctr_multiplier_variances=candidate_set.ctr_multiplier_variances[rows],
        guard_index=len(rows) - 1 if guarded else NO_GUARD,
        row_of={creative_id: row for row, creative_id in enumerate(columns.creative_ids)},
        live=np.ones(len(rows), dtype=bool),
        ended=0,
    )


_NONE: Final = np.empty(0, dtype=np.intp)

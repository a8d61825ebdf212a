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
    """The candidate set without `capped`, cut to `MOST`; the same object if nothing is excluded.

    The caps are soft: if fewer than `count` creatives would remain, no cap is applied.
    """
    guarded = int(candidate_set.guard_index != NO_GUARD)
    total = len(candidate_set.creatives) - guarded  # rows 0 .. total - 1; the guard is last
    excluded = _rows_of(candidate_set, capped)
    if total - len(excluded) < count:
        excluded = _NONE
    if total + guarded - len(excluded) <= MOST:
        rest = np.setdiff1d(np.arange(total + guarded), excluded)
        return candidate_set if not len(excluded) else _taken(candidate_set, rest)
    return _some(candidate_set, profile, excluded, total, seed)


def _some(candidate_set: CandidateSet, profile: Profile, excluded: Rows, total: int, seed: bytes) -> CandidateSet:
    """The best matches and an even draw from the others, in the set's order, with each one's chance to be there."""
    guard = np.arange(total, len(candidate_set.creatives), dtype=np.intp)  # one row, or none
    interest = profile.decayed[-1, INTEREST:]  # all interests decay alike, so the order is the same at any time
    matched = _NONE
    if interest.any():
        matched = candidate_set.products.best(interest, MATCHED, np.concatenate([excluded, guard]))
    out = np.concatenate([matched, excluded])
    drawn = even_draw(total, out, MOST - len(guard) - len(matched), seed)
    rows = np.concatenate([matched, drawn, guard])
    inclusion = np.ones(len(rows))
    inclusion[len(matched) : len(matched) + len(drawn)] = len(drawn) / (total - len(out))
    order = np.argsort(rows)
    return replace(_taken(candidate_set, rows[order]), inclusion=inclusion[order])


def even_draw(total: int, out: Rows, count: int, seed: bytes) -> Rows:
    """`count` different rows of `range(total)` that are not in `out`, each set of rows equally likely.

    More than `count` rows must remain. The chances are exact to 1 in 2**53 / total: rows are drawn with replacement by
    53 random bits each, and repeated ones are skipped.
    """
    words = 2 * count
    while True:
        rows = (unit_interval(seeded_words(seed, "candidates", words)) * total).astype(np.intp)
        _, first = np.unique(rows, return_index=True)
        fresh = rows[np.sort(first)]
        fresh = fresh[~np.isin(fresh, out)]
        if len(fresh) >= count:
            return fresh[:count]
        words *= 2


def _rows_of(candidate_set: CandidateSet, creative_ids: AbstractSet[str]) -> Rows:
    """The rows of these creatives, without the guard's."""
    found = (candidate_set.row_of.get(creative_id) for creative_id in creative_ids)
    return np.array([row for row in found if row is not None and row != candidate_set.guard_index], dtype=np.intp)


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
    )


_NONE: Final = np.empty(0, dtype=np.intp)

"""Narrows a candidate set to the candidates of one placement."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.creative.candidates.index import CandidateSet
from services.features.profile import INTEREST, Profile
from services.policies.arms import NO_GUARD

MOST: Final = 256
"""Most candidates that are scored; of a larger set, those whose products match the shopper's interest best."""


def candidates(candidate_set: CandidateSet, profile: Profile, capped: AbstractSet[str], count: int) -> CandidateSet:
    """The candidate set without `capped`, cut to `MOST`; the same object if nothing is excluded.

    The caps are soft: if fewer than `count` creatives would remain, no cap is applied.
    """
    total = len(candidate_set.creatives)
    if not capped and total <= MOST:
        return candidate_set
    keep = np.ones(total, dtype=bool)
    if capped:
        keep = np.fromiter((c.creative_id not in capped for c in candidate_set.creatives), dtype=bool, count=total)
        if candidate_set.guard_index != NO_GUARD:
            keep[candidate_set.guard_index] = True
        if keep.sum() - (candidate_set.guard_index != NO_GUARD) < count:
            keep[:] = True
    if keep.sum() > MOST:
        keep &= _best_matches(candidate_set, profile, keep)
    return candidate_set if keep.all() else _taken(candidate_set, np.flatnonzero(keep))


def _best_matches(candidate_set: CandidateSet, profile: Profile, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The `MOST` kept rows with the largest interest · product; ties in candidate order, the guard always."""
    match = (
        candidate_set.columns.product_vectors @ profile.decayed[-1, INTEREST:]
    )  # (C,); all interests decay alike, so the order is the same at any time
    match[~keep] = -np.inf
    if candidate_set.guard_index != NO_GUARD:
        match[candidate_set.guard_index] = np.inf
    best = np.zeros(len(match), dtype=bool)
    best[np.argsort(-match, kind="stable")[:MOST]] = True
    return best


def _taken(candidate_set: CandidateSet, rows: NDArray[np.intp]) -> CandidateSet:
    guarded = candidate_set.guard_index != NO_GUARD
    return replace(
        candidate_set,
        creatives=tuple(candidate_set.creatives[row] for row in rows),
        columns=candidate_set.columns.take(rows),
        ctr_multiplier_means=candidate_set.ctr_multiplier_means[rows],
        ctr_multiplier_variances=candidate_set.ctr_multiplier_variances[rows],
        guard_index=len(rows) - 1 if guarded else NO_GUARD,  # the guard is last and never left out
    )

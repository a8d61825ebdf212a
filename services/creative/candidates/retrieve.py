"""Which creatives of a shelf a place's choice is between."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.creative.candidates.index import Shelf
from services.features.profile import INTEREST, Profile
from services.policies.arms import NO_GUARD

MOST: Final = 256
"""As many candidates are scored; of more, those whose products match the shopper's interest best."""


def candidates(shelf: Shelf, profile: Profile, capped: AbstractSet[str], count: int) -> Shelf:
    """The shelf without what the shopper had too often, cut to `MOST`; the shelf itself where nothing is left out.

    The caps are soft: where fewer than `count` creatives would be left, none is applied.
    """
    total = len(shelf.creatives)
    if not capped and total <= MOST:
        return shelf
    keep = np.ones(total, dtype=bool)
    if capped:
        keep = np.fromiter((c.creative_id not in capped for c in shelf.creatives), dtype=bool, count=total)
        if shelf.guard_index != NO_GUARD:
            keep[shelf.guard_index] = True
        if keep.sum() - (shelf.guard_index != NO_GUARD) < count:
            keep[:] = True
    if keep.sum() > MOST:
        keep &= _best_matches(shelf, profile, keep)
    return shelf if keep.all() else _taken(shelf, np.flatnonzero(keep))


def _best_matches(shelf: Shelf, profile: Profile, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The `MOST` kept rows with the largest interest · product; equal ones in shelf order, the guard always."""
    match = shelf.columns.product_vectors @ profile.decayed[-1, INTEREST:]  # (C,); all fade alike, so any time will do
    match[~keep] = -np.inf
    if shelf.guard_index != NO_GUARD:
        match[shelf.guard_index] = np.inf
    best = np.zeros(len(match), dtype=bool)
    best[np.argsort(-match, kind="stable")[:MOST]] = True
    return best


def _taken(shelf: Shelf, rows: NDArray[np.intp]) -> Shelf:
    guarded = shelf.guard_index != NO_GUARD
    return replace(
        shelf,
        creatives=tuple(shelf.creatives[row] for row in rows),
        columns=shelf.columns.take(rows),
        lift_means=shelf.lift_means[rows],
        lift_variances=shelf.lift_variances[rows],
        guard_index=len(rows) - 1 if guarded else NO_GUARD,  # the guard is last and never left out
    )

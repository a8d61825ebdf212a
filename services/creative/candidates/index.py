"""Indexes the eligible creatives by format and products, with the posterior CTR multiplier of each.

A candidate set is built once per library version and posterior version and then reused: the cost of a request grows
neither with the library nor with the posterior.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.assets.snapshot import Snapshot, columns_of
from services.catalogue.offers import Offers
from services.common.clock import Clock, to_ms
from services.creative.candidates.live import Live
from services.creative.candidates.product_index import ProductIndex
from services.features.creative_columns import CreativeColumns
from services.policies.arms import NO_GUARD, Floats
from services.policies.posterior import Posterior, ctr_multipliers

_MOST_KEPT = 1024  # combinations of format and products


@dataclass(frozen=True, slots=True, eq=False)
class CandidateSet:
    """C creatives, in the order of their ids, the guard last; C may be 0."""

    creatives: tuple[Creative, ...]
    columns: CreativeColumns  # (C, ...)
    ctr_multiplier_means: Floats  # (C,)
    ctr_multiplier_variances: Floats  # (C,)
    guard_index: int  # the house creative among them, or NO_GUARD
    policy_version: int
    catalogue_version: str
    row_of: Mapping[str, int]  # by creative id
    products: ProductIndex  # of everything eligible, also where these are only some of it
    live: NDArray[np.bool_]  # (C,) False: the creative's product is gone or sold out, or costs something else
    sold: NDArray[np.bool_]  # (P,) False: none of the product's creatives is live
    ended: int  # how many creatives are not live
    inclusion: Floats | None = None  # (C,) chance of each to be here; None: everything eligible is


@dataclass(frozen=True, slots=True, eq=False)
class _EligibleCreatives:
    creatives: tuple[Creative, ...]
    columns: CreativeColumns
    guard_index: int
    row_of: Mapping[str, int]
    products: ProductIndex


class CandidateIndex:
    """The candidate sets as of the newest library and posterior; belongs to one thread."""

    def __init__(
        self, snapshot: Callable[[], Snapshot], posterior: Callable[[], Posterior], offers: Offers, clock: Clock
    ) -> None:
        self._snapshot = snapshot
        self._posterior = posterior
        self._offers = offers
        self._clock = clock
        self._eligible_as_of: Snapshot | None = None
        self._eligible: dict[tuple[str, tuple[str, ...]], _EligibleCreatives] = {}
        self._believed_as_of: Posterior | None = None
        self._candidate_sets: dict[tuple[str, tuple[str, ...]], CandidateSet] = {}
        self._live: dict[tuple[str, tuple[str, ...]], Live] = {}

    def candidate_set(self, format_: str, product_ids: tuple[str, ...]) -> CandidateSet:
        """The creatives that may be served; if `product_ids` is empty, the house creative is one, as the guard."""
        snapshot, posterior = self._snapshot(), self._posterior()
        if snapshot is not self._eligible_as_of or len(self._eligible) > _MOST_KEPT:
            self._eligible, self._candidate_sets, self._live, self._eligible_as_of = {}, {}, {}, snapshot
        if posterior is not self._believed_as_of:
            self._candidate_sets, self._believed_as_of = {}, posterior
        key = (format_, product_ids)
        found = self._candidate_sets.get(key)
        if found is None:
            eligible = self._eligible.get(key) or _eligible_creatives(snapshot, format_, product_ids)
            self._eligible[key] = eligible
            found = _candidate_set(eligible, posterior, snapshot.catalogue.version)
        live = self._live.get(key) or Live.of(len(found.creatives), found.products)
        live = live.refreshed(found.creatives, found.products, self._offers, to_ms(self._clock.now()))
        if live.mask is not found.live:
            found = replace(found, live=live.mask, sold=live.sold, ended=live.ended)
        self._live[key], self._candidate_sets[key] = live, found
        return found

    def may_show(self, creative_id: str) -> bool:
        """Whether the creative is in the library for serving, and its product is offered as it says."""
        creative = self._snapshot().by_id.get(creative_id)
        if creative is None:
            return creative_id.startswith("house-")
        now_ms = to_ms(self._clock.now())
        return not self._offers.why_ended(creative.product_id, creative.stated_price, now_ms)

    def house(self, format_: str) -> Creative:
        """The house creative, which exists for every format."""
        return self._snapshot().house(format_)


def _eligible_creatives(snapshot: Snapshot, format_: str, product_ids: tuple[str, ...]) -> _EligibleCreatives:
    pool = snapshot.candidates(format_, product_ids)
    creatives, columns, guard = pool.creatives, pool.columns, NO_GUARD
    if creatives and not product_ids:
        creatives = (*creatives, snapshot.house(format_))
        columns, guard = columns_of(creatives, snapshot.catalogue), len(creatives) - 1
    row_of = {creative_id: row for row, creative_id in enumerate(columns.creative_ids)}
    return _EligibleCreatives(creatives, columns, guard, row_of, ProductIndex.of(columns))


def _candidate_set(eligible: _EligibleCreatives, posterior: Posterior, catalogue_version: str) -> CandidateSet:
    means, variances = ctr_multipliers(posterior, eligible.columns.creative_ids)
    return CandidateSet(
        eligible.creatives,
        eligible.columns,
        means,
        variances,
        eligible.guard_index,
        posterior.version,
        catalogue_version,
        eligible.row_of,
        eligible.products,
        np.ones(len(eligible.creatives), dtype=bool),
        np.ones(len(eligible.products.rows), dtype=bool),
        0,
    )

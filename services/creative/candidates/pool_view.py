"""The creatives of one format as of one moment, which requests read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.creative.candidates.candidate_set import CandidateSet
from services.creative.candidates.growing_columns import GrowingColumns
from services.creative.candidates.product_index import ProductIndex
from services.features.creative_columns import creative_columns
from services.policies.arms import NO_GUARD, Floats

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class PoolView:
    """N rows, each one creative; what is eligible now is a mask. Immutable: changes are in the next view."""

    columns: GrowingColumns  # the first N rows of it
    eligible: NDArray[np.bool_]  # (N,) approved, within its dates, product known and offered as the creative says
    rows: Rows  # (E,) those that are `eligible`, ascending
    product_row: NDArray[np.int32]  # (N,) index into `products`, -1 for none
    languages: NDArray[np.int16]  # (N,) numbers of languages (`spoken.py`)
    products: ProductIndex
    sold: NDArray[np.bool_]  # (P,) False: none of the product's creatives is eligible
    means: Floats  # (N,) of the CTR multipliers
    variances: Floats  # (N,)
    row_of: Mapping[str, int]  # by creative id; it may have rows that are not known here
    campaign_rows: Mapping[str, Sequence[int]]  # by campaign, of creatives that say they are for it; likewise
    house_row: int  # the house creative of the format, which is never among `rows`
    policy_version: int
    catalogue_version: str

    @property
    def numbering(self) -> object:
        """The same object as long as rows are only added."""
        return self.columns

    @property
    def count(self) -> int:
        """N."""
        return len(self.eligible)

    @property
    def creative_ids(self) -> Sequence[str]:
        """Of each row; there may be more than N."""
        return self.columns.creative_ids

    @property
    def product_ids(self) -> Sequence[str]:
        """Of each row, empty where it shows no product; there may be more than N."""
        return self.columns.product_ids

    def rows_of_product(self, product_id: str) -> Rows:
        """The product's rows, eligible or not, ascending."""
        return self.products.rows_of(product_id, len(self.eligible))

    def rows_for(self, campaign_id: str) -> Sequence[int]:
        """Rows whose creatives say that they are for the campaign."""
        return self.campaign_rows.get(campaign_id, ())

    def rows_of(self, creative_ids: Iterable[str]) -> Rows:
        """The rows of these creatives that are eligible."""
        found = (self.row_of.get(creative_id, len(self.eligible)) for creative_id in creative_ids)
        return np.array([row for row in found if row < len(self.eligible) and self.eligible[row]], dtype=np.intp)

    def rows_of_products(self, product_ids: Sequence[str]) -> Rows:
        """The rows of creatives of these products that are eligible, ascending."""
        found = [self.products.rows_of(product_id, len(self.eligible)) for product_id in product_ids]
        rows = np.concatenate(found) if found else np.empty(0, dtype=np.intp)
        return np.sort(rows[self.eligible[rows]])

    def taken(self, rows: Rows, guard: int, inclusion: Floats | None = None) -> CandidateSet:
        """The candidates in these rows, in this order, and after them the one in the row `guard` if there is one."""
        guarded = guard != NO_GUARD
        every = np.append(rows, guard) if guarded else rows
        return CandidateSet(
            self.columns.take(every),
            self.means[every],
            self.variances[every],
            len(rows) if guarded else NO_GUARD,
            self.policy_version,
            self.catalogue_version,
            inclusion,
            every,
        )


@dataclass(frozen=True, slots=True)
class Views:
    """All formats as of one moment: a request that uses one object sees all of a change, or none of it."""

    pools: Mapping[str, PoolView] = field(default_factory=dict)  # by format
    policy_version: int = 0
    catalogue_version: str = ""

    def empty(self) -> CandidateSet:
        """The candidates of a format that has none."""
        nothing = np.empty(0)
        return CandidateSet(
            creative_columns(()), nothing, nothing, NO_GUARD, self.policy_version, self.catalogue_version
        )

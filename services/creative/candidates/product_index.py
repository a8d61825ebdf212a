"""Finds the creatives whose products match an interest best, by looking at each product once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.features.creative_columns import CreativeColumns


@dataclass(frozen=True, slots=True, eq=False)
class ProductIndex:
    """P products with the rows of their creatives."""

    vectors: NDArray[np.float32]  # (P, 16)
    rows: Sequence[NDArray[np.intp]]  # of each product, ascending
    index_of: Mapping[str, int]  # by product id

    @classmethod
    def of(cls, columns: CreativeColumns) -> ProductIndex:
        """Groups the creatives by product; house creatives have none and are left out."""
        rows: dict[str, list[int]] = {}
        for row, product_id in enumerate(columns.product_ids):
            if product_id:
                rows.setdefault(product_id, []).append(row)
        first = [found[0] for found in rows.values()]
        vectors = columns.product_vectors[np.array(first, dtype=np.intp)].astype(np.float32)
        index_of = {product_id: index for index, product_id in enumerate(rows)}
        return cls(vectors, [np.array(found, dtype=np.intp) for found in rows.values()], index_of)

    def best(
        self, interest: NDArray[np.float64], count: int, eligible: NDArray[np.bool_], sold: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """At most `count` of the `eligible` rows, (C,), of the products with the largest interest . vector.

        Of products that are `sold`, (P,), only. Those without an eligible row give way to the next. All creatives of a
        product match alike: a product with more of them than fit is cut in their order.
        """
        # (P,); einsum stays in this thread, where a BLAS would wake its own, which wait for busy processors
        match = np.einsum("pd,d->p", self.vectors, interest.astype(np.float32))
        match[~sold] = -np.inf
        reach, most = count, int(sold.sum())
        if not most:
            return _NONE
        while True:
            reach = min(reach, most)
            best = np.argpartition(-match, reach - 1)[:reach] if reach < len(match) else np.arange(reach)
            best = best[np.argsort(-match[best], kind="stable")]
            rows: NDArray[np.intp] = np.concatenate([self.rows[product] for product in best])
            rows = rows[eligible[rows]]
            if len(rows) >= count or reach == most:
                return rows[:count]
            reach *= 4


_NONE: Final = np.empty(0, dtype=np.intp)

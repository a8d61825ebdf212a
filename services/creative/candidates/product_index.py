"""Finds the creatives whose products match an interest best, by looking at each product once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.catalogue.terms import DIMENSIONS
from services.creative.candidates.grown import Grown
from services.features.creative_columns import CreativeColumns


@dataclass(frozen=True, slots=True, eq=False)
class ProductIndex:
    """P products with the rows of their creatives, as of one moment."""

    vectors: NDArray[np.float32]  # (P, DIMENSIONS)
    rows: Sequence[NDArray[np.intp]]  # of each product, ascending; it may have more products and rows than are known
    index_of: Mapping[str, int]  # by product id; likewise

    def rows_of(self, product_id: str, count: int) -> NDArray[np.intp]:
        """The product's rows among the first `count`."""
        index = self.index_of.get(product_id, len(self.vectors))
        if index >= len(self.vectors):
            return _NONE
        rows = self.rows[index]
        return rows[rows < count]

    def best(
        self, interest: NDArray[np.float64], count: int, eligible: NDArray[np.bool_], sold: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """At most `count` of the `eligible` rows, (N,), of the products with the largest interest . vector.

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
            rows: NDArray[np.intp] = np.concatenate([self.rows[product] for product in best.tolist()])
            rows = rows[rows < len(eligible)]
            rows = rows[eligible[rows]]
            if len(rows) >= count or reach == most:
                return rows[:count]
            reach *= 4


class GrowingProducts:
    """The products of a pool; belongs to one thread. A product with another vector is another product from then on."""

    def __init__(self) -> None:
        self._vectors = Grown(np.empty((0, DIMENSIONS), dtype=np.float32))
        self._rows: list[NDArray[np.intp]] = []
        self._index_of: dict[str, int] = {}

    def add(self, columns: CreativeColumns, first_row: int) -> NDArray[np.int32]:
        """Adds the rows from `first_row` on, which these columns describe; the product of each, -1 for none."""
        vectors = columns.product_vectors.astype(np.float32)
        added: dict[int, list[int]] = {}
        found = np.full(len(vectors), -1, dtype=np.int32)
        for number, (product_id, vector) in enumerate(zip(columns.product_ids, vectors, strict=True)):
            if product_id:  # house creatives have none
                found[number] = index = self._index(product_id, vector)
                added.setdefault(index, []).append(first_row + number)
        for index, rows in added.items():
            self._rows[index] = np.concatenate([self._rows[index], np.array(rows, dtype=np.intp)])
        return found

    def rows_of(self, product_id: str) -> NDArray[np.intp]:
        """The product's rows."""
        index = self._index_of.get(product_id)
        return _NONE if index is None else self._rows[index]

    def view(self) -> ProductIndex:
        """As of now."""
        return ProductIndex(self._vectors.first(self._vectors.count), self._rows, self._index_of)

    def _index(self, product_id: str, vector: NDArray[np.float32]) -> int:
        index = self._index_of.get(product_id)
        if index is None or not np.array_equal(self._vectors.rows[index], vector):
            index = self._index_of[product_id] = self._vectors.count
            self._rows.append(_NONE)
            self._vectors.append(vector[None])
        return index


_NONE: Final = np.empty(0, dtype=np.intp)

"""Finds the creatives whose products match an interest best, by looking at each product once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.catalogue.terms import DIMENSIONS
from services.features.creative_columns import CreativeColumns


@dataclass(frozen=True, slots=True, eq=False)
class ProductIndex:
    """P products with the rows of their creatives, as of one moment."""

    vectors: NDArray[np.float32]  # (D, P): a row for each dimension, which is read faster than a row for each product
    rows: Sequence[NDArray[np.intp]]  # of each product, ascending; it may have more products and rows than are known
    index_of: Mapping[str, int]  # by product id; likewise

    def rows_of(self, product_id: str, count: int) -> NDArray[np.intp]:
        """The product's rows among the first `count`."""
        count_known = self.vectors.shape[1]
        index = self.index_of.get(product_id, count_known)
        if index >= count_known:
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
        match = np.einsum("dp,d->p", self.vectors, interest.astype(np.float32))
        match[~sold] = -np.inf
        reach, most = count, int(np.count_nonzero(sold))
        if not most:
            return _NONE
        while True:
            reach = min(reach, most)
            best = largest(match, reach)
            rows: NDArray[np.intp] = np.concatenate([self.rows[product] for product in best.tolist()])
            rows = rows[rows < len(eligible)]
            rows = rows[eligible[rows]]
            if len(rows) >= count or reach == most:
                return rows[:count]
            reach *= 4


class GrowingProducts:
    """The products of a pool; belongs to one thread. A product with another vector is another product from then on."""

    def __init__(self) -> None:
        self._vectors = np.empty((DIMENSIONS, _LEAST), dtype=np.float32)  # (D, capacity)
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
        return ProductIndex(self._vectors[:, : len(self._rows)], self._rows, self._index_of)

    def _index(self, product_id: str, vector: NDArray[np.float32]) -> int:
        index = self._index_of.get(product_id)
        if index is None or not np.array_equal(self._vectors[:, index], vector):
            index = len(self._rows)
            if index == self._vectors.shape[1]:
                larger = np.empty((DIMENSIONS, 2 * index), dtype=np.float32)
                larger[:, :index] = self._vectors
                self._vectors = larger
            self._vectors[:, index] = vector
            self._rows.append(_NONE)
            self._index_of[product_id] = index
        return index


def largest(values: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """The indices of the `count` largest values, the largest first.

    Those above a bound that a sample suggests are enough where they are at least so many; else all are looked at.

    >>> largest(np.array([3, 1, 2], dtype=np.float32), 2).tolist()
    [0, 2]
    """
    sample = values[::_SAMPLED]
    rank = min(2 * count // _SAMPLED + 4, len(sample))  # twice as many as needed, so that a retry is rare
    bound = np.partition(sample, len(sample) - rank)[len(sample) - rank]
    found = np.flatnonzero(values >= bound) if bound > -np.inf else _NONE
    if len(found) < count:
        found = np.argpartition(-values, count - 1)[:count]
    return found[np.argsort(-values[found], kind="stable")[:count]]


_LEAST: Final = 64  # products of the first allocation
_SAMPLED: Final = 64  # one of so many values
_NONE: Final = np.empty(0, dtype=np.intp)

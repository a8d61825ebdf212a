"""Finds the creatives whose products match an interest best; of many it looks into the nearest cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.catalogue.terms import DIMENSIONS
from services.creative.candidates.cells import LEAST, Cells
from services.creative.candidates.grown import Grown
from services.features.creative_columns import CreativeColumns


@dataclass(frozen=True, slots=True, eq=False)
class ProductIndex:
    """P products with the rows of their creatives, as of one moment."""

    vectors: NDArray[np.float32]  # (P, D)
    rows: Sequence[NDArray[np.intp]]  # of each product, ascending; it may have more products and rows than are known
    index_of: Mapping[str, int]  # by product id; likewise
    cells: Cells | None  # likewise; None while there are few products

    def rows_of(self, product_id: str, count: int) -> NDArray[np.intp]:
        """The product's rows among the first `count`."""
        count_known = len(self.vectors)
        index = self.index_of.get(product_id, count_known)
        if index >= count_known:
            return _NONE
        rows = self.rows[index]
        return rows[rows < count]

    def best(
        self, interest: NDArray[np.float64], count: int, eligible: NDArray[np.bool_], sold: NDArray[np.bool_]
    ) -> NDArray[np.intp]:
        """At most `count` of the `eligible` rows, (N,), of products with large interest . vector, the largest first.

        Of products that are `sold`, (P,), only; of more than `LEAST` of them, those in the cells nearest to the
        interest, which nearly all of the best are in. Those without an eligible row give way to the next. All creatives
        of a product match alike: a product with more of them than fit is cut in their order.
        """
        most = int(np.count_nonzero(sold))
        looked_at, reach = (
            LEAST,
            max(5 * count * len(sold) // (4 * len(eligible)), _FEW),
        )  # a quarter more than on average
        while most:
            products, match = self._near(interest.astype(np.float32), looked_at, sold, most)
            reach = min(reach, len(products))
            rows = self._rows_of(products[largest(match, reach)] if reach else products, eligible)
            if len(rows) >= count or reach == most:
                return rows[:count]
            looked_at, reach = (looked_at, 4 * reach) if reach < len(products) else (4 * looked_at, 4 * count)
        return _NONE

    def _near(
        self, interest: NDArray[np.float32], least: int, sold: NDArray[np.bool_], most: int
    ) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Products that are sold, (M,), and how they match; all of them where they are no more than `least`."""
        if self.cells is None or most <= least:
            products = np.flatnonzero(sold)
            # einsum stays in this thread, where a BLAS would wake its own, which wait for busy processors
            return products, np.einsum("pd,d->p", self.vectors[products], interest)
        found, match = self.cells.near(interest, least)
        known = found < len(sold)
        known[known] = sold[found[known]]
        return found[known].astype(np.intp), match[known]

    def _rows_of(self, products: NDArray[np.intp], eligible: NDArray[np.bool_]) -> NDArray[np.intp]:
        """The eligible rows of these products, in their order."""
        if not len(products):
            return _NONE
        rows: NDArray[np.intp] = np.concatenate([self.rows[product] for product in products.tolist()])
        rows = rows[rows < len(eligible)]
        return rows[eligible[rows]]


class GrowingProducts:
    """The products of a pool; belongs to one thread. A product with another vector is another product from then on."""

    def __init__(self) -> None:
        self._vectors = Grown(np.empty((0, DIMENSIONS), dtype=np.float32))
        self._cells: Cells | None = None
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
        vectors = self._vectors.first(self._vectors.count)
        return ProductIndex(vectors, self._rows, self._index_of, self._cells)

    def _index(self, product_id: str, vector: NDArray[np.float32]) -> int:
        index = self._index_of.get(product_id)
        if index is None or not np.array_equal(self._vectors.rows[index], vector):
            index = len(self._rows)
            self._vectors.append(vector[None])
            self._rows.append(_NONE)
            self._index_of[product_id] = index
            self._into_cell(index, vector)
        return index

    def _into_cell(self, index: int, vector: NDArray[np.float32]) -> None:
        if index + 1 < LEAST:
            return
        if self._cells is None or self._cells.is_full(index + 1):
            self._cells = Cells(self._vectors.first(index + 1))
        else:
            self._cells.add(index, vector)


def sold_products(product_rows: NDArray[np.int32], count: int) -> NDArray[np.bool_]:
    """Which of so many products are among these, (P,); negative ones are none."""
    sold = np.zeros(count, dtype=np.bool_)
    sold[product_rows[product_rows >= 0]] = True
    return sold


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


_SAMPLED: Final = 64  # one of so many values
_FEW: Final = 8  # products are worth no second look
_NONE: Final = np.empty(0, dtype=np.intp)

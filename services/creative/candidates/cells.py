"""Products in cells of like ones, so that a match looks into the nearest cells and not at every product.

An inverted file of plain vectors (IVF; Jégou, Douze, Schmid, "Product quantization for nearest neighbor search", 2011,
section 4). The centres are those of a sample (spherical k-means), and stay until there are `_GROWTH` times as many
products: only then are all put into cells anew, which takes a microsecond a product.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.creative.candidates.grown import Grown

Vectors = NDArray[np.float32]
"""(P, D), one row a product."""

LEAST: Final = 4_096
"""Fewer products have no cells: all of them are looked at."""

_CELLS: Final = 256
_GROWTH: Final = 8
_SAMPLE: Final = 2_048  # products that centres are made of
_ROUNDS: Final = 6  # of k-means; more change little
_CHUNK: Final = 2_048  # products at once
_SEED: Final = 5


class Cells:
    """One thread adds; others look at what was there when they began."""

    def __init__(self, vectors: Vectors) -> None:
        """Cells of these products, numbered from 0."""
        self._full = _GROWTH * len(vectors)
        self._centres = centres_of(vectors)  # (C, D)
        self._columns = np.ascontiguousarray(self._centres.T)  # (D, C), which is multiplied faster
        nobody, nothing = np.empty(0, dtype=np.int32), vectors[:0]
        self._products = [Grown(nobody) for _ in self._centres]  # by cell
        self._vectors = [Grown(nothing) for _ in self._centres]
        for first in range(0, len(vectors), _CHUNK):
            self._put(first, vectors[first : first + _CHUNK])

    def is_full(self, count: int) -> bool:
        """Whether so many products want cells of their own making."""
        return count >= self._full

    def add(self, product: int, vector: NDArray[np.float32]) -> None:
        """A product more; numbers ascend."""
        self._put(product, vector[None])

    def near(self, interest: NDArray[np.float32], least: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """At least so many products of the cells nearest to the interest, if there are, (M,), and interest . vector."""
        cells, counted = [], 0
        for cell in np.argsort(-np.einsum("cd,d->c", self._centres, interest)).tolist():
            count = self._products[cell].count  # the vectors are there before it
            if count:
                cells.append((cell, count))
                counted += count
            if counted >= least:
                break
        products = np.concatenate([self._products[cell].first(count) for cell, count in cells])
        matches = [np.einsum("pd,d->p", self._vectors[cell].first(count), interest) for cell, count in cells]
        return products, np.concatenate(matches)

    def _put(self, first: int, vectors: Vectors) -> None:
        cell_of = nearest(self._columns, vectors)
        for cell in np.unique(cell_of).tolist():
            rows = np.flatnonzero(cell_of == cell)
            self._vectors[cell].append(vectors[rows])
            self._products[cell].append((rows + first).astype(np.int32))


def centres_of(vectors: Vectors) -> Vectors:
    """(C, D) unit vectors, each the direction of the mean of those of a sample that are nearest to it."""
    chance = np.random.default_rng(_SEED)
    sample = _unit(vectors[chance.choice(len(vectors), min(_SAMPLE, len(vectors)), replace=False)])
    centres = sample[: min(_CELLS, len(sample))]
    for _ in range(_ROUNDS):
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest(centres.T, sample), sample)
        empty = ~sums.any(axis=1)
        sums[empty] = centres[empty]
        centres = _unit(sums)
    return centres


def nearest(centres: NDArray[np.float32], vectors: Vectors) -> NDArray[np.intp]:
    """(P,) which of the centres, (D, C), is nearest to each vector."""
    # einsum stays in this thread, where a BLAS would wake its own
    found: NDArray[np.intp] = np.einsum("pd,dc->pc", vectors, centres).argmax(axis=1)
    return found


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return unit

"""The facts of a product that features use: text vector, category, price."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

VECTOR_DIMS = 16

# Categories with a feature of their own; every other category counts as "other".
PRODUCT_CATEGORIES = (
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle-boot",
    "other",
)


@dataclass(frozen=True, slots=True, eq=False)
class ProductFacts:
    """A product as the features see it; compared by identity, so that values computed from it can be cached."""

    vector: npt.NDArray[np.float64]  # (16,), unit length: TF-IDF of its words, projected
    category: int  # index into PRODUCT_CATEGORIES
    log_price: float  # natural logarithm of 1 + the price in minor units of the catalogue's currency


# Facts of a product by its id; None where the catalogue does not know it.
ProductLookup = Callable[[str], ProductFacts | None]


def product_facts(vector: Sequence[float] | npt.NDArray[np.float64], category: str, price_minor: int) -> ProductFacts:
    """The facts of one product, from its catalogue entry.

    Prices are compared as numbers, by the models too: they mean what they say in a catalogue of one currency. Orders
    have no part in them.

    >>> product_facts([0.0] * 16, "coat", 0).category
    4
    """
    array = np.asarray(vector, dtype=np.float64)
    if array.shape != (VECTOR_DIMS,):
        raise ValueError(f"product vector has shape {array.shape}, not ({VECTOR_DIMS},)")
    return ProductFacts(array, category_index(category), math.log1p(price_minor))


def category_index(category: str) -> int:
    """Position of a category in PRODUCT_CATEGORIES; that of "other" where it is not listed.

    >>> category_index("bag"), category_index("teapot")
    (8, 10)
    """
    return _INDEX.get(category, _INDEX["other"])


_INDEX = {name: index for index, name in enumerate(PRODUCT_CATEGORIES)}

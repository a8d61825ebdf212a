"""The categories of all products, numbered."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from services.assets.campaigns.rules import is_within
from services.assets.campaigns.terms import Levels, Terms, levels_of


class Categories:
    """Belongs to one thread; there are as many categories as were ever seen."""

    def __init__(self, type_of: Callable[[str], str]) -> None:
        """`type_of` gives the product type of a product; empty where it has none, or is not known."""
        self._type_of = type_of
        self._numbers: dict[str, int] = {}  # by product type
        self._levels: list[Levels] = []

    def of(self, product_ids: Sequence[str]) -> NDArray[np.int32]:
        """The number of each product's category."""
        found = (self._number(self._type_of(product_id)) for product_id in product_ids)
        return np.fromiter(found, dtype=np.int32, count=len(product_ids))

    def within(self, terms: Terms) -> list[int]:
        """The numbers of the categories that a campaign names, and of those within them."""
        return [number for number, levels in enumerate(self._levels) if is_within(levels, terms)]

    def _number(self, product_type: str) -> int:
        number = self._numbers.get(product_type)
        if number is None:
            number = self._numbers[product_type] = len(self._levels)
            self._levels.append(levels_of(product_type))
        return number

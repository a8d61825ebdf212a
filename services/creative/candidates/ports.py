"""What the index of candidates needs of the shop's tables; each is filled by a thread of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.catalogue.facts import ProductFacts


class Creatives(Protocol):
    """All creatives, in any state."""

    def changed_since(self, revision: int) -> tuple[int, list[str]]:
        """The newest revision, and the ids of what has changed since; all of it for revision 0."""
        ...

    def get(self, creative_id: str) -> Creative | None:
        """The creative as it is now; None where there is none. It may be decoded each time."""
        ...


class Products(Protocol):
    """All products, and texts, as features see them."""

    def changed_since(self, revision: int) -> tuple[int, Iterable[str]]:
        """The newest revision, and the products whose facts may have changed since; all of them for revision 0."""
        ...

    def facts(self, product_id: str) -> ProductFacts | None:
        """The facts of a product as it is now; None where there is none."""
        ...

    def vocabulary_version(self) -> int:
        """Of what facts and vectors are relative to; where it changes, all products have changed."""
        ...

    def text_vector(self, text: str) -> NDArray[np.float64]:
        """The vector of a headline, (DIMENSIONS,)."""
        ...

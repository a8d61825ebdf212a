"""Names the state of all products that candidates were built from, by increments."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from operator import attrgetter
from typing import Final

import numpy as np

from services.catalogue.facts import ProductFacts

NO_PRODUCT: Final = ""
"""What is advertised without a product: it has no facts, but its texts are relative to the vocabulary all the same."""

_BYTES: Final = 8
_VALUES: Final = attrgetter(*(field.name for field in fields(ProductFacts)))
_ALL: Final = (1 << 8 * _BYTES) - 1


class CatalogueVersion:
    """A digest of a set of products and their facts: the sum of the digests of each, so their order does not matter.

    Two replicas that have read the same have the same digest. It tells states apart; it is no protection against
    somebody who looks for two that are alike.
    """

    def __init__(self) -> None:
        self._sum = 0
        self._digests: dict[str, int] = {}  # by product

    def __str__(self) -> str:
        """16 hex digits."""
        return f"{self._sum:0{2 * _BYTES}x}"

    def differs(self, product_id: str, facts: ProductFacts | None, vocabulary_version: int) -> bool:
        """Whether the product has other facts than it had when it was put here last; None: there is no such product."""
        return self._digests.get(product_id, 0) != _digest(product_id, facts, vocabulary_version)

    def put(self, product_id: str, facts: ProductFacts | None, vocabulary_version: int) -> None:
        """The product has these facts, relative to that vocabulary, from now on."""
        digest = _digest(product_id, facts, vocabulary_version)
        self._sum = (self._sum + digest - self._digests.pop(product_id, 0)) & _ALL
        if digest:
            self._digests[product_id] = digest


def _digest(product_id: str, facts: ProductFacts | None, vocabulary_version: int) -> int:
    if facts is None and product_id != NO_PRODUCT:
        return 0
    found = hashlib.blake2b(f"{product_id}\0{vocabulary_version}".encode(), digest_size=_BYTES)
    for value in () if facts is None else _VALUES(facts):
        found.update(value.tobytes() if isinstance(value, np.ndarray) else f"\0{value!r}".encode())
    return int.from_bytes(found.digest(), "big")

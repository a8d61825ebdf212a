"""All products as of the newest messages on `ad.products`, as features see them, and what has changed.

Facts are computed when they are first asked for. Products are kept serialized, in a tenth of the memory.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.product_features import ProductFacts
from services.catalogue.product_messages import NewestChanges
from services.wire.codec.envelope import Position


class KnownProducts:
    """One thread applies messages; others ask."""

    def __init__(
        self, facts_of: Callable[[Product], ProductFacts], vector_of: Callable[[str], NDArray[np.float64]]
    ) -> None:
        self.text_vector = vector_of
        """The vector of a text, (16,)."""
        self._facts_of = facts_of
        self._lock = threading.Lock()
        self._products: dict[str, bytes | None] = {}  # None: gone
        self._facts: dict[str, ProductFacts] = {}
        self._newest = NewestChanges()
        self._changed: OrderedDict[str, int] = OrderedDict()  # product -> revision of its last change, ascending
        self._revision = 0

    def apply(self, product_id: str, product: Product | None, position: Position) -> None:
        """The product is so from now on; None: it is gone. An earlier message than the last changes nothing."""
        kept = None if product is None else product.SerializeToString(deterministic=True)
        with self._lock:
            if not self._newest.takes(product_id, position) or self._products.get(product_id) == kept:
                return
            self._products[product_id] = kept
            self._facts.pop(product_id, None)
            self._revision += 1
            self._changed[product_id] = self._revision
            self._changed.move_to_end(product_id)

    def changed_since(self, revision: int) -> tuple[int, list[str]]:
        """The newest revision, and the products that have changed since `revision`, newest first."""
        with self._lock:
            changed = []
            for product_id in reversed(self._changed):
                if self._changed[product_id] <= revision:
                    break
                changed.append(product_id)
            return self._revision, changed

    def has(self, product_id: str) -> bool:
        """Whether there is a product of this id."""
        return self._products.get(product_id) is not None

    def get(self, product_id: str) -> Product | None:
        """The product; None where there is none."""
        kept = self._products.get(product_id)
        return None if kept is None else Product.FromString(kept)

    def facts(self, product_id: str) -> ProductFacts | None:
        """The product's facts, the same object until it changes; None where there is none."""
        facts = self._facts.get(product_id)
        if facts is not None:
            return facts
        with self._lock:  # so that a change meanwhile does not leave the facts of before
            kept = self._products.get(product_id)
            if kept is None:
                return None
            return self._facts.setdefault(product_id, self._facts_of(Product.FromString(kept)))

    def vocabulary_version(self) -> int:
        """Facts of `features/1` are relative to the weights of words that the model was trained with."""
        return 0

"""The facts of all products as of the newest messages on `ad.products` and `ad.vocabulary`: a `ProductLookup`."""

from __future__ import annotations

import threading
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from protos.gen.adloom.catalogue.v1.vocabulary_pb2 import Vocabulary
from services.catalogue.facts import ProductFacts, Scales, facts_of
from services.catalogue.product_messages import NewestChanges, read_change
from services.catalogue.terms import text_vector
from services.catalogue.vocabulary import DESCRIBED
from services.catalogue.vocabulary_messages import read_vocabulary
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import Position, RawRecord

CACHED: Final = 100_000
"""Products whose facts are kept computed, half a kilobyte each."""


class FactsTable:
    """Threads apply messages; others ask by calling it. Before a vocabulary came, categories and prices are unknown.

    Facts are computed when they are asked for, and anew after a new vocabulary. A product that is gone has none.
    """

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        """`vocabulary` is used until a message brings one."""
        self._lock = threading.Lock()
        self._products: dict[str, bytes | None] = {}  # what facts need of a product, serialized; None: gone
        self._newest = NewestChanges()
        self._newest_vocabulary: Position | None = None
        self._scales = Scales(vocabulary or Vocabulary())
        self._facts: dict[str, ProductFacts] = {}  # relative to `_scales`

    def __call__(self, product_id: str) -> ProductFacts | None:
        """The product's facts; the same object until the product or the vocabulary changes."""
        facts = self._facts.get(product_id)
        if facts is not None:
            return facts
        with self._lock:
            kept = self._products.get(product_id)
            if kept is None:
                return None
            if len(self._facts) >= CACHED:
                self._facts = {}
            return self._facts.setdefault(product_id, facts_of(Product.FromString(kept), self._scales))

    def __len__(self) -> int:
        """Products of which a message was read, gone ones too."""
        return len(self._products)

    def text_vector(self, text: str) -> NDArray[np.float64]:
        """The unit vector of any text, such as a headline, relative to the newest vocabulary."""
        return text_vector(text, self._scales.word_weights)

    @property
    def vocabulary(self) -> Vocabulary:
        """The newest vocabulary; empty before the first."""
        return self._scales.vocabulary

    def knows(self, product_id: str) -> bool:
        """Whether any message about the product was read, perhaps that it is gone."""
        return product_id in self._products

    def apply_product(self, raw: RawRecord) -> None:
        """Applies a message of `ad.products`; what is no product is left to `creative`, which makes a dead letter."""
        found = read_change(raw)
        if isinstance(found, DeadLetter):
            return
        product_id, product = found.change.product_id, found.change.product
        with self._lock:
            if self._newest.takes(product_id, found.position):
                self._products[product_id] = None if product is None else _compact(product)
                self._facts.pop(product_id, None)

    def apply_vocabulary(self, raw: RawRecord) -> None:
        """Applies a message of `ad.vocabulary`, if it is for these features."""
        found = read_vocabulary(raw)
        position = Position(raw.partition, raw.offset, raw.timestamp_ms)
        with self._lock:
            if found is not None and position.follows(self._newest_vocabulary):
                self._newest_vocabulary = position
                self._scales, self._facts = Scales(found), {}


def _compact(product: Product) -> bytes:
    """The fields that facts need."""
    kept = Product(
        title=product.title,
        description=product.description[:DESCRIBED],
        product_type=product.product_type,
        brand=product.brand,
        colour=product.colour,
        material=product.material,
        price_minor=product.price_minor,
        currency=product.currency,
    )
    if said := product.attributes.get("google_product_category", ""):
        kept.attributes["google_product_category"] = said
    return kept.SerializeToString()

"""The facts of all products as of the newest products and the newest vocabulary, and what has changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.facts import ProductFacts, Scales, facts_of
from services.catalogue.language import language_of_row
from services.catalogue.product_messages import NewestChanges
from services.catalogue.terms import text_vector
from services.catalogue.vocabulary import DESCRIBED, FEATURES, Vocabulary
from services.common.revisions import Revisions
from services.wire.codec.envelope import Position

_BEFORE_ALL: Final = Position(0, -1, 0)
CACHED: Final = 100_000
"""Products whose facts are kept computed, half a kilobyte each."""


def whole(product: Product) -> bytes:
    """The product, serialized."""
    return product.SerializeToString(deterministic=True)


def compact(product: Product) -> bytes:
    """What facts need of the product, serialized."""
    kept = Product(
        title=product.title,
        description=product.description[:DESCRIBED],
        product_type=product.product_type,
        brand=product.brand,
        colour=product.colour,
        material=product.material,
        price_minor=product.price_minor,
        currency=product.currency,
        language=language_of_row(product),
    )
    if said := product.attributes.get("google_product_category", ""):
        kept.attributes["google_product_category"] = said
    return whole(kept)


def table_of(products: Iterable[Product], vocabulary: Vocabulary) -> FactsTable:
    """A table of these products; any message about one of them is newer."""
    table = FactsTable(vocabulary)
    for product in products:
        table.apply(product.product_id, product, _BEFORE_ALL)
    return table


class FactsTable:
    """Threads apply products and vocabularies; others ask. A product that is gone has no facts.

    Facts are computed when they are first asked for, and anew after a new vocabulary. Before a vocabulary came,
    categories and prices are unknown. Products are kept serialized, in a tenth of the memory.
    """

    def __init__(self, vocabulary: Vocabulary | None = None, kept: Callable[[Product], bytes] = whole) -> None:
        """`vocabulary` is used until another is applied; `kept` says what is kept of a product."""
        self._kept = kept
        self._lock = threading.Lock()
        self._products: dict[str, bytes | None] = {}  # None: gone
        self._newest = NewestChanges()
        self._scales = Scales(vocabulary or Vocabulary())
        self._newest_vocabulary: Position | None = None
        self._facts: dict[str, tuple[Scales, ProductFacts]] = {}  # and what they are relative to
        self._revisions = Revisions()

    def apply(self, product_id: str, product: Product | None, position: Position) -> None:
        """The product is so from now on; None: it is gone. An earlier message than the last changes nothing."""
        kept = None if product is None else self._kept(product)
        with self._lock:
            if not self._newest.takes(product_id, position):
                return
            if product_id in self._products and self._products[product_id] == kept:
                return
            self._products[product_id] = kept
            self._facts.pop(product_id, None)
            self._revisions.touch(product_id)

    def apply_vocabulary(self, vocabulary: Vocabulary, position: Position) -> None:
        """Facts are relative to this vocabulary from now on; one of other features changes nothing."""
        with self._lock:
            if vocabulary.feature_version != FEATURES or not position.follows(self._newest_vocabulary):
                return
            self._newest_vocabulary = position
            self._scales = Scales(vocabulary)  # facts of before give way one by one: to free all stops every thread
            self._revisions.touch_all()

    def changed_since(self, revision: int) -> tuple[int, list[str]]:
        """The newest revision, and the products whose facts have changed since `revision`, newest first."""
        with self._lock:
            return self._revisions.newest, self._revisions.since(revision)

    def facts(self, product_id: str) -> ProductFacts | None:
        """The product's facts, the same object until they change; None where there is none."""
        found = self._facts.get(product_id)
        if found is not None and found[0] is self._scales:
            return found[1]
        with self._lock:  # so that a change meanwhile does not leave the facts of before
            kept = self._products.get(product_id)
            if kept is None:
                return None
            return self._computed(product_id, kept)

    def _computed(self, product_id: str, kept: bytes) -> ProductFacts:
        found = self._facts.get(product_id)
        if found is None and len(self._facts) >= CACHED:
            self._facts.popitem()
        if found is None or found[0] is not self._scales:
            found = self._facts[product_id] = self._scales, facts_of(Product.FromString(kept), self._scales)
        return found[1]

    def __len__(self) -> int:
        """Products of which anything is known, gone ones too."""
        return len(self._products)

    def knows(self, product_id: str) -> bool:
        """Whether anything is known of the product, perhaps that it is gone."""
        return product_id in self._products

    def has(self, product_id: str) -> bool:
        """Whether there is a product of this id."""
        return self._products.get(product_id) is not None

    def get(self, product_id: str) -> Product | None:
        """What is kept of the product; None where there is none."""
        kept = self._products.get(product_id)
        return None if kept is None else Product.FromString(kept)

    def text_vector(self, text: str) -> NDArray[np.float64]:
        """The unit vector of any text, such as a headline, relative to the newest vocabulary."""
        return text_vector(text, self._scales.word_weights)

    @property
    def vocabulary(self) -> Vocabulary:
        """The newest vocabulary; empty before the first."""
        return self._scales.vocabulary

    def vocabulary_version(self) -> int:
        """Tells vocabularies apart by their content, alike in all processes."""
        return self._scales.digest

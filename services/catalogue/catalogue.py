"""What a feed sells: products by id, each with a vector made from its words.

The demo shop's feed ships with this package: sixty products of three kinds of shop, clothing, home and outdoor, in
English and in Chinese. It has no photos: each row names the illustration that shows it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.difference import digest_of, version_of
from services.catalogue.facts import ProductFacts, Scales, facts_of
from services.catalogue.feeds.overrides import Overrides
from services.catalogue.feeds.read_feed import open_feed
from services.catalogue.feeds.rows import Rejection
from services.catalogue.offer import offer_of
from services.catalogue.product_class import CATEGORIES, class_of
from services.catalogue.terms import TermWeights
from services.catalogue.vocabulary import Vocabulary, grown
from services.common.errors import Misconfigured, Rejected

__all__ = ("CATEGORIES", "DEMO_SHOP", "Catalogue", "Product", "demo_catalogue", "demo_products", "read_catalogue")

DEMO_SHOP: Final = resources.files("services.catalogue") / "demo_shop.csv"
"""The feed of the demo shop."""

_DEMO_MS: Final = 1_800_000_000_000
"""Any moment: the sales of the demo shop have no end."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the shop, as features and the simulator see it."""

    product_id: str
    title: str
    category: str  # a class of `product_class`, or "other"
    description: str
    price_minor: int  # minor units of `currency`; that of a sale where there is one
    currency: str
    colour: str
    colour_hex: str  # "#rrggbb"; empty where the shop does not say
    message: pb.Product  # the whole product

    @classmethod
    def of(cls, message: pb.Product, now_ms: int) -> Product:
        """The product in a message of `ad.products`, at a moment."""
        price = offer_of(message).price(now_ms)
        category, colour_hex = class_of(message.product_type), message.attributes.get("colour_hex", "")
        texts = (message.product_id, message.title, category, message.description)
        return cls(*texts, price.minor, price.currency, message.colour, colour_hex, message)


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All products, in the order of their ids; immutable."""

    products: tuple[Product, ...]
    version: str  # of the content, as an import names it
    vocabulary: Vocabulary
    terms: TermWeights
    facts: Mapping[str, ProductFacts]  # by product id
    product_vectors: NDArray[np.float64]  # (P, DIMENSIONS), unit length
    index: Mapping[str, int]  # product_id -> row

    @classmethod
    def of(cls, products: Iterable[Product]) -> Catalogue:
        """Builds vectors and version; raises `Misconfigured` where two products have one id."""
        rows = tuple(sorted(products, key=lambda product: product.product_id))
        index = {product.product_id: row for row, product in enumerate(rows)}
        if len(index) != len(rows):
            raise Misconfigured("The catalogue names a product id twice.")
        version = version_of({product.product_id: digest_of(product.message) for product in rows})
        vocabulary = grown(None, (product.message for product in rows))
        scales = Scales(vocabulary)
        facts = {product.product_id: facts_of(product.message, scales) for product in rows}
        vectors = np.array([found.vector for found in facts.values()])
        vectors.setflags(write=False)
        return cls(rows, version, vocabulary, TermWeights(scales.word_weights), facts, vectors, index)

    def product(self, product_id: str) -> Product:
        """The product; `Rejected` where the catalogue does not know it."""
        row = self.index.get(product_id)
        if row is None:
            raise Rejected("invalid", "product_id", product_id, "a product of the shop's catalogue")
        return self.products[row]

    def product_vector(self, product_id: str) -> NDArray[np.float64] | None:
        """The product's unit vector, shape (DIMENSIONS,); None where the catalogue does not know it."""
        row = self.index.get(product_id)
        return None if row is None else self.product_vectors[row]

    def price_minor(self, product_id: str) -> int | None:
        """The product's price; None where the catalogue does not know it."""
        row = self.index.get(product_id)
        return None if row is None else self.products[row].price_minor


def demo_products() -> tuple[pb.Product, ...]:
    """The sixty products of the demo shop, as its feed says them."""
    with resources.as_file(DEMO_SHOP) as path:
        return tuple(_taken(path))


@cache
def demo_catalogue() -> Catalogue:
    """The demo shop.

    >>> catalogue = demo_catalogue()
    >>> len(catalogue.products), catalogue.product("boot-chelsea").category
    (60, 'ankle-boot')
    """
    return Catalogue.of(Product.of(message, _DEMO_MS) for message in demo_products())


def read_catalogue(path: Path) -> Catalogue:
    """The products of the feed at `path`; its rejected rows are left out. `Misconfigured` where there are none."""
    products = [Product.of(message, _DEMO_MS) for message in _taken(path)]
    if not products:
        raise Misconfigured(f"The feed {path} has no product that can be taken.")
    return Catalogue.of(products)


def _taken(path: Path) -> Iterator[pb.Product]:
    with tempfile.TemporaryDirectory(prefix="adloom-feed-") as folder:
        for found in open_feed(path, Overrides(), Path(folder)).products():
            if not isinstance(found, Rejection):
                yield found

"""What the shop sells: products by id, each with a vector made from its words.

The demo catalogue ships with this package: forty pieces of clothing in the ten classes of Fashion-MNIST. The generator
was trained on these classes, so it can draw every product.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from protos.gen.adloom.catalogue.v1 import product_pb2
from services.catalogue.facts import ProductFacts, Scales, facts_of
from services.catalogue.terms import TermWeights
from services.catalogue.vocabulary import Vocabulary, grown
from services.common.errors import Misconfigured, Rejected

CATEGORIES: Final = (
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot",
)  # fmt: skip
"""The product classes, in the order of the labels of Fashion-MNIST."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the shop."""

    product_id: str
    title: str
    category: str  # one of CATEGORIES
    description: str
    price_minor: int  # minor units of `currency`
    currency: str
    colour: str
    colour_hex: str  # "#rrggbb"

    @property
    def message(self) -> product_pb2.Product:
        """The product as it crosses Kafka."""
        return product_pb2.Product(
            product_id=self.product_id,
            title=self.title,
            description=self.description,
            product_type=self.category,
            price_minor=self.price_minor,
            currency=self.currency,
            colour=self.colour,
            availability=product_pb2.IN_STOCK,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All products, in the order of their ids; immutable."""

    products: tuple[Product, ...]
    version: str  # first 16 hex digits of SHA-256 over the content
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
        content = json.dumps([asdict(product) for product in rows], sort_keys=True).encode()
        vocabulary = grown(None, (product.message for product in rows))
        scales = Scales(vocabulary)
        facts = {product.product_id: facts_of(product.message, scales) for product in rows}
        vectors = np.array([found.vector for found in facts.values()])
        vectors.setflags(write=False)
        version = hashlib.sha256(content).hexdigest()[:16]
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


@cache
def demo_catalogue() -> Catalogue:
    """The forty products that ship with Adloom.

    >>> catalogue = demo_catalogue()
    >>> len(catalogue.products), catalogue.product("boot-chelsea").category
    (40, 'ankle-boot')
    """
    return parse_catalogue(resources.files("services.catalogue").joinpath("demo_catalogue.json").read_text("utf-8"))


def read_catalogue(path: Path) -> Catalogue:
    """A catalogue from a JSON file: a list of objects with the fields of `Product`."""
    try:
        return parse_catalogue(path.read_text("utf-8"))
    except OSError as error:
        raise Misconfigured(f"The catalogue {path} cannot be read: {error.strerror}.") from error


def parse_catalogue(text: str) -> Catalogue:
    """A catalogue from JSON; raises `Misconfigured` that names the wrong entry and field."""
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as error:
        raise Misconfigured(f"The catalogue is not JSON: {error}.") from error
    if not isinstance(entries, list) or not entries:
        raise Misconfigured("The catalogue must be a list of at least one product.")
    return Catalogue.of(_product(number, entry) for number, entry in enumerate(entries))


def _product(number: int, entry: Any) -> Product:
    try:
        product = Product(**entry)
    except TypeError as error:
        raise Misconfigured(f"Entry {number} of the catalogue is not a product: {error}.") from error
    if product.category not in CATEGORIES:
        raise Misconfigured(f"Product {product.product_id} has the unknown category {product.category!r}.")
    if not isinstance(product.price_minor, int) or product.price_minor <= 0:
        raise Misconfigured(f"Product {product.product_id} has the price {product.price_minor!r}, not minor units > 0.")
    return product

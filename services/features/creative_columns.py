"""Creatives as columns: the feature inputs of C creatives, computed once and selected by index for each request."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from services.catalogue.facts import ProductFacts
from services.catalogue.terms import DIMENSIONS

NAMES = 2**32
"""How many numbers there are for names; a model knows those that it was trained on, and takes all others for one."""

ELEMENTS = (
    "template",
    "backdrop",
    "palette",
    "type",
    "picture_size",
    "headline_style",
    "call_to_action",
    "photo",
)
"""What an ad is made of (`Creative.elements`), as features see it; an ad that others made has none of them."""

ENCODED = 32
"""How many numbers of a text encoder's vector are kept (`services/models/text_encoder/axes.py`)."""

NAMED = 3 + len(ELEMENTS)
"""Categories that depend on the creative alone: those of creative and product, slot of its category, elements."""

# What the text encoder says of the creative's headline. Last of all, so that features/3 are the numbers before them.
ENCODED_FEATURES = (
    "text_encoded",  # 1 where the encoder's vector is there; else this and the next are 0
    *(f"encoded_{index}" for index in range(ENCODED)),
)
# Features that depend on the creative alone.
STATIC_FEATURES = (
    "price_rank",  # of the product, among its category; 0 where it is unknown, as the next is
    "price_level",  # of the product, among all
    "price_known",
    "ai_generated",
    "house",  # 1 where it shows no product
    *(f"product_{index}" for index in range(DIMENSIONS)),
    *(f"text_{index}" for index in range(DIMENSIONS)),
    *ENCODED_FEATURES,
)


@dataclass(frozen=True, slots=True)
class CreativeColumns:
    """C creatives, one row each; make them with `creative_columns`, choose among them with `take`."""

    creative_ids: tuple[str, ...]
    product_ids: tuple[str, ...]  # "" for house creatives
    product_vectors: npt.NDArray[np.float64]  # (C, DIMENSIONS), zeros for house creatives
    prices: npt.NDArray[np.float64]  # (C, 3): rank, level, 1 where both are known; zeros for house creatives
    has_product: npt.NDArray[np.float64]  # (C,), 1 or 0
    created_s: npt.NDArray[np.float64]  # (C,), seconds since 1970
    categories: npt.NDArray[np.int64]  # (C, NAMED): numbers of creative and product, category's slot, elements
    static: npt.NDArray[np.float32]  # (C, len(STATIC_FEATURES))

    def take(self, rows: npt.NDArray[np.intp] | Sequence[int]) -> CreativeColumns:
        """Only these rows, in this order."""
        at = np.asarray(rows, dtype=np.intp)
        return CreativeColumns(
            tuple(self.creative_ids[row] for row in at),
            tuple(self.product_ids[row] for row in at),
            self.product_vectors[at],
            self.prices[at],
            self.has_product[at],
            self.created_s[at],
            self.categories[at],
            self.static[at],
        )


@dataclass(frozen=True, slots=True)
class CreativeFacts:
    """One creative as the features see it."""

    creative_id: str
    product_id: str  # "" for house creatives
    product: ProductFacts | None  # None for house creatives and products that the catalogue lost
    text_embedding: npt.NDArray[np.float64] | Sequence[float]  # (DIMENSIONS,)
    ai_generated: bool
    created_s: float  # seconds since 1970
    elements: Mapping[str, str] = field(default_factory=dict)  # by name; others than ELEMENTS are passed over
    encoded_text: npt.NDArray[np.float64] | None = None  # (ENCODED,); None: no vector of the encoder in use, or not yet


def creative_columns(creatives: Sequence[CreativeFacts]) -> CreativeColumns:
    """The columns of some creatives, in the order given."""
    nothing = np.zeros(DIMENSIONS)
    vectors = np.array([c.product.vector if c.product else nothing for c in creatives]).reshape(-1, DIMENSIONS)
    texts = np.array([np.asarray(c.text_embedding) for c in creatives], dtype=np.float64).reshape(-1, DIMENSIONS)
    encoded = np.array([_encoded(c) for c in creatives]).reshape(-1, len(ENCODED_FEATURES))
    prices = np.array([_price(c.product) for c in creatives]).reshape(-1, 3)
    has_product = np.array([float(c.product is not None) for c in creatives])
    generated = np.array([float(c.ai_generated) for c in creatives])
    return CreativeColumns(
        creative_ids=tuple(c.creative_id for c in creatives),
        product_ids=tuple(c.product_id for c in creatives),
        product_vectors=vectors,
        prices=prices,
        has_product=has_product,
        created_s=np.array([c.created_s for c in creatives]),
        categories=np.array([_names(c) for c in creatives], dtype=np.int64).reshape(-1, NAMED),
        static=np.column_stack([prices, generated, 1.0 - has_product, vectors, texts, encoded]).astype(np.float32),
    )


@lru_cache(maxsize=65_536)
def number_of(name: str) -> int:
    """The number of a name, the same on every machine; "" has 0.

    >>> number_of("c1") == number_of("c1") < NAMES, number_of("")
    (True, 0)
    """
    return zlib.crc32(name.encode())


def _price(product: ProductFacts | None) -> tuple[float, float, float]:
    if product is None or not product.price_known:
        return 0.0, 0.0, 0.0
    return product.price_rank, product.price_level, 1.0


def _encoded(creative: CreativeFacts) -> npt.NDArray[np.float64]:
    """Values of ENCODED_FEATURES."""
    if creative.encoded_text is None:
        return np.zeros(len(ENCODED_FEATURES))
    return np.concatenate([[1.0], creative.encoded_text])


def _names(creative: CreativeFacts) -> tuple[int, ...]:
    slot = creative.product.category if creative.product else 0
    elements = (_element(name, creative.elements.get(name, "")) for name in ELEMENTS)
    return number_of(creative.creative_id), number_of(creative.product_id), slot, *elements


def _element(name: str, value: str) -> int:
    """The number of an element: that of its name and value, so that equal values of two elements differ."""
    return number_of(f"{name}={value}") if value else 0

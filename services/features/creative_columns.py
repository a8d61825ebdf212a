"""Creatives as columns: the feature inputs of C creatives, computed once and selected by index for each request."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from services.catalogue.product_features import VECTOR_DIMS, ProductFacts, category_index

# Numbers of buckets into which names are hashed; two names may share a bucket.
BUCKETS = {"creative": 1024, "product": 256, "placement": 64, "format": 16}

# Features that depend on the creative alone.
STATIC_FEATURES = (
    "log_price",  # of the product, 0 for house creatives
    "ai_generated",
    "house",  # 1 where it shows no product
    *(f"product_{index}" for index in range(VECTOR_DIMS)),
    *(f"text_{index}" for index in range(VECTOR_DIMS)),
)


@dataclass(frozen=True, slots=True)
class CreativeColumns:
    """C creatives, one row each; make them with `creative_columns`, choose among them with `take`."""

    creative_ids: tuple[str, ...]
    product_ids: tuple[str, ...]  # "" for house creatives
    product_vectors: npt.NDArray[np.float64]  # (C, 16), zeros for house creatives
    log_prices: npt.NDArray[np.float64]  # (C,), 0 for house creatives
    has_product: npt.NDArray[np.float64]  # (C,), 1 or 0
    created_s: npt.NDArray[np.float64]  # (C,), seconds since 1970
    categories: npt.NDArray[np.int64]  # (C, 3): creative bucket, product bucket, product category
    static: npt.NDArray[np.float32]  # (C, len(STATIC_FEATURES))

    def take(self, rows: npt.NDArray[np.intp] | Sequence[int]) -> CreativeColumns:
        """Only these rows, in this order."""
        at = np.asarray(rows, dtype=np.intp)
        return CreativeColumns(
            tuple(self.creative_ids[row] for row in at),
            tuple(self.product_ids[row] for row in at),
            self.product_vectors[at],
            self.log_prices[at],
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
    text_embedding: npt.NDArray[np.float64] | Sequence[float]  # (16,)
    ai_generated: bool
    created_s: float  # seconds since 1970


def creative_columns(creatives: Sequence[CreativeFacts]) -> CreativeColumns:
    """The columns of some creatives, in the order given."""
    nothing = np.zeros(VECTOR_DIMS)
    vectors = np.array([c.product.vector if c.product else nothing for c in creatives]).reshape(-1, VECTOR_DIMS)
    texts = np.array([np.asarray(c.text_embedding) for c in creatives], dtype=np.float64).reshape(-1, VECTOR_DIMS)
    prices = np.array([c.product.log_price if c.product else 0.0 for c in creatives])
    has_product = np.array([float(c.product is not None) for c in creatives])
    generated = np.array([float(c.ai_generated) for c in creatives])
    return CreativeColumns(
        creative_ids=tuple(c.creative_id for c in creatives),
        product_ids=tuple(c.product_id for c in creatives),
        product_vectors=vectors,
        log_prices=prices,
        has_product=has_product,
        created_s=np.array([c.created_s for c in creatives]),
        categories=np.array([_names(c) for c in creatives], dtype=np.int64).reshape(-1, 3),
        static=np.column_stack([prices, generated, 1.0 - has_product, vectors, texts]).astype(np.float32),
    )


@lru_cache(maxsize=65_536)
def bucket(kind: str, name: str) -> int:
    """The bucket of a name among those of its kind; the same on every machine.

    >>> bucket("creative", "c1") == bucket("creative", "c1") < BUCKETS["creative"]
    True
    """
    return zlib.crc32(name.encode()) % BUCKETS[kind]


def _names(creative: CreativeFacts) -> tuple[int, int, int]:
    category = creative.product.category if creative.product else category_index("other")
    return bucket("creative", creative.creative_id), bucket("product", creative.product_id), category

"""The facts of a product that features use: text vector, category and price, each relative to the shop's vocabulary.

One function makes them, for training and for serving (law 5). Prices have no unit here: they are ranks among the shop's
own prices in one currency, so that a model means the same in every shop.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from protos.gen.adloom.catalogue.v1 import product_pb2
from services.catalogue.language import language_of_row
from services.catalogue.terms import DIMENSIONS, text_vector
from services.catalogue.vocabulary import SLOTS, Vocabulary, price_rank, slot_of, slots_by_name, text_of


@dataclass(frozen=True, slots=True, eq=False)
class ProductFacts:
    """A product as the features see it; compared by identity, so that values computed from it can be cached."""

    vector: npt.NDArray[np.float64]  # (DIMENSIONS,), unit length, from its words
    category: int  # slot of the vocabulary, 0 <= category < SLOTS
    price_rank: float  # among products of its category in its currency, in [0, 1]
    price_level: float  # among all products in its currency, in [0, 1]
    price_known: bool  # False: the vocabulary has no price in this currency, and both are 0
    language: str = ""  # that its row says or shows, "en-GB"; no feature: it tells to whom its ads are shown


ProductLookup = Callable[[str], ProductFacts | None]
"""Facts of a product by its id; None where the catalogue does not know it."""


class Scales:
    """A vocabulary, ready for lookups."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    @cached_property
    def digest(self) -> int:
        """A number by the vocabulary's content."""
        content = self.vocabulary.SerializeToString(deterministic=True)
        return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big")

    @cached_property
    def slots(self) -> Mapping[str, int]:
        """The slot of each category that has one."""
        return slots_by_name(self.vocabulary.categories)

    @cached_property
    def prices(self) -> Mapping[tuple[int, str], Sequence[int]]:
        """Quantiles by slot and currency; slot 0: over all."""
        return {
            (self.slots.get(scale.category, 0), scale.currency): tuple(scale.quantiles_minor)
            for scale in self.vocabulary.price_scales
        }

    @cached_property
    def word_weights(self) -> Mapping[str, float]:
        """The weights of the common words."""
        return dict(self.vocabulary.word_weights)


def facts_of(product: product_pb2.Product, scales: Scales) -> ProductFacts:
    """The facts of a product relative to a vocabulary; its regular price counts, because a sale begins and ends.

    >>> facts_of(product_pb2.Product(title="Teapot"), Scales(Vocabulary())).category
    0
    """
    slot = slot_of(product, scales.slots)
    overall = scales.prices.get((0, product.currency))
    own = scales.prices.get((slot, product.currency), overall)
    facts = product_facts(
        text_vector(text_of(product), scales.word_weights),
        slot,
        price_rank(product.price_minor, own) if own else 0.0,
        price_rank(product.price_minor, overall) if overall else 0.0,
        price_known=bool(overall),
    )
    return replace(facts, language=language_of_row(product))


def product_facts(
    vector: Sequence[float] | npt.NDArray[np.float64],
    category: int,
    rank: float = 0.5,
    level: float = 0.5,
    price_known: bool = True,
) -> ProductFacts:
    """Facts from their values; raises ValueError where one is out of its range.

    >>> product_facts([0.0] * DIMENSIONS, 4, 0.5, 0.5).category
    4
    """
    array = np.asarray(vector, dtype=np.float64)
    if array.shape != (DIMENSIONS,):
        raise ValueError(f"product vector has shape {array.shape}, not ({DIMENSIONS},)")
    if not 0 <= category < SLOTS:
        raise ValueError(f"category has slot {category}, not one of 0 to {SLOTS - 1}")
    return ProductFacts(array, category, rank, level, price_known)

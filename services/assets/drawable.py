"""Of which products the drawing of a class may stand for a photo: where the row says for certain what it looks like.

A drawing of another thing, or in another colour, would show what the shop does not sell (law 10).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.product_class import OTHER, class_of
from services.composer.drawing.colour_names import colours_named, is_hex
from services.composer.drawing.silhouettes import SILHOUETTES
from services.copywriter.nouns import noun_of

_ALSO: Final[Mapping[str, str]] = {
    "tee": "t-shirt", "sweater": "pullover", "tote bag": "bag", "boot": "ankle-boot",
    "hiking boot": "ankle-boot", "winter boot": "ankle-boot", "snow boot": "ankle-boot",
}  # fmt: skip
"""Nouns of titles for which a class's drawing passes, beside the class's own name."""


def drawn_class_of(product: Product) -> str:
    """The class whose drawing would be this product; `OTHER` where the row leaves open what it looks like.

    >>> said = {"product_type": "Clothing > Pullovers", "colour": "red"}
    >>> [drawn_class_of(Product(title=title, **said)) for title in ("Wool pullover", "Belt", "White and red pullover")]
    ['pullover', 'other', 'other']
    """
    return _drawn_class(
        product.product_type, product.title, product.colour, is_hex(product.attributes.get("colour_hex", ""))
    )


@lru_cache(maxsize=64)  # all ads of a product ask for the same
def _drawn_class(product_type: str, title: str, colour: str, has_hex: bool) -> str:
    said = class_of(product_type)
    if said not in SILHOUETTES or not _is_one_colour(title, colour, has_hex):
        return OTHER
    noun = noun_of("", title)
    titled = said if noun is None else _ALSO.get(noun.singular, class_of(noun.plural))
    return said if said == titled else OTHER


def _is_one_colour(title: str, colour: str, has_hex: bool) -> bool:
    """Whether the row says one colour, and its title no other."""
    own = colours_named(colour)
    if len(own) > 1 or not (own or has_hex):
        return False
    return not own or colours_named(title) <= own

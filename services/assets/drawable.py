"""Of which products the drawing of a class may stand for a photo: where the row says for certain what it looks like.

A drawing of another thing, or in another colour, would show what the shop does not sell (law 10).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.product_class import CATEGORIES, OTHER, class_of
from services.composer.drawing.colour_names import colours_named, is_hex
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
    said = class_of(product.product_type)
    noun = noun_of("", product.title)
    titled = said if noun is None else _ALSO.get(noun.singular, class_of(noun.plural))
    return said if said in CATEGORIES and said == titled and _has_one_colour(product) else OTHER


def _has_one_colour(product: Product) -> bool:
    """Whether the row says one colour, and its title no other."""
    own = colours_named(product.colour)
    if len(own) > 1 or not (own or is_hex(product.attributes.get("colour_hex", ""))):
        return False
    return not own or colours_named(product.title) <= own

"""Headlines of demo creatives in four styles, and the style of any headline by its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from services.assets.creative import CURRENCY, PRICE_MINOR
from services.assets.formats import layout_of
from services.catalogue.catalogue import Product
from services.catalogue.terms import words
from services.common.currency import decimal_text

HeadlineStyle = Literal["benefit", "urgency", "social", "plain"]
HEADLINE_STYLES: Final[tuple[HeadlineStyle, ...]] = ("benefit", "urgency", "social", "plain")

_BENEFITS: Final[Mapping[str, str]] = {
    "t-shirt": "Softer with every wash",
    "trouser": "Comfort that keeps its shape",
    "pullover": "Warmth without weight",
    "dress": "Feel at ease all day",
    "coat": "Dry and warm, whatever comes",
    "sandal": "Comfort from the first step",
    "shirt": "Sharp without ironing",
    "sneaker": "Lighter steps all day",
    "bag": "Comfort for all you carry",
    "ankle-boot": "Dry feet, warm steps",
}
_URGENCY: Final = ("Only today: {title}", "Last pieces: {title}", "Ends tonight: {title}")
_SOCIAL: Final = ("Loved by thousands: {title}", "Bestseller: {title}", "Rated 4.8 stars: {title}")

_MARKS: Final[tuple[tuple[HeadlineStyle, frozenset[str]], ...]] = (
    ("urgency", frozenset(("today", "tonight", "last", "hurry", "ends", "now"))),
    ("social", frozenset(("loved", "bestseller", "rated", "everyone", "favourite", "stars"))),
    ("benefit", frozenset(("softer", "comfort", "warmth", "warm", "ease", "dry", "sharp", "lighter", "fresh", "feel"))),
)


def headline(product: Product, style: HeadlineStyle, variety: int) -> str:
    """A headline for the product in the style; `variety` picks among the phrases of the style."""
    if style == "benefit":
        return f"{_BENEFITS[product.category]}: {product.title}"
    if style == "urgency":
        return _URGENCY[variety % len(_URGENCY)].format(title=product.title)
    if style == "social":
        return _SOCIAL[variety % len(_SOCIAL)].format(title=product.title)
    return product.title


def style_of(text: str) -> HeadlineStyle:
    """The style of any headline, by the words in it.

    >>> style_of("Only today: Canvas high-top"), style_of("Canvas high-top")
    ('urgency', 'plain')
    """
    found = set(words(text))
    return next((style for style, marks in _MARKS if found & marks), "plain")


def drawn_price(product: Product) -> str:
    """The price as pictures have it, "EUR 29.00"; elsewhere people read `services.catalogue.price_text`."""
    return f"{product.currency} {decimal_text(product.price_minor, product.currency)}"


def price_shown(product: Product, format_: str) -> dict[str, str]:
    """The entries of a composed creative's lineage for the price that it shows; none in a format without one."""
    if layout_of(format_).price is None:
        return {}
    return {PRICE_MINOR: str(product.price_minor), CURRENCY: product.currency}

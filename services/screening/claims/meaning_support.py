"""Which field of a row supports a claim in words, by `needs.toml`; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from services.copywriter.headlines import FEW
from services.screening.claims.meanings import Meaning
from services.screening.claims.patterns import table
from services.screening.claims.row import Row

_TABLE: Final = table("needs.toml")
_NEEDS: Final[Mapping[str, str]] = _TABLE["needs"]
_SAME_WORDS: Final = frozenset(_TABLE["same_words"])
_HIGH: Final = Decimal(4)  # of 5; a lower mean is not called high
_ENOUGH: Final = 5  # fewer ratings say little
OWN_WORDS: Final = "title, description, material or attributes"


def needed_by(meaning: Meaning) -> str:
    """The field that would support the meaning, in words."""
    need = _NEEDS.get(meaning.name)
    return RULES[need][0] if need else OWN_WORDS


def field_for(meaning: Meaning, row: Row) -> str | None:
    """The field that supports the meaning; None: none does."""
    need = _NEEDS.get(meaning.name)
    if need and RULES[need][1](row):
        return RULES[need][0]
    if meaning.name not in row.meanings:
        return None
    if meaning.name in _SAME_WORDS:
        return row.field_with(meaning.words) or None
    return OWN_WORDS


def _has_end(row: Row) -> bool:
    return row.on_sale and row.last_day is not None or _is_low(row)


def _is_low(row: Row) -> bool:
    return row.offer.quantity is not None and 0 < row.offer.quantity < FEW


def _is_high(row: Row) -> bool:
    return row.rating >= _HIGH and row.offer.rating_count >= _ENOUGH


RULES: Final[Mapping[str, tuple[str, Callable[[Row], bool]]]] = {
    "sale": ("sale_price", lambda row: row.on_sale),
    "half_price": ("price and sale_price", lambda row: 0 <= row.off_percent - 50 < 1),
    "sale_end": ("sale_until or a low quantity", _has_end),
    "sale_or_stock": ("sale_price or quantity", lambda row: row.on_sale or row.offer.quantity is not None),
    "low_stock": ("a low quantity", _is_low),
    "high_rating": ("rating and rating_count", _is_high),
    "thousands_of_ratings": ("rating_count", lambda row: row.offer.rating_count >= 2_000),
    "hundreds_of_ratings": ("rating_count", lambda row: row.offer.rating_count >= 200),
    "in_stock": ("availability", lambda row: row.offer.sold),
}
"""By need: the field in words, and whether the row has it."""

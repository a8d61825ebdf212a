"""Which field of a row supports a claim in words, by `needs.toml`; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.catalogue.offer import NOTHING, Stated
from services.copywriter.offer_words import FEW
from services.screening.claims import rests_on
from services.screening.claims.claim import Support
from services.screening.claims.meanings import Meaning
from services.screening.claims.patterns import table
from services.screening.claims.row import Row

_TABLE: Final = table("needs.toml")
_NEEDS: Final[Mapping[str, str]] = _TABLE["needs"]
_SAME_WORDS: Final = frozenset(_TABLE["same_words"])
_HIGH: Final = Decimal(4)  # of 5; a lower mean is not called high
_ENOUGH: Final = 5  # fewer ratings say little
OWN_WORDS: Final = "title, description, material or attributes"


@dataclass(frozen=True, slots=True)
class Rule:
    """What supports a meaning beside the row's own words."""

    fields: str  # in words
    holds: Callable[[Row], bool]
    states: Callable[[Row], Stated] = lambda row: NOTHING  # of the offer, where it holds


def needed_by(meaning: Meaning) -> str:
    """The field that would support the meaning, in words."""
    need = _NEEDS.get(meaning.name)
    return RULES[need].fields if need else OWN_WORDS


def support_for(meaning: Meaning, row: Row) -> Support | None:
    """What supports the meaning; None: nothing does."""
    need = _NEEDS.get(meaning.name)
    if need and RULES[need].holds(row):
        return Support(RULES[need].fields, RULES[need].states(row))
    if meaning.name not in row.meanings:
        return None
    field = row.field_with(meaning.words) if meaning.name in _SAME_WORDS else OWN_WORDS
    return Support(field) if field else None


def _has_end(row: Row) -> bool:
    return row.on_sale and row.last_day is not None or _is_low(row)


def _is_low(row: Row) -> bool:
    return row.offer.quantity is not None and 0 < row.offer.quantity < FEW


def _is_high(row: Row) -> bool:
    return row.rating >= _HIGH and row.offer.rating_count >= _ENOUGH


def _counted(least: int) -> Rule:
    return Rule("rating_count", lambda row: row.offer.rating_count >= least, lambda row: rests_on.rated_from(0, least))


_HIGH_FROM: Final = rests_on.rated_from(int(10 * _HIGH), _ENOUGH)
RULES: Final[Mapping[str, Rule]] = {
    "sale": Rule("sale_price", lambda row: row.on_sale, rests_on.reduced),
    "half_price": Rule("price and sale_price", lambda row: 0 <= row.off_percent - 50 < 1, rests_on.reduced),
    "sale_end": Rule("sale_until or a low quantity", _has_end, rests_on.end_or_low),
    "sale_or_stock": Rule(
        "sale_price or quantity", lambda row: row.on_sale or row.offer.quantity is not None, rests_on.sale_or_stock
    ),
    "low_stock": Rule("a low quantity", _is_low, rests_on.low),
    "high_rating": Rule("rating and rating_count", _is_high, lambda row: _HIGH_FROM),
    "thousands_of_ratings": _counted(2_000),
    "hundreds_of_ratings": _counted(200),
    "in_stock": Rule("availability", lambda row: row.offer.sold),  # what is not sold has no ads
}
"""By need."""

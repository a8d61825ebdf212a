"""The entries of a creative's lineage for what it says of its product's offer; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.catalogue.offer import NOTHING, Price, Stated

PRICE_MINOR: Final = "price_minor"
CURRENCY: Final = "currency"
_NUMBERS: Final = ("regular_minor", "sale_until_ms", "quantity_below", "rating_tenths", "rating_count_from")


def entries_of(stated: Stated) -> dict[str, str]:
    """The entries for what is stated.

    >>> entries_of(Stated(Price(2900, "EUR"), quantity_below=10))
    {'price_minor': '2900', 'currency': 'EUR', 'quantity_below': '10'}
    """
    price = {} if stated.price is None else {PRICE_MINOR: str(stated.price.minor), CURRENCY: stated.price.currency}
    return price | {name: str(value) for name in _NUMBERS if (value := getattr(stated, name)) is not None}


def stated_in(lineage: Mapping[str, str]) -> Stated:
    """What the entries say is stated.

    >>> stated_in({"price_minor": "2900", "currency": "EUR", "quantity_below": "10", "picture_style": "bold"}).price
    Price(minor=2900, currency='EUR')
    """
    minor = lineage.get(PRICE_MINOR)
    price = None if minor is None else Price(int(minor), lineage[CURRENCY])
    numbers = {name: int(lineage[name]) for name in _NUMBERS if name in lineage}
    return Stated(price, **numbers) if price or numbers else NOTHING

"""The entries of a creative's lineage for what it says of its product's offer beside the price; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from services.catalogue.offer import NOTHING, Price, Stated

_NUMBERS: Final = tuple(field.name for field in fields(Stated) if field.name != "price")


def entries_of(stated: Stated) -> dict[str, str]:
    """The entries for what is stated, without the price.

    >>> entries_of(Stated(Price(2900, "EUR"), quantity_below=10))
    {'quantity_below': '10'}
    """
    return {name: str(value) for name in _NUMBERS if (value := getattr(stated, name)) is not None}


def stated_in(lineage: Mapping[str, str], price: Price | None) -> Stated:
    """What a creative with this lineage and price states.

    >>> stated_in({"quantity_below": "10", "picture_style": "bold"}, None).quantity_below
    10
    """
    numbers = {name: int(lineage[name]) for name in _NUMBERS if name in lineage}
    return Stated(price, **numbers) if price or numbers else NOTHING

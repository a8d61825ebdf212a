"""The house creative: shown when no other creative may be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from services.assets.creative import Creative, Draft
from services.composer.brief import Brief
from services.composer.compose import compose
from services.composer.formats import FORMATS, size_of

HOUSE_FORMATS: Final = FORMATS
"""The sizes in which a house creative is drawn; for others the nearest in shape stands in."""

_HEADLINE: Final = "Have a look around"
"""Like the other words, true of any shop (law 10)."""
_TEAL: Final = "#2a7f86"


def house_draft(format_: str) -> Draft:
    """The house creative of the format, as a draft."""
    return Draft("", format_, _HEADLINE, "See what we have.", "Visit the shop", approved_by="catalogue")


def nearest_house(format_: str, houses: Sequence[Creative]) -> Creative:
    """The house creative of the format; where none was drawn, one with the picture nearest in shape and size."""
    width, height = size_of(format_)

    def distance(house: Creative) -> float:
        drawn_width, drawn_height = size_of(house.format)
        return abs(math.log(width / drawn_width)) + abs(math.log(height / drawn_height))

    nearest = min(houses, key=distance)
    return nearest if nearest.format == format_ else replace(nearest, creative_id=f"house-{format_}", format=format_)


@cache
def house_picture(format_: str) -> bytes:
    """The house creative's PNG, drawn once."""
    said = house_draft(format_)
    brief = Brief(
        format=format_,
        template="craft",
        category="",
        colour_hex=_TEAL,
        headline=said.headline,
        price="",
        call_to_action=said.call_to_action,
        description=said.body,
        palette="tint",
        backdrop="arcs",
    )
    return compose(brief)

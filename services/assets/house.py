"""The house creative: shown when no other creative may be."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

from services.assets.creative import Creative, Draft
from services.composer.formats import FORMATS, size_of
from services.composer.layers.texts import write
from services.composer.layout.blocks import Written
from services.composer.type.typesetting import Setting, set_text

HOUSE_FORMATS: Final = FORMATS
"""The sizes in which a house creative is drawn; for others the nearest in shape stands in."""

_HEADLINE: Final = "Have a look around"
_BACKGROUND: Final = (38, 70, 83)
_STRIPE: Final = (42, 157, 143)
_TEXT: Final = (250, 246, 236)
_SMALLER: Final = 9  # the largest type beside the picture, whose side is that of a square of its area


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
    width, height = size_of(format_)
    picture = Image.new("RGB", (width, height), _BACKGROUND)
    pen = ImageDraw.Draw(picture)
    step = max(14, min(width, height) // 6)
    for left in range(-height, width, step * 3):
        right = left + step
        pen.polygon(((left, height), (right, height), (right + height, 0), (left + height, 0)), fill=_STRIPE)
    margin_x, margin_y = width // 12, height // 5
    pen.rectangle((margin_x, margin_y, width - margin_x, height - margin_y), fill=_BACKGROUND)
    beside = max(6, width // 36)  # so that no letter touches the stripes
    box = (margin_x + beside, margin_y + 2, width - margin_x - beside, height - margin_y - 2)
    setting = set_text(_HEADLINE, box, round(math.sqrt(width * height) / _SMALLER), "en")
    assert isinstance(setting, Setting)  # a test draws it in all sizes
    top = (box[1] + box[3] - setting.height + setting.face.fall * setting.size) / 2
    rect = (box[0], top, box[2], top + setting.height)
    write(pen, Written("headline", _HEADLINE, setting, rect, "middle", "ink"), _TEXT)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()

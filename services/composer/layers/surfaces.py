"""Surfaces right under texts: buttons, price tags, badges; and the logo."""

from __future__ import annotations

from typing import Final

from PIL import Image

from services.composer.brand_kit import BrandKit
from services.composer.drawing.schemes import Palette
from services.composer.layers.masks import outline_mask, rounded_mask, shape_mask
from services.composer.layout.blocks import Shape

_CORNER: Final = {"pill": 0.5, "round": 0.24, "square": 0.0, "outline": 0.5, "link": 0.0}  # of the height
_TAG_CORNER: Final = 0.16
_LINE: Final = 0.045  # of the height: an outline


def paint_surface(picture: Image.Image, shape: Shape, button: str, palette: Palette, kit: BrandKit) -> None:
    """The surface on the picture."""
    fill = getattr(palette, shape.fill)
    left, top, right, bottom = (round(edge) for edge in shape.rect)
    width, height = max(1, right - left), max(1, bottom - top)
    if shape.name == "logo":
        assert kit.logo is not None  # else it has no place
        logo = kit.logo.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
        picture.paste(logo, (left, top), logo)
    elif shape.name == "badge":
        picture.paste(fill, (left, top), shape_mask("circle", width, height))
    elif shape.name == "tag":
        picture.paste(fill, (left, top), rounded_mask(width, height, round(_TAG_CORNER * height)))
    elif button == "outline":
        line = max(1, round(_LINE * height))
        picture.paste(palette.ink, (left, top), outline_mask(width, height, round(_CORNER[button] * height), line))
    else:
        picture.paste(fill, (left, top), rounded_mask(width, height, round(_CORNER[button] * height)))

"""Panels: plain shapes on the backdrop, behind product and texts."""

from __future__ import annotations

from typing import Final

from PIL import Image, ImageDraw, ImageOps

from services.composer.drawing.schemes import Palette
from services.composer.layers.masks import shape_mask
from services.composer.layout.blocks import Rect
from services.composer.templates.template import Panel

_LINE: Final = 0.004  # of the picture's longer side: frames and rules


def paint_panel(picture: Image.Image, panel: Panel, palette: Palette, mirrored: bool) -> None:
    """The panel on the picture."""
    left, top, right, bottom = pixels_of(panel.region, picture.size, mirrored)
    colour = getattr(palette, panel.colour)
    line = max(1, round(_LINE * max(picture.size)))
    if panel.shape == "frame":
        ImageDraw.Draw(picture).rectangle((left, top, right - 1, bottom - 1), outline=colour, width=line)
    elif panel.shape == "rule":
        thick = (
            (left, top, right - 1, top + line - 1)
            if right - left > bottom - top
            else (left, top, left + line - 1, bottom - 1)
        )
        ImageDraw.Draw(picture).rectangle(thick, fill=colour)
    else:
        mask = shape_mask(panel.shape, right - left, bottom - top)
        picture.paste(colour, (left, top), ImageOps.mirror(mask) if mirrored else mask)


def pixels_of(region: Rect, size: tuple[int, int], mirrored: bool) -> tuple[int, int, int, int]:
    """The region in whole pixels, at least one wide and high."""
    width, height = size
    left, right = (1 - region[2], 1 - region[0]) if mirrored else (region[0], region[2])
    box = round(left * width), round(region[1] * height), round(right * width), round(region[3] * height)
    return box[0], box[1], max(box[0] + 1, box[2]), max(box[1] + 1, box[3])

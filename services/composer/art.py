"""What a picture shows of its product: its photo, its illustration, or a drawing that a model made."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.composer.brief import Brief
from services.composer.drawing.palette import Colour, rgb
from services.composer.illustrations.draw import illustration, is_drawn
from services.composer.photos.drawing import cut_drawing
from services.composer.photos.measure import colours_of
from services.composer.photos.prepared_photo import CUT_OUT, PreparedPhoto

Art = PreparedPhoto | NDArray[np.uint8] | None
"""A photo; or a drawing on an even ground, (H, W) or (H, W, 3); or nothing."""

DRAWING: Final = "drawing"
NONE: Final = "none"


def shown_of(brief: Brief, art: Art) -> tuple[PreparedPhoto | None, str]:
    """What is shown, and its kind for the record: cut_out, framed, drawing or none."""
    if isinstance(art, PreparedPhoto):
        return art, art.kind
    if art is not None:
        cut = cut_drawing(Image.fromarray(art))
        return _prepared(cut, next(iter(colours_of(cut)), rgb(brief.colour_hex))), DRAWING
    kind = kind_without_photo(brief)
    return (_drawing(brief.category, brief.colour_hex) if kind == DRAWING else None), kind


def kind_without_photo(brief: Brief) -> str:
    """What is shown of a product that has no photo: its illustration, or nothing."""
    return DRAWING if is_drawn(brief.category) else NONE


@lru_cache(maxsize=96)
def _drawing(name: str, colour_hex: str) -> PreparedPhoto:
    return _prepared(illustration(name, colour_hex), rgb(colour_hex))


def _prepared(image: Image.Image, colour: Colour) -> PreparedPhoto:
    """The drawing trimmed to its content."""
    trimmed = image.crop(image.getchannel("A").getbbox() or (0, 0, *image.size))
    return PreparedPhoto(trimmed, CUT_OUT, 1.0, "drawn", (colour,), (0, 0, *trimmed.size), max(trimmed.size), "", "")

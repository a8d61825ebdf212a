"""A product by itself on a quiet ground, for the pages of the demo shop."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image

from services.composer.art import drawn_product
from services.composer.drawing.palette import PAPER, mixed, rgb
from services.composer.drawing.silhouettes import SILHOUETTES

_SIZE: Final = 320
_MARGIN: Final = 32


def product_picture(category: str, colour_hex: str) -> bytes:
    """The product's drawing as a square PNG; its colour alone where its class has no drawing.

    >>> product_picture("bag", "#2a9d8f")[1:4]
    b'PNG'
    """
    picture = Image.new("RGB", (_SIZE, _SIZE), mixed(rgb(colour_hex), PAPER, 0.88))
    if category in SILHOUETTES:
        product = drawn_product(category, colour_hex, _SIZE - 2 * _MARGIN)
        picture.paste(product, (_MARGIN, _MARGIN), product)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()

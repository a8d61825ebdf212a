"""A product by itself on a quiet ground, for the pages of the demo shop."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageColor

from services.assets.compose import drawn_product, mixed

_SIZE: Final = 320
_MARGIN: Final = 32
_PAPER: Final = (255, 255, 255)


def product_picture(category: str, colour_hex: str) -> bytes:
    """The product's drawing as a square PNG.

    >>> product_picture("bag", "#2a9d8f")[1:4]
    b'PNG'
    """
    red, green, blue = ImageColor.getrgb(colour_hex)[:3]
    picture = Image.new("RGB", (_SIZE, _SIZE), mixed((red, green, blue), _PAPER, 0.88))
    product = drawn_product(category, colour_hex, _SIZE - 2 * _MARGIN)
    picture.paste(product, (_MARGIN, _MARGIN), product)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()

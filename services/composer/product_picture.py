"""A product by itself on a quiet ground, for the pages of the demo shop."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageFilter

from services.composer.drawing.palette import PAPER, mixed, rgb
from services.composer.illustrations.draw import illustration, is_drawn
from services.composer.photos.shadow import contact_shadow

_SIZE: Final = 480
_MARGIN: Final = 44
_GROUND: Final = (240, 238, 233)


def product_picture(name: str, colour_hex: str) -> bytes:
    """The illustration of that name as a square picture; the product's colour alone where there is none.

    >>> product_picture("bag/canvas", "#2a9d8f")[8:12]
    b'WEBP'
    """
    picture = Image.new("RGB", (_SIZE, _SIZE), mixed(_GROUND, mixed(rgb(colour_hex), PAPER, 0.8), 0.35))
    if is_drawn(name):
        _stand(picture, illustration(name, colour_hex))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=86, method=4)
    return out.getvalue()


def _stand(picture: Image.Image, product: Image.Image) -> None:
    """Puts the product in the middle, with the shadow that it throws."""
    trimmed = product.crop(product.getchannel("A").getbbox())
    room = _SIZE - 2 * _MARGIN
    scale = min(room / trimmed.width, room / trimmed.height)
    size = round(trimmed.width * scale), round(trimmed.height * scale)
    shown = trimmed.resize(size, Image.Resampling.LANCZOS)
    x, y = (_SIZE - size[0]) // 2, (_SIZE - size[1]) // 2
    margin = _MARGIN // 2
    shadow = contact_shadow(shown, margin=margin).filter(ImageFilter.GaussianBlur(2))
    picture.paste(shadow, (x - margin, y - margin), shadow)
    picture.paste(shown, (x, y), shown)

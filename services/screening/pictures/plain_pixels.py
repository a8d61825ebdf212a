"""A picture's file as pixels on white, and its colours where equal steps look equal; pure."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.catalogue.photos.check_photo import quiet

Pixels = NDArray[np.float32]

_MIX: Final = np.array(
    ((0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
     (0.0883024619, 0.2817188376, 0.6299787005)), dtype=np.float32,
)  # fmt: skip
_LAB: Final = np.array(
    ((0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
     (0.0259040371, 0.7827717662, -0.8086757660)), dtype=np.float32,
)  # fmt: skip


def opened(content: bytes) -> Image.Image | str:
    """The picture, its first frame, RGB; or why there is none."""
    try:
        with quiet():  # in which a head is read; large pictures and odd metadata are nothing to warn of
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF"))
        with picture:
            picture.load()
            return on_white(picture)
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise many kinds for a file that is not what it says
        return str(error) or type(error).__name__


def on_white(picture: Image.Image) -> Image.Image:
    """The picture in RGB; what is transparent is white, as on most pages."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    whole = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole).convert("RGB")


def oklab(rgb: Pixels) -> Pixels:
    """Colours (..., 3) of 0 to 1 in OKLab (Ottosson 2020).

    >>> oklab(np.array([[1.0, 1.0, 1.0]], dtype=np.float32)).round(2).tolist()[0][0]
    1.0
    """
    light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4).astype(np.float32)
    found: Pixels = np.cbrt(light @ _MIX.T) @ _LAB.T
    return found


def light_of(rgb: Pixels) -> Pixels:
    """The relative luminance of colours (..., 3) of 0 to 1 (WCAG 2.2)."""
    light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    found: Pixels = (light @ np.array((0.2126, 0.7152, 0.0722))).astype(np.float32)
    return found

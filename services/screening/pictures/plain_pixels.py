"""A picture's file as pixels on white, and their light; pure."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from services.catalogue.photos.check_photo import quiet
from services.composer.animations.frames import at_rest
from services.composer.drawing.oklab_pixels import Pixels
from services.composer.photos.on_white import on_white


def opened(content: bytes) -> Image.Image | str:
    """The picture, of an animation the frame with which it ends, RGB; or why there is none."""
    try:
        with quiet():  # in which a head is read; large pictures and odd metadata are nothing to warn of
            picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF"))
        with picture:
            picture.load()
            return on_white(at_rest(picture))
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise many kinds for a file that is not what it says
        return str(error) or type(error).__name__


def light_of(rgb: Pixels) -> Pixels:
    """The relative luminance of colours (..., 3) of 0 to 1 (WCAG 2.2)."""
    light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    found: Pixels = (light @ np.array((0.2126, 0.7152, 0.0722))).astype(np.float32)
    return found

"""A prepared photo in a square: fitted whole, never stretched; pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

_MOST_GROWN: Final = 1.5  # times; more looks blurred
_EVEN: Final = 14.0  # standard deviation of an edge that is a plain ground
_ROUND: Final = 16  # a corner's radius is this part of the side
_SMOOTH: Final = 3
_WHITE: Final = (255, 255, 255)


def framed(image: Image.Image, size: int) -> Image.Image:
    """The RGBA picture whole in a square of `size` pixels; an opaque one gets round corners."""
    scale = min(size / image.width, size / image.height, _MOST_GROWN)
    fitted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    corner = ((size - fitted[0]) // 2, (size - fitted[1]) // 2)
    small = image.resize(fitted, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if not is_opaque(image):
        square = Image.new("RGBA", (size, size), (0, 0, 0, 0))
        square.paste(small, corner)
        return square
    square = Image.new("RGB", (size, size), plain_edge(image) or _WHITE)
    square.paste(small.convert("RGB"), corner)
    square.putalpha(_round_mask(size))
    return square


def is_opaque(image: Image.Image) -> bool:
    """Whether no pixel of an RGBA picture lets its ground through."""
    return image.getchannel("A").getextrema() == (255, 255)


def plain_edge(image: Image.Image) -> tuple[int, int, int] | None:
    """The colour of the picture's edge, where it is one colour."""
    pixels = np.asarray(image.convert("RGB"), dtype=np.float64)  # (H, W, 3)
    edge: NDArray[np.float64] = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    if edge.std(axis=0).max() > _EVEN:
        return None
    red, green, blue = (int(part) for part in np.median(edge, axis=0))
    return red, green, blue


@lru_cache(maxsize=32)
def _round_mask(size: int) -> Image.Image:
    mask = Image.new("L", (size * _SMOOTH,) * 2, 0)
    pen = ImageDraw.Draw(mask)
    pen.rounded_rectangle((0, 0, *(size * _SMOOTH - 1,) * 2), radius=size * _SMOOTH // _ROUND, fill=255)
    return mask.resize((size, size), Image.Resampling.LANCZOS)

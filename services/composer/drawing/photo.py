"""Photos of products in the art box of a picture: fitted whole, never stretched."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from services.common.errors import Rejected

LONGEST_SIDE: Final = 1_000
"""Pixels to which a photo is brought before it is used."""

_MOST_GROWN: Final = 1.5  # times; more looks blurred
_EVEN: Final = 14.0  # standard deviation of an edge that is a plain ground
_ROUND: Final = 16  # a corner's radius is this part of the side
_SMOOTH: Final = 3


def opened(content: bytes) -> Photo:
    """The photo upright in RGB, transparent parts white; raises `Rejected` for what is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            if upright.mode in ("RGBA", "LA", "P", "PA"):
                upright = upright.convert("RGBA")
                ground = Image.new("RGBA", upright.size, (255, 255, 255, 255))
                upright = Image.alpha_composite(ground, upright)
            upright = upright.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Rejected("photo", "photo", f"{len(content)} bytes", f"a picture that can be read ({error})") from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return Photo(upright)


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A product's photo, RGB."""

    image: Image.Image

    def framed(self, size: int) -> Image.Image:
        """The photo whole in a square with round corners, RGBA; a plain ground of its own fills the square."""
        return _framed(self, size)


@lru_cache(maxsize=32)
def _framed(photo: Photo, size: int) -> Image.Image:
    image = photo.image
    square = Image.new("RGB", (size, size), _plain_edge(image) or (255, 255, 255))
    scale = min(size / image.width, size / image.height, _MOST_GROWN)
    fitted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    corner = ((size - fitted[0]) // 2, (size - fitted[1]) // 2)
    square.paste(image.resize(fitted, Image.Resampling.LANCZOS, reducing_gap=3.0), corner)
    square.putalpha(_round_mask(size))
    return square


def _plain_edge(photo: Image.Image) -> tuple[int, int, int] | None:
    """The colour of the photo's edge, where it is one colour."""
    pixels = np.asarray(photo, dtype=np.float64)
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

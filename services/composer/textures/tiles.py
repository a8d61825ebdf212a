"""The tiles that ship: grey, as large as `reliefs.SIDE`, without a seam."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

TILES: Final = ("texture_paper", "texture_dabs", "texture_stones")
"""Their names, which are those of the backdrops."""

FOLDER: Final = Path(__file__).parent

NATURAL: Final = 640
"""Pixels of the side of a picture in which a tile has its own size."""

_SCALES: Final = (0.4, 1.25)  # smaller, strokes become noise; larger, they are soft


@lru_cache(maxsize=16)
def texture(name: str, size: tuple[int, int]) -> Image.Image:
    """The tile over a picture of this size, "L"; its strokes grow with the picture. Nobody may change it."""
    width, height = size
    scale = min(max(math.sqrt(width * height) / NATURAL, _SCALES[0]), _SCALES[1])
    tile = _tile(name)
    side = round(tile.width * scale)
    drawn = np.asarray(tile.resize((side, side), Image.Resampling.LANCZOS))
    return Image.fromarray(np.tile(drawn, (-(-height // side), -(-width // side)))[:height, :width])


@lru_cache(maxsize=len(TILES))
def _tile(name: str) -> Image.Image:
    with Image.open(FOLDER / f"{name}.webp") as opened:
        return opened.convert("L")

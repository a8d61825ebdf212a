"""A hash that pictures which look alike share nearly; pure.

64 bits: the signs of the 8x8 lowest frequencies of a 32x32 grey picture against their median (pHash, Zauner 2010).
Scaling, JPEG and small changes of light flip few bits; different pictures differ in about half.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.composer.photos.on_white import on_white

ALIKE: Final = 6
"""Bits in which two pictures of the same thing may differ."""

_SIDE: Final = 32
_KEPT: Final = 8


def perceptual_hash(image: Image.Image) -> int:
    """Of any picture; what is transparent counts as white.

    >>> perceptual_hash(Image.new("RGB", (8, 8), "red")) == perceptual_hash(Image.new("RGB", (80, 80), "red"))
    True
    """
    grey = np.asarray(on_white(image).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float64)
    cosines = _cosines()
    lowest = (cosines @ grey @ cosines.T).round(6).ravel()  # rounded: a plain picture has zeros, not noise
    bits = lowest > np.median(lowest[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def distance(first: int, second: int) -> int:
    """In how many bits two hashes differ, 0 to 64."""
    return (first ^ second).bit_count()


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float64]:
    """The first rows of the discrete cosine transform, (8, 32)."""
    places = (np.arange(_SIDE) + 0.5) * np.pi / _SIDE
    return np.cos(np.arange(_KEPT)[:, None] * places[None, :])

"""A hash that tells ads apart which share a template: 256 bits, the signs of the 16x16 lowest frequencies; pure.

The composer's hash of photos has 64 bits, which two ads with other headlines share; these tell single words.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BITS: Final = 256
_SIDE: Final = 64
_KEPT: Final = 16


def look_hash(picture: Image.Image) -> str:
    """64 hex digits; nearly the same for pictures that look alike (pHash, Zauner 2010, with more frequencies)."""
    grey = np.asarray(picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float64)
    cosines = _cosines()
    lowest = (cosines @ grey @ cosines.T).round(6).ravel()  # rounded: a plain picture has zeros, not noise
    bits = lowest > np.median(lowest[1:])
    return np.packbits(bits).tobytes().hex()


def nearest(look: str, others: Mapping[str, str]) -> tuple[int, str]:
    """The distance to the most similar other look, 0 to 256 bits, and whose it is; 256 and nobody where there is none.

    >>> nearest("00", {"a": "01", "b": "ff"})
    (1, 'a')
    """
    return min(
        ((int(look, 16) ^ int(other, 16)).bit_count(), name) for name, other in others.items()
    ) if others else (BITS, "")  # fmt: skip


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float64]:
    """The first rows of the discrete cosine transform, (16, 64)."""
    places = (np.arange(_SIDE) + 0.5) * np.pi / _SIDE
    return np.cos(np.arange(_KEPT)[:, None] * places[None, :])

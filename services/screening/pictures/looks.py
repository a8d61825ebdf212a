"""What tells whether an ad is a copy of another: a hash of its picture, and its words; pure.

The hash has 256 bits, the signs of the 16x16 lowest frequencies. Two ads of one template that differ in a headline
differ in a few of them, and so do two files of one ad; so their words decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.screening.reading.likeness import plain_letters
from services.screening.version import version_of

BITS: Final = 256
_SIDE: Final = 64
_KEPT: Final = 16
_ALIKE: Final = 0.75  # of pairs of letters: a misread letter spoils two
_LETTERS: Final = 120

LOOKS: Final = version_of("duplicate", _SIDE, _KEPT, _ALIKE, _LETTERS, 1)
"""The version of the check; the last number counts changes of the code."""


def look_of(picture: Image.Image, words: str) -> str:
    """64 hex digits, nearly the same for pictures that look alike (pHash, Zauner 2010), and the first letters."""
    grey = np.asarray(picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float64)
    cosines = _cosines()
    lowest = (cosines @ grey @ cosines.T).round(6).ravel()  # rounded: a plain picture has zeros, not noise
    bits = lowest > np.median(lowest[1:])
    return f"{np.packbits(bits).tobytes().hex()} {plain_letters(words)[:_LETTERS]}"


def nearest(look: str, others: Mapping[str, str]) -> tuple[int, str]:
    """The distance to the most similar other look of the same words, 0 to 256 bits, and whose it is.

    256 and nobody where there is none.

    >>> nearest("00 tee", {"a": "01 tee", "b": "00 trousers"})
    (1, 'a')
    """
    bits, _, words = look.partition(" ")
    found = [(BITS, "")]
    for name, other in others.items():
        other_bits, _, other_words = other.partition(" ")
        if _say_the_same(words, other_words):
            found.append(((int(bits, 16) ^ int(other_bits, 16)).bit_count(), name))
    return min(found)


def _say_the_same(words: str, others: str) -> bool:
    """By the pairs of letters that both have (Dice 1945), because texts side by side are read in either order."""
    one, other = (Counter(map("".join, pairwise(text))) for text in (words, others))
    both = one.total() + other.total()
    return words == others if not both else 2 * (one & other).total() / both >= _ALIKE


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float64]:
    """The first rows of the discrete cosine transform, (16, 64)."""
    places = (np.arange(_SIDE) + 0.5) * np.pi / _SIDE
    return np.cos(np.arange(_KEPT)[:, None] * places[None, :])

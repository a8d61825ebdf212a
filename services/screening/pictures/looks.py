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
_CUTS: Final = (0.0, 0.01, 0.02, 0.03, 0.04)  # of a side that may have been cut away; less is lost in the hash
_LEANS: Final = 0.021  # by how much more of one side than of the other
_GROWN: Final = (-0.01, -0.02)  # of each side that may have been added
_FRAMES: Final = (0.015, 0.03)  # of the shorter side that a frame may cover
_FINE: Final = 256
_SIDE: Final = 64
_KEPT: Final = 16
_ALIKE: Final = 0.75  # of pairs of letters: a misread letter spoils two
_LETTERS: Final = 120

LOOKS: Final = version_of("duplicate", _CUTS, _LEANS, _GROWN, _FRAMES, _FINE, _SIDE, _KEPT, _ALIKE, _LETTERS, 1)
"""The version of the check; the last number counts changes of the code."""


def look_of(picture: Image.Image, words: str) -> str:
    """64 hex digits, nearly the same for pictures that look alike (pHash, Zauner 2010), and the first letters."""
    grey = np.asarray(picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float64)
    cosines = _cosines()
    return f"{_hash_of(cosines @ grey @ cosines.T)} {plain_letters(words)[:_LETTERS]}"


def _hash_of(lowest: NDArray[np.float64]) -> str:
    """Of the lowest frequencies (16, 16)."""
    rounded = lowest.round(6).ravel()  # a plain picture has zeros, not noise
    bits = rounded > np.median(rounded[1:])
    return np.packbits(bits).tobytes().hex()


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


def nearest_moved(picture: Image.Image, look: str, others: Mapping[str, str]) -> tuple[int, str]:
    """As `nearest`, also where the picture was cut, or framed, from the other: by a few hundredths of a side.

    What may have been cut away is filled with what is beside it, and of a frame what is inside of it.
    """
    _, _, words = look.partition(" ")
    alike = {name: other for name, other in others.items() if _say_the_same(words, other.partition(" ")[2])}
    if not alike:
        return BITS, ""
    moved = [f"{hash_} {words}" for hash_ in _moved_hashes(picture)]
    return min(nearest(look, alike), *(nearest(one, alike) for one in moved))


def _moved_hashes(picture: Image.Image) -> set[str]:
    fine = picture.convert("L").resize((_FINE, _FINE), Image.Resampling.BOX)
    pixels = np.asarray(fine, dtype=np.float64)
    views = [_view(-start, -end) for start in _CUTS for end in _CUTS if abs(start - end) < _LEANS]
    views += [_view(-grown, -grown) for grown in _GROWN]
    halves = [pixels @ across.T for across in views]
    found = {_hash_of(down @ half) for half in halves for down in views}
    for frame in _FRAMES:
        shares = [frame * min(picture.size) / side for side in picture.size]
        across, down = (_view(0.0, 0.0, share) for share in shares)
        found.add(_hash_of(down @ pixels @ across.T))
    return found


@lru_cache(maxsize=128)
def _view(start: float, end: float, edge: float = 0.0) -> NDArray[np.float64]:
    """(16, 256): the lowest frequencies of a row of pixels from one share of it to another before its end.

    Beyond the row, and in an edge of so large a share, stands what is next to it.
    """
    samples = _SIDE * 8
    places = start + (1.0 - start - end) * (np.arange(samples) + 0.5) / samples
    pixels = np.clip(places, edge, 1.0 - edge - 1e-9) * _FINE
    taken = np.zeros((_SIDE, _FINE))
    np.add.at(taken, (np.arange(samples) // 8, np.clip(pixels.astype(int), 0, _FINE - 1)), 1 / 8)
    found: NDArray[np.float64] = _cosines() @ taken
    return found


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

"""Which rows of a format speak the language that a request asks for.

Those of its language, and those of none, which speak to everybody. Where no eligible one speaks it, or the request
names none, all rows do: a shop with one language shows its ads to everybody.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.creative.candidates.pool_view import PoolView

Mask = NDArray[np.bool_]

EVERYBODY: Final = 0
"""The number of no language."""

_MOST_LETTERS: Final = 3
_MOST_MASKS: Final = 1024
_MOST_BYTES: Final = 64_000_000  # of all masks that are kept


def number_of(language: str) -> int:
    """The number of a language of two or three letters, `EVERYBODY` of anything else; it fits 16 bits.

    >>> number_of("de"), number_of("zzz") < 2**15, number_of(""), number_of("klingon")
    (113, True, 0, 0)
    """
    if len(language) > _MOST_LETTERS or not (language.isascii() and language.islower() and language.isalpha()):
        return EVERYBODY
    number = 0
    for letter in language:
        number = 27 * number + ord(letter) - ord("a") + 1
    return number


class SpokenMasks:
    """The masks that were asked for of one state of the pools; belongs to one thread.

    Each is made once and is the same object again, so a request costs a lookup, however many rows there are.
    """

    def __init__(self) -> None:
        self._speaking: dict[tuple[str, int], Mask | None] = {}  # by format and language
        self._both: dict[tuple[int, int], tuple[Mask, Mask, Mask]] = {}  # by ids; what has them is held, so they stay
        self._bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether it is time to forget them."""
        return len(self._both) > _MOST_MASKS or self._bytes > _MOST_BYTES

    def of(self, view: PoolView, format_: str, language: int) -> Mask | None:
        """See `speaking`."""
        if language == EVERYBODY:
            return None
        if (format_, language) not in self._speaking:
            found = self._speaking[format_, language] = speaking(view, language)
            self._bytes += 0 if found is None else found.nbytes
        return self._speaking[format_, language]

    def narrowed(self, allowed: Mask | None, spoken: Mask | None) -> Mask | None:
        """The rows that are in both, (N,); None: all of them."""
        if allowed is None or spoken is None:
            return spoken if allowed is None else allowed
        key = id(allowed), id(spoken)
        if key not in self._both:
            self._both[key] = allowed, spoken, allowed & spoken
            self._bytes += spoken.nbytes
        return self._both[key][2]


def speaking(view: PoolView, language: int) -> Mask | None:
    """(N,) the rows of the language or of none; None: all, as all that is eligible speaks it, or nothing does."""
    speaks = view.languages == language
    if not (speaks & view.eligible).any():
        return None
    speaks |= view.languages == EVERYBODY
    return None if speaks[view.rows].all() else speaks

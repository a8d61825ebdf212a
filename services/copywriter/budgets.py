"""How long the texts of an ad may be in a format; pure. Lengths are columns: a Chinese character fills two."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from services.composer.formats import size_of


@dataclass(frozen=True, slots=True)
class Budget:
    """The longest texts, in columns."""

    headline: int
    body: int
    call_to_action: int
    part: int  # of a headline with a claim above the title, each: they stand on lines of their own


BANNER: Final = Budget(30, 0, 14, 30)  # 320x50: one line or two of small type
STRIP: Final = Budget(46, 60, 16, 40)  # 728x90, 320x100
RECTANGLE: Final = Budget(56, 90, 18, 36)  # 300x250, 336x280
TALL: Final = Budget(64, 120, 18, 36)  # 160x600, 300x600: many short lines
LARGE: Final = Budget(84, 180, 22, 48)  # 970x250, 1080x1080, 1080x1920, 1200x628

LEAST_TITLE: Final = 14
"""Columns below which what a cut leaves of a title says too little."""

_BANNER_HEIGHT, _STRIP_HEIGHT = 60, 120  # pixels
_LARGE_AREA: Final = 240_000  # pixels
_TALL_RATIO: Final = 0.6  # of width to height


def budget_of(format_: str) -> Budget:
    """The budget of a format's family; `Rejected` for a text that is no size.

    >>> [budget_of(format_).headline for format_ in ("320x50", "728x90", "300x250", "160x600", "1080x1080")]
    [30, 46, 56, 64, 84]
    """
    width, height = size_of(format_)
    if height <= _STRIP_HEIGHT:
        return BANNER if height <= _BANNER_HEIGHT else STRIP
    if width * height >= _LARGE_AREA:
        return LARGE
    return TALL if width < _TALL_RATIO * height else RECTANGLE


def columns(text: str) -> int:
    """How wide a text is.

    >>> columns("tee"), columns("帆布包")
    (3, 6)
    """
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)

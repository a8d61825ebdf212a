"""The formats in which pictures are drawn, and the family of each by its shape."""

from __future__ import annotations

import math
import re
from typing import Final, Literal

from services.common.errors import Rejected

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels
Family = Literal["strip", "banner", "wide", "square", "tall", "tower"]

FORMATS: Final = (
    "300x250", "728x90", "320x50", "160x600", "336x280", "970x250", "300x600", "320x100", "1080x1080", "1080x1920",
    "1200x628",
)  # fmt: skip
"""The formats of which house creatives are drawn and layouts are tried, as "WIDTHxHEIGHT"."""

LEAST_SIDE: Final = 50
MOST_SIDE: Final = 2_000
MOST_ASPECT: Final = 12
MOST_PIXELS: Final = 2_100_000  # as 1080x1920

FAMILIES: Final[tuple[Family, ...]] = ("strip", "banner", "wide", "square", "tall", "tower")
_LEAST_ASPECT: Final[tuple[tuple[float, Family], ...]] = (
    (5.0, "strip"), (2.5, "banner"), (1.4, "wide"), (0.75, "square"), (0.4, "tall"), (0.0, "tower"),
)  # fmt: skip
_PRICELESS: Final = 20_000  # pixels of area; smaller pictures have no room for a price
_TINY: Final = 40_000
_SMALLEST_UNIT: Final = 1.6


def checked(format_: str) -> str:
    """The format; `Rejected` for one in which no pictures are drawn."""
    if not is_drawn(format_):
        raise Rejected("invalid", "format", format_, DRAWN)
    return format_


def is_drawn(format_: str) -> bool:
    """Whether pictures of the size are drawn: its family has a layout, and it is neither tiny nor huge.

    >>> [is_drawn(format_) for format_ in ("300x250", "468x60", "88x31", "2000x2000", "1300x100", "wide")]
    [True, True, False, False, False, False]
    """
    match = _SIZE.fullmatch(format_)
    if match is None:
        return False
    least, most = sorted((int(match[1]), int(match[2])))
    return least >= LEAST_SIDE and most <= MOST_SIDE and most <= MOST_ASPECT * least and least * most <= MOST_PIXELS


def size_of(format_: str) -> tuple[int, int]:
    """Width and height in pixels.

    >>> size_of("300x250")
    (300, 250)
    """
    match = _SIZE.fullmatch(format_)
    if match is None:
        raise Rejected("invalid", "format", format_, 'a size like "300x250"')
    return int(match[1]), int(match[2])


def family_of(format_: str) -> Family:
    """The family by width over height.

    >>> [family_of(format_) for format_ in ("728x90", "970x250", "1200x628", "300x250", "300x600", "160x600")]
    ['strip', 'banner', 'wide', 'square', 'tall', 'tower']
    """
    width, height = size_of(format_)
    return next(family for least, family in _LEAST_ASPECT if width / height >= least)


def unit_of(format_: str) -> float:
    """The measure of type: a hundredth of the side of a square of the picture's area; in tiny pictures more."""
    width, height = size_of(format_)
    return max(_SMALLEST_UNIT, math.sqrt(width * height) / 100)


def shows_price(format_: str) -> bool:
    """Whether there is room for a price.

    >>> shows_price("320x50"), shows_price("320x100")
    (False, True)
    """
    width, height = size_of(format_)
    return width * height >= _PRICELESS


def is_tiny(format_: str) -> bool:
    """Whether there may be no room for a button.

    >>> is_tiny("320x100"), is_tiny("728x90")
    (True, False)
    """
    width, height = size_of(format_)
    return width * height < _TINY


DRAWN: Final = (
    f'a size like "300x250" with sides from {LEAST_SIDE} to {MOST_SIDE:,}, none more than {MOST_ASPECT} times the '
    f"other, of at most {MOST_PIXELS:,} pixels"
)
"""The formats in which pictures are drawn, in words."""

_SIZE: Final = re.compile(r"([1-9][0-9]{1,3})x([1-9][0-9]{1,3})")

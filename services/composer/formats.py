"""The formats in which pictures are drawn, and the layout of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.common.errors import Rejected

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


@dataclass(frozen=True, slots=True)
class Sizes:
    """The largest type of each text, in pixels."""

    headline: int
    price: int
    button: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions of a picture's parts, in pixels."""

    width: int
    height: int
    art: Box  # square
    headline: Box
    wide: Box  # of the headline where there is no art
    button: Box
    price: Box | None  # None: the format is too small for a price
    sizes: Sizes
    centred: bool = False


LAYOUTS: Final[Mapping[str, Layout]] = {
    "300x250": Layout(
        300, 250, (140, 47, 296, 203), (16, 18, 134, 146), (16, 18, 284, 146), (16, 206, 132, 236),
        (16, 152, 134, 200), Sizes(21, 19, 15),
    ),
    "728x90": Layout(
        728, 90, (14, 3, 98, 87), (112, 8, 460, 82), (20, 8, 460, 82), (590, 26, 714, 64),
        (468, 16, 582, 74), Sizes(25, 19, 16),
    ),
    "320x50": Layout(
        320, 50, (4, 2, 50, 48), (58, 4, 222, 46), (10, 4, 222, 46), (228, 11, 314, 39), None, Sizes(15, 15, 14),
    ),
    "160x600": Layout(
        160, 600, (6, 232, 154, 380), (12, 26, 148, 222), (12, 60, 148, 420), (16, 536, 144, 574),
        (12, 430, 148, 500), Sizes(25, 21, 16), centred=True,
    ),
    "336x280": Layout(
        336, 280, (156, 52, 332, 228), (18, 20, 150, 164), (18, 20, 318, 164), (18, 230, 148, 264),
        (18, 170, 150, 224), Sizes(24, 22, 17),
    ),
    "970x250": Layout(
        970, 250, (30, 15, 250, 235), (280, 26, 700, 166), (50, 26, 700, 166), (724, 92, 936, 158),
        (280, 176, 700, 228), Sizes(46, 34, 24),
    ),
    "300x600": Layout(
        300, 600, (20, 186, 280, 446), (20, 24, 280, 176), (20, 60, 280, 440), (56, 532, 244, 576),
        (20, 456, 280, 520), Sizes(34, 30, 20), centred=True,
    ),
    "320x100": Layout(
        320, 100, (4, 4, 96, 96), (106, 8, 312, 58), (14, 8, 312, 58), (212, 64, 312, 92),
        (106, 58, 206, 98), Sizes(20, 18, 14),
    ),
    "1080x1080": Layout(
        1080, 1080, (230, 300, 850, 920), (70, 60, 1010, 280), (70, 110, 1010, 860), (620, 940, 1010, 1040),
        (70, 940, 600, 1040), Sizes(78, 66, 44),
    ),
    "1080x1920": Layout(
        1080, 1920, (190, 590, 890, 1290), (80, 250, 1000, 560), (80, 300, 1000, 1270), (280, 1480, 800, 1590),
        (80, 1310, 1000, 1460), Sizes(96, 84, 52), centred=True,
    ),
    "1200x628": Layout(
        1200, 628, (620, 34, 1180, 594), (60, 60, 600, 370), (60, 60, 1140, 370), (60, 490, 420, 572),
        (60, 385, 600, 470), Sizes(66, 56, 36),
    ),
}  # fmt: skip
FORMATS: Final = tuple(LAYOUTS)
"""All formats, as "WIDTHxHEIGHT"."""


def layout_of(format_: str) -> Layout:
    """The layout of a format; `Rejected` for a format in which no pictures are drawn."""
    layout = LAYOUTS.get(format_)
    if layout is None:
        raise Rejected("invalid", "format", format_, f"one of {', '.join(FORMATS)}")
    return layout


def size_of(format_: str) -> tuple[int, int]:
    """Width and height in pixels.

    >>> size_of("300x250")
    (300, 250)
    """
    match = _SIZE.fullmatch(format_)
    if match is None:
        raise Rejected("invalid", "format", format_, 'a size like "300x250"')
    return int(match[1]), int(match[2])


_SIZE = re.compile(r"([1-9][0-9]{1,3})x([1-9][0-9]{1,3})")

"""The formats in which pictures are drawn, and the layout of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.common.errors import Rejected

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions of a picture's parts, in pixels."""

    width: int
    height: int
    art: Box  # square
    headline: Box
    headline_size: int  # largest font size
    button: Box
    price: Box | None  # None: the format is too small for a price
    centred: bool = False


LAYOUTS: Final[Mapping[str, Layout]] = {
    "300x250": Layout(300, 250, (140, 47, 296, 203), (16, 18, 138, 150), 21, (16, 204, 126, 234), (16, 156, 126, 192)),
    "728x90": Layout(728, 90, (14, 3, 98, 87), (116, 10, 480, 80), 25, (586, 26, 712, 64), (488, 24, 578, 66)),
    "320x50": Layout(320, 50, (4, 2, 50, 48), (58, 5, 222, 45), 15, (230, 11, 312, 39), None),
    "160x600": Layout(
        160, 600, (6, 232, 154, 380), (14, 26, 146, 214), 25, (20, 536, 140, 572), (20, 440, 140, 490), centred=True
    ),
}
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

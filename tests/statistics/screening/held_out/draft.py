"""A banner before it is drawn: what stands where, in which type and colours. Nouns and measures; pure."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from PIL import ImageFont

from services.composer.brand_kit import BrandKit
from tests.statistics.screening.held_out.rows import Row

RGB = tuple[int, int, int]
Area = tuple[float, float, float, float]  # left, top, right, bottom in pixels


@dataclass(frozen=True, slots=True)
class Face:
    """A font's file, and its weight where it is variable."""

    file: Path
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Fill:
    """An area of one colour, or of two that run into each other from left to right."""

    role: str
    area: Area
    colour: RGB
    other: RGB | None = None
    radius: float = 0.0


@dataclass(frozen=True, slots=True)
class Picture:
    """An area filled by a picture, cut to fit."""

    role: str
    area: Area
    file: Path
    shade: float = 0.0  # of black over it


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of text, in the middle of their area's height."""

    role: str
    area: Area
    lines: tuple[str, ...]
    px: float
    colour: RGB
    behind: RGB  # the colour that it was chosen for
    face: Face
    centred: bool = False
    struck: bool = False


Item = Fill | Picture | Text


@dataclass(frozen=True, slots=True)
class Draft:
    """A banner and the ad that it belongs to."""

    row: Row
    size: tuple[int, int]
    kit: BrandKit
    items: tuple[Item, ...]
    headline: str
    body: str
    button: str

    def with_items(self, items: Iterable[Item]) -> Draft:
        """The same with other items."""
        return replace(self, items=tuple(items))

    @property
    def shows_photo(self) -> bool:
        """Whether there is a photo in it."""
        return any(isinstance(item, Picture) for item in self.items)

    def text(self, role: str) -> Text | None:
        """Its text of a role."""
        return next((item for item in self.items if isinstance(item, Text) and item.role == role), None)


def light(colour: RGB) -> float:
    """WCAG's relative luminance."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: RGB, other: RGB) -> float:
    """WCAG's contrast, 1 to 21."""
    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def of_hsv(hue: float, saturation: float, value: float) -> RGB:
    """The colour; `hue` in turns."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def mixed(one: RGB, other: RGB, share: float) -> RGB:
    """`share` of the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def fitted(  # noqa: PLR0913, PLR0917 - a text, its type, and the room that it has
    text: str, face: Face, area: Area, most: float, least: float, lines: int = 3
) -> tuple[tuple[str, ...], float]:
    """The lines and the largest size in which the text stands in its area; () where it does not fit."""
    px = most
    while px >= least:
        broken = _broken(text, face, px, (area[2] - area[0]) * 0.96)
        if broken and len(broken) <= lines and len(broken) * px * 1.2 <= area[3] - area[1]:
            return tuple(broken), px
        px *= 0.93
    return (), 0.0


def _broken(text: str, face: Face, px: float, width: float) -> list[str]:
    spaced = not any("\u4e00" <= letter <= "\u9fff" for letter in text)
    parts = text.split() if spaced else list(text)
    lines = [""]
    for part in parts:
        longer = f"{lines[-1]} {part}".strip() if spaced else lines[-1] + part
        if width_of(longer, face, px) <= width:
            lines[-1] = longer
        elif width_of(part, face, px) > width:
            return []
        else:
            lines.append(part)
    return lines


def width_of(text: str, face: Face, px: float) -> float:
    """Pixels."""
    return font_of(face, 100).getlength(text) * px / 100


@lru_cache(maxsize=512)
def font_of(face: Face, px: int) -> ImageFont.FreeTypeFont:
    """The font in a size."""
    font = ImageFont.truetype(str(face.file), px)
    if face.weight:
        axes = font.get_variation_axes()
        values: list[float] = [
            face.weight if b"eight" in bytes(axis["name"] or b"") else float(axis["default"] or 0) for axis in axes
        ]
        font.set_variation_by_axes(values)
    return font


def taken_by(item: Item) -> Area:
    """The part of its area that it covers."""
    if not isinstance(item, Text):
        return item.area
    left, top, right, bottom = item.area
    wide = max(width_of(line, item.face, item.px) for line in item.lines)
    tall = len(item.lines) * item.px * 1.2
    start = left + (right - left - wide) / 2 if item.centred else left
    return start, (top + bottom - tall) / 2, start + wide, (top + bottom + tall) / 2


def rows_of(area: Area, shares: Iterable[float], gap: float) -> Iterator[Area]:
    """An area parted from top to bottom."""
    left, top, right, bottom = area
    parts = list(shares)
    edges = [top + (bottom - top) * sum(parts[:n]) / sum(parts) for n in range(len(parts) + 1)]
    for upper, lower in pairwise(edges):
        yield left, upper + gap / 2, right, lower - gap / 2


def unit_of(size: tuple[int, int]) -> float:
    """A measure for margins and type."""
    return math.sqrt(size[0] * size[1]) / 100

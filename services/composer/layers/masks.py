"""Shapes as smooth masks, cached by size: drawn larger and made smaller."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw

_SMOOTH: Final = 3
_LARGE: Final = 500_000  # pixels, from where two are enough
_ROUND: Final = 0.085  # of the shorter side
_RING: Final = 0.045
_SLANT: Final = 0.28
_BLOB: Final = ((2, 0.07, 0.6), (3, 0.05, 2.1))  # waves around a circle: how many, how high, from where
_POINTS: Final = 120


@lru_cache(maxsize=256)
def shape_mask(shape: str, width: int, height: int) -> Image.Image:
    """The shape in a picture of that size, "L"; nobody may change it."""
    smooth = 2 if width * height > _LARGE else _SMOOTH
    mask = Image.new("L", (width * smooth, height * smooth), 0)
    _DRAWN[shape](ImageDraw.Draw(mask), width * smooth, height * smooth)
    return mask.resize((width, height), Image.Resampling.BOX)


@lru_cache(maxsize=256)
def rounded_mask(width: int, height: int, radius: int) -> Image.Image:
    """A rectangle with round corners."""
    mask = Image.new("L", (width * _SMOOTH, height * _SMOOTH), 0)
    box = (0, 0, width * _SMOOTH - 1, height * _SMOOTH - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius=radius * _SMOOTH, fill=255)
    return mask.resize((width, height), Image.Resampling.BOX)


@lru_cache(maxsize=128)
def outline_mask(width: int, height: int, radius: int, line: int) -> Image.Image:
    """Its outline."""
    mask = Image.new("L", (width * _SMOOTH, height * _SMOOTH), 0)
    box = (0, 0, width * _SMOOTH - 1, height * _SMOOTH - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius=radius * _SMOOTH, outline=255, width=line * _SMOOTH)
    return mask.resize((width, height), Image.Resampling.BOX)


def _rect(pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    pen.rectangle((0, 0, width, height), fill=255)


def _round(pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    pen.rounded_rectangle((0, 0, width - 1, height - 1), radius=_ROUND * min(width, height), fill=255)


def _circle(pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    _disc_of(pen, width, height, min(width, height))


def _disc(pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    _disc_of(pen, width, height, max(width, height))


def _disc_of(pen: ImageDraw.ImageDraw, width: int, height: int, side: int) -> None:
    left, top = (width - side) / 2, (height - side) / 2
    pen.ellipse((left, top, left + side - 1, top + side - 1), fill=255)


def _arch(pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    side = min(width, 2 * height)
    left = (width - side) / 2
    pen.ellipse((left, 0, left + side - 1, side - 1), fill=255)
    pen.rectangle((left, side / 2, left + side - 1, height), fill=255)


def _blob(pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    points = []
    for number in range(_POINTS):
        angle = 2 * math.pi * number / _POINTS
        reach = 0.88 + sum(high * math.sin(waves * angle + start) for waves, high, start in _BLOB)
        points.append((width / 2 * (1 + reach * math.cos(angle)), height / 2 * (1 + reach * math.sin(angle))))
    pen.polygon(points, fill=255)


def _slope(pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    """A field whose left edge slants."""
    pen.polygon(((min(width, height) * _SLANT, 0), (width, 0), (width, height), (0, height)), fill=255)


def _ramp(pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    """A field whose upper edge slants."""
    pen.polygon(((0, width * _SLANT), (width, 0), (width, height), (0, height)), fill=255)


def _ring(pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    pen.ellipse((left, top, left + side - 1, top + side - 1), outline=255, width=max(1, round(side * _RING)))


_DRAWN: Final[Mapping[str, Callable[[ImageDraw.ImageDraw, int, int], None]]] = {
    "rect": _rect, "round": _round, "circle": _circle, "disc": _disc, "arch": _arch, "blob": _blob,
    "slope": _slope, "ramp": _ramp, "ring": _ring,
}  # fmt: skip

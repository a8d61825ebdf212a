"""Texts on whatever lies behind them: in a colour that can be read there, measured on the pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from services.composer.composition import Placed
from services.composer.drawing.palette import INK, LEAST_CONTRAST, PAPER, Colour, contrast
from services.composer.drawing.schemes import Palette
from services.composer.formats import Box
from services.composer.layers.masks import rounded_mask
from services.composer.layout.blocks import Written
from services.composer.type.typefaces import font

_AROUND: Final = 1  # pixels of the ground around the ink that count as behind it
_SCRIMS: Final = (0.55, 0.75, 0.9, 1.0)  # how dense, one after another
_STRIKE: Final = (0.30, 14)  # height of the line above the baseline in sizes, and its thickness as a part of one
_UNDERLINE: Final = (0.34, 14)


def lines_of(one: Written) -> Iterator[tuple[float, float, str]]:
    """Where each line begins on its baseline."""
    setting = one.setting
    left, top, right, _ = one.rect
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[one.align]
    for number, line in enumerate(setting.lines):
        slack = right - left - setting.width(line)
        yield left + slack * share, top + setting.face.rise * setting.size + number * setting.leading, line


def ink_box(one: Written) -> Box:
    """The box of a text's ink, in whole pixels around it."""
    face, features = font(one.setting.face, one.setting.size), list(one.setting.face.features)
    boxes = []
    for x, y, line in lines_of(one):
        for along, run in one.setting.runs(line):
            left, top, right, bottom = face.getbbox(run, anchor="ls", features=features)
            boxes.append((x + along + left, y + top, x + along + right, y + bottom))
    edges = list(zip(*boxes, strict=True))
    return int(min(edges[0])), int(min(edges[1])), int(max(edges[2])) + 1, int(max(edges[3])) + 1


def paint_texts(picture: Image.Image, texts: Sequence[Written], palette: Palette) -> dict[str, Placed]:
    """The texts by name, each in its colour or in the first one that can be read; on a scrim where none can.

    All scrims are laid before the first letter, so that none covers another text.
    """
    for one in texts:
        around = _around(ink_box(one), picture.size)
        if readable_on(picture.crop(around), getattr(palette, one.ink), palette)[1] < LEAST_CONTRAST:
            _lay_scrim(picture, around, one, palette)
    measured = [(one, *_readable_there(picture, one, palette)) for one in texts]
    pen = ImageDraw.Draw(picture)
    for one, colour, _ in measured:
        write(pen, one, colour)
    return {
        one.name: Placed(one.text, ink_box(one), colour, one.setting.size, one.setting.lines, round(least, 2))
        for one, colour, least in measured
    }


def _readable_there(picture: Image.Image, one: Written, palette: Palette) -> tuple[Colour, float]:
    return readable_on(picture.crop(_around(ink_box(one), picture.size)), getattr(palette, one.ink), palette)


def _around(box: Box, size: tuple[int, int]) -> Box:
    return _held((box[0] - _AROUND, box[1] - _AROUND, box[2] + _AROUND, box[3] + _AROUND), size)


def write(pen: ImageDraw.ImageDraw, one: Written, colour: Colour) -> None:
    """The text in one colour, with its lines."""
    size = one.setting.size
    face, features = font(one.setting.face, size), list(one.setting.face.features)
    for x, y, line in lines_of(one):
        for along, run in one.setting.runs(line):
            pen.text((x + along, y), run, font=face, fill=colour, anchor="ls", features=features)
        width = one.setting.width(line)
        if one.struck:
            pen.line(
                (x - 1, y - _STRIKE[0] * size, x + width, y - _STRIKE[0] * size),
                colour,
                max(1, round(size / _STRIKE[1])),
            )
        if one.underlined:
            below = round(y + _UNDERLINE[0] * size)
            pen.line((x, below, x + width, below), colour, max(1, round(size / _UNDERLINE[1])))


def readable_on(ground: Image.Image, wanted: Colour, palette: Palette) -> tuple[Colour, float]:
    """The wanted colour, else the first of the palette's that can be read on these pixels; with its least contrast."""
    darkest, lightest = _extremes(ground)
    choices = (wanted, palette.ink, palette.on_panel, palette.on_deep, palette.on_accent, INK, PAPER)
    found = [(colour, min(contrast(colour, darkest), contrast(colour, lightest))) for colour in choices]
    between = [(c, least if _outside(c, darkest, lightest) else 1.0) for c, least in found]
    return next((pair for pair in between if pair[1] >= LEAST_CONTRAST), max(between, key=lambda pair: pair[1]))


def _outside(colour: Colour, darkest: Colour, lightest: Colour) -> bool:
    """Whether the colour is darker or lighter than all of the ground."""
    at, low, high = (contrast(one, (0, 0, 0)) for one in (colour, darkest, lightest))
    return at <= low or at >= high


def _extremes(ground: Image.Image) -> tuple[Colour, Colour]:
    """A darkest and a lightest pixel."""
    pixels = np.asarray(ground).reshape(-1, 3)
    if (pixels == pixels[0]).all():
        return _colour(pixels[0]), _colour(pixels[0])
    light = _LIGHT[0][pixels[:, 0]] + _LIGHT[1][pixels[:, 1]] + _LIGHT[2][pixels[:, 2]]
    return _colour(pixels[int(light.argmin())]), _colour(pixels[int(light.argmax())])


def _colour(pixel: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> Colour:
    return int(pixel[0]), int(pixel[1]), int(pixel[2])


def _lay_scrim(picture: Image.Image, around: Box, one: Written, palette: Palette) -> None:
    """Lays a soft veil of the ground's colour behind the text, as dense as it must be."""
    before = picture.crop(around)
    wanted = getattr(palette, one.ink)
    veil = max((palette.ground, palette.panel, palette.deep, INK, PAPER), key=lambda ground: contrast(ground, wanted))
    pad = max(2, round(one.setting.size * 0.3))
    wide = _held((around[0] - pad, around[1] - pad, around[2] + pad, around[3] + pad), picture.size)
    mask = rounded_mask(wide[2] - wide[0], wide[3] - wide[1], pad)
    behind = picture.crop(wide)
    for density in _SCRIMS:
        dense = mask.point([round(level * density) for level in range(256)])
        veiled = Image.composite(Image.new("RGB", behind.size, veil), behind, dense)
        picture.paste(veiled, wide[:2])
        if readable_on(picture.crop(around), wanted, palette)[1] >= LEAST_CONTRAST:
            return
    picture.paste(before, around[:2])


def _held(box: Box, size: tuple[int, int]) -> Box:
    """The box, no larger than the picture."""
    left, top = min(max(0, box[0]), size[0] - 1), min(max(0, box[1]), size[1] - 1)
    return left, top, max(left + 1, min(box[2], size[0])), max(top + 1, min(box[3], size[1]))


_LEVELS: Final = np.arange(256) / 255
_LINEAR: Final = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)
_LIGHT: Final = np.array([0.2126 * _LINEAR, 0.7152 * _LINEAR, 0.0722 * _LINEAR], dtype=np.float32)
"""The light of each level of red, green and blue (WCAG 2.2)."""

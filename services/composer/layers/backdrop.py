"""Backdrops: what fills the whole picture. Quiet on purpose: whatever they show, texts can be read on them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from services.composer.drawing.oklch import lch_of, of_lch
from services.composer.drawing.palette import Colour, mixed
from services.composer.drawing.schemes import Palette
from services.composer.textures.tiles import TILES, texture

_SEED: Final = 20_261  # of scattered shapes and grain: the same in all pictures
_SMOOTH: Final = 2
_DARK: Final = 0.5  # lightness
_MIDDLE: Final = 0.4  # above it there is little room for light under white texts
_GRAIN: Final = 5.0  # levels of 255, one standard deviation
_SHADES: Final = (-0.055, 0.0)  # of a texture, from the ground's lightness: none is lighter under white texts
_SHADES_OF_DARK: Final = (-0.025, 0.035)  # around it: a darker one alone is not seen, a lighter one alone is no night
_TILE: Final = 256  # pixels of a grain that repeats


@lru_cache(maxsize=48)
def backdrop(name: str, palette: Palette, size: tuple[int, int]) -> Image.Image:
    """The backdrop, RGB; nobody may change it."""
    return _PAINTED[name](palette, size)


def shifted(colour: Colour, step: float) -> Colour:
    """The colour a step lighter where it is dark and darker where it is light, of the same hue."""
    lightness, chroma, hue = lch_of(colour)
    up = step if lightness < _DARK else -step
    return of_lch(min(max(lightness + up, 0.05), 0.99), chroma * 1.12, hue)


def _plain(palette: Palette, size: tuple[int, int]) -> Image.Image:
    return Image.new("RGB", size, palette.ground)


def _gradient(palette: Palette, size: tuple[int, int]) -> Image.Image:
    """From one corner to the other, to a neighbouring hue."""
    lightness, chroma, hue = lch_of(palette.ground)
    step = 0.055 if lightness < _DARK else -0.06
    end = of_lch(min(lightness + step, 0.99), chroma * 1.35, hue + 14)
    ramp = Image.linear_gradient("L").rotate(-35, Image.Resampling.BICUBIC, expand=False, fillcolor=None)
    crop = ramp.crop((48, 48, 208, 208)).resize(size, Image.Resampling.BICUBIC)
    return ImageOps.colorize(ImageOps.autocontrast(crop), palette.ground, end)


def _glow(palette: Palette, size: tuple[int, int]) -> Image.Image:
    """Light in the middle."""
    lightness, chroma, hue = lch_of(palette.ground)
    if _MIDDLE < lightness < lch_of(palette.ink)[0]:  # white texts would not be read on more light
        light, dark = palette.ground, of_lch(lightness - 0.09, chroma, hue)
    elif lightness >= _DARK:
        light, dark = of_lch(min(lightness + 0.05, 0.99), chroma * 1.1, hue + 8), shifted(palette.ground, 0.03)
    else:
        light, dark = of_lch(lightness + 0.13, chroma * 1.1, hue + 8), of_lch(lightness - 0.05, chroma, hue)
    radial = Image.radial_gradient("L").resize(size, Image.Resampling.BICUBIC)
    return ImageOps.colorize(radial, light, dark)


def _dots(palette: Palette, size: tuple[int, int]) -> Image.Image:
    step = _step(size, 0.062)

    def paint(pen: ImageDraw.ImageDraw, width: int, height: int, smooth: int) -> None:
        radius, wide = step * smooth * 0.16, step * smooth
        for row in range(height // wide + 2):
            for column in range(width // wide + 2):
                x, y = (column + (row % 2) / 2) * wide, row * wide
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shifted(palette.ground, 0.05))

    return _drawn(palette, size, paint)


def _stripes(palette: Palette, size: tuple[int, int]) -> Image.Image:
    step = _step(size, 0.11)

    def paint(pen: ImageDraw.ImageDraw, width: int, height: int, smooth: int) -> None:
        wide = step * smooth
        for left in range(-height - wide, width + wide, 2 * wide):
            stripe = ((left, height), (left + wide, height), (left + wide + height, 0), (left + height, 0))
            pen.polygon(stripe, fill=shifted(palette.ground, 0.028))

    return _drawn(palette, size, paint)


def _waves(palette: Palette, size: tuple[int, int]) -> Image.Image:
    def paint(pen: ImageDraw.ImageDraw, width: int, height: int, smooth: int) -> None:
        for number, (level, high) in enumerate(((0.66, 0.06), (0.80, 0.05), (0.92, 0.04))):
            xs = [width * part / 40 for part in range(41)]
            reach = min(width, height) * high * 1.6
            points = [(x, height * level + reach * math.sin(2 * math.pi * x / width * 1.1 + number * 2.0)) for x in xs]
            pen.polygon([(0, height), *points, (width, height)], fill=shifted(palette.ground, 0.022 * (number + 1)))

    return _drawn(palette, size, paint)


def _confetti(palette: Palette, size: tuple[int, int]) -> Image.Image:
    """Small shapes, thicker towards the edges."""
    step = _step(size, 0.13)
    colours = (shifted(palette.ground, 0.06), mixed(palette.ground, palette.accent, 0.16), palette.panel)

    def paint(pen: ImageDraw.ImageDraw, width: int, height: int, smooth: int) -> None:
        chance = np.random.RandomState(_SEED)  # its stream is frozen
        wide = step * smooth
        for row in range(height // wide + 1):
            for column in range(width // wide + 1):
                dx, dy, turn = chance.random_sample(3)
                x, y, colour = (column + dx) * wide, (row + dy) * wide, colours[(row + 2 * column) % 3]
                _piece(pen, (x, y, wide * 0.15, turn * math.pi), (row + column) % 3, colour)

    return _drawn(palette, size, paint)


def _piece(pen: ImageDraw.ImageDraw, at: tuple[float, float, float, float], kind: int, colour: Colour) -> None:
    x, y, radius, turn = at
    across, down = radius * math.cos(turn), radius * math.sin(turn)
    if kind == 0:
        pen.ellipse((x - radius * 0.6, y - radius * 0.6, x + radius * 0.6, y + radius * 0.6), fill=colour)
    elif kind == 1:
        pen.line((x - across, y - down, x + across, y + down), fill=colour, width=max(1, round(radius * 0.55)))
    else:
        pen.polygon(((x + across, y + down), (x - down, y + across), (x + down, y - across)), fill=colour)


def _grain(palette: Palette, size: tuple[int, int]) -> Image.Image:
    """Paper: a gradient of light with fine grain."""
    light = np.asarray(_gradient(palette, size), dtype=np.int16)
    return Image.fromarray(np.clip(light + _noise(size)[:, :, None], 0, 255).astype(np.uint8))


def _rays(palette: Palette, size: tuple[int, int]) -> Image.Image:
    def paint(pen: ImageDraw.ImageDraw, width: int, height: int, smooth: int) -> None:
        reach, x, y = width + height, width * 0.62, height * 0.55
        for number in range(0, 32, 2):
            a, b = (2 * math.pi * (number + half) / 32 for half in (0, 1))
            ends = (
                (x + reach * math.cos(a), y + reach * math.sin(a)),
                (x + reach * math.cos(b), y + reach * math.sin(b)),
            )
            pen.polygon(((x, y), *ends), fill=shifted(palette.ground, 0.035))

    return _drawn(palette, size, paint)


def _grid(palette: Palette, size: tuple[int, int]) -> Image.Image:
    step = _step(size, 0.1)
    picture = Image.new("RGB", size, palette.ground)
    pen, colour, line = ImageDraw.Draw(picture), shifted(palette.ground, 0.03), max(1, step // 40)
    for x in range(step // 2, size[0], step):
        pen.line((x, 0, x, size[1]), fill=colour, width=line)
    for y in range(step // 2, size[1], step):
        pen.line((0, y, size[0], y), fill=colour, width=line)
    return picture


def _arcs(palette: Palette, size: tuple[int, int]) -> Image.Image:
    """Rings around a corner."""

    def paint(pen: ImageDraw.ImageDraw, width: int, height: int, smooth: int) -> None:
        step = max(width, height) / 9
        for number in range(9, 0, -1):
            colour = shifted(palette.ground, 0.026) if number % 2 else palette.ground
            radius = number * step
            pen.ellipse((width - radius, height - radius, width + radius, height + radius), fill=colour)

    return _drawn(palette, size, paint)


def _textured(tile: str) -> Callable[[Palette, tuple[int, int]], Image.Image]:
    """A stylised texture in two shades of the ground."""

    def paint(palette: Palette, size: tuple[int, int]) -> Image.Image:
        lightness, chroma, hue = lch_of(palette.ground)
        around = _SHADES_OF_DARK if lightness < _MIDDLE else _SHADES
        dark, light = (of_lch(min(lightness + step, 0.99), chroma * (1 - 4 * step), hue) for step in around)
        return ImageOps.colorize(texture(tile, size), dark, light)

    return paint


Paint = Callable[[ImageDraw.ImageDraw, int, int, int], None]


def _drawn(palette: Palette, size: tuple[int, int], paint: Paint) -> Image.Image:
    """What is painted on the ground, smoothed."""
    large = Image.new("RGB", (size[0] * _SMOOTH, size[1] * _SMOOTH), palette.ground)
    paint(ImageDraw.Draw(large), *large.size, _SMOOTH)
    return large.reduce(_SMOOTH)


@lru_cache(maxsize=16)
def _noise(size: tuple[int, int]) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    tile = np.random.RandomState(_SEED).normal(0, _GRAIN / 2, (_TILE, _TILE)).round().astype(np.int16)
    width, height = size
    return np.tile(tile, (height // _TILE + 1, width // _TILE + 1))[:height, :width]


def _step(size: tuple[int, int], share: float) -> int:
    return max(8, round(math.sqrt(size[0] * size[1]) * share))


_PAINTED: Final[Mapping[str, Callable[[Palette, tuple[int, int]], Image.Image]]] = {
    "plain": _plain, "gradient": _gradient, "glow": _glow, "dots": _dots, "stripes": _stripes, "waves": _waves,
    "confetti": _confetti, "grain": _grain, "rays": _rays, "grid": _grid, "arcs": _arcs,
    **{name: _textured(name) for name in TILES},
}  # fmt: skip

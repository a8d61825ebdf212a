"""Mugs: thrown and glazed, dipped twice, fluted, or of enamelled steel."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import Canvas, Finish, Floats, Normals, blur, bumped, normals_of, smooth
from services.composer.illustrations.shapes import Round, band, ellipse, puffed, turned
from services.composer.illustrations.textures import (
    blended,
    cloudy,
    colour_of,
    grain,
    linear,
    noise,
    shaded,
    speckles,
    wave,
)

DESIGNS = ("plain", "speckled", "dipped", "enamel", "fluted")
_TILT = 0.17
_CENTRE = 43.0
_TOP = 22.0
_CLAY = linear((176, 142, 110))
_IRON = linear((70, 52, 40))
_CREAM = linear((232, 224, 206))
_BLUE = linear((38, 62, 110))
_GLAZE = Finish(gloss=0.16, sharp=46, window=0.42)


def draw(canvas: Canvas, design: str, colour_hex: str) -> None:
    """A mug with its handle at the right."""
    colour = colour_of(colour_hex)
    steel = design == "enamel"
    profile = ((_TOP, 29.0), (40, 29.0), (66, 28.6), (78, 27.2), (83, 24.0)) if steel else _thrown(design)
    body = turned(canvas, profile, _CENTRE, _TILT)
    surface, relief = _skin(canvas, design, colour, body)
    _handle(canvas, surface, design, colour)
    canvas.paint(body.mask, surface, bumped(canvas, body.normals, relief), _GLAZE)
    _inside(canvas, design, colour)


def _thrown(design: str) -> tuple[tuple[float, float], ...]:
    if design == "fluted":
        return ((_TOP, 30.0), (40, 29.0), (60, 26.5), (76, 22.5), (82, 19.5), (84, 19))
    return ((_TOP, 28.6), (34, 28.2), (56, 29.2), (72, 28.6), (80, 25.5), (83, 22.6), (85, 22.2))


def _skin(canvas: Canvas, design: str, colour: Floats, body: Round) -> tuple[Floats, Floats]:
    """Colour and relief of the outside."""
    along = body.along
    tone = 1 + 0.03 * cloudy(canvas, 14, seed=4)
    relief = 0.05 * noise(canvas, 60, 3.2, seed=8) + 0.012 * cloudy(canvas, 5, seed=2)
    if design == "enamel":
        edge = smooth(_TOP + 1.7, _TOP + 1.3, along)
        return blended(colour, _BLUE, edge), 0.008 * cloudy(canvas, 9)
    surface = shaded(colour, tone)
    if design == "fluted":
        flutes = wave(body.around * 11) * smooth(_TOP + 4, _TOP + 9, along)
        return shaded(colour, tone * (0.97 + 0.05 * flutes)), 0.42 * flutes
    if design == "speckled":
        dots = np.maximum(speckles(canvas, 0.9, 2.0), speckles(canvas, 0.55, 2.25, seed=9))
        surface = blended(surface, _IRON, 0.85 * dots)
    if design == "dipped":
        line = 44 + 2.2 * noise(canvas, 16, 100, seed=6) + 1.2 * noise(canvas, 5, 100, seed=7)
        runs = smooth(-4.5, 4.5, along - line)
        pale = 0.62 * _CREAM + 0.38 * colour
        breaking = np.exp(-(((along - line) / 3.2) ** 2))
        surface = blended(shaded(pale, tone), colour * 0.9, runs)
        surface = blended(surface, np.sqrt(colour) * 0.55, 0.45 * breaking * np.clip(1 + noise(canvas, 2, 7), 0, 1.4))
    foot = smooth(79.4, 80.2, along + 0.4 * noise(canvas, 12, 100, seed=3))
    bare = shaded(_CLAY, 1 + 0.08 * grain(canvas))
    surface = np.asarray(surface + (bare - surface) * foot[..., None], dtype=np.float32)
    return surface, np.asarray(relief + 0.06 * (1 - foot), dtype=np.float32)


def _inside(canvas: Canvas, design: str, colour: Floats) -> None:
    """The opening: a rim with its thickness, and the wall behind it in shade."""
    radius = {"enamel": 29.0, "fluted": 30.0}.get(design, 28.6)
    thick = 0.7 if design == "enamel" else 1.5
    wall = {"enamel": colour, "dipped": 0.62 * _CREAM + 0.38 * colour}.get(design, colour)
    rim = _BLUE if design == "enamel" else wall
    outer = ellipse(canvas, (_CENTRE, _TOP), (radius, radius * _TILT))
    up = normals_of(canvas, puffed(canvas, outer, 0.8, 0.35))
    canvas.paint(outer, rim, Normals(up.x, up.y - 0.35, up.z), _GLAZE)
    hole = ellipse(canvas, (_CENTRE, _TOP + 0.12), (radius - thick, (radius - thick * 1.1) * _TILT - 0.25))
    across = np.clip((canvas.x - _CENTRE) / radius, -1, 1)
    facing = Normals(-across * 0.8, np.full_like(across, 0.15), np.sqrt(1 - (across * 0.8) ** 2))
    canvas.paint(hole, wall * 0.62, facing, Finish(gloss=0.05, sharp=30, window=0.0))
    deep = hole * (0.30 + 0.5 * smooth(_TOP - 5, _TOP + 4.5, canvas.y)) * (0.6 + 0.4 * smooth(0.4, -0.9, across))
    canvas.darken(np.clip(deep, 0, 0.8))


def _handle(canvas: Canvas, surface: Floats, design: str, colour: Floats) -> None:
    wide = 3.0 if design == "enamel" else 5.4
    line = ((69.5, 35.5), (76, 33.0), (84.5, 35.6), (88.6, 45), (86.5, 56), (79, 64.5), (69.5, 69.5))
    if design == "fluted":
        line = ((70, 34), (77, 30.5), (85, 33), (88, 42), (84, 52), (76, 59.5), (67.0, 63))
    mask = band(canvas, line, wide)
    relief = puffed(canvas, mask, wide * 0.42, wide * 0.40)
    own = colour if design in ("enamel", "fluted") else _beside(surface, colour, design)
    canvas.paint(mask, own, normals_of(canvas, relief), _GLAZE)
    near = smooth(76, 70, canvas.x) * mask
    canvas.darken(0.35 * blur(canvas, near, 1.5) * mask)


def _beside(surface: Floats, colour: Floats, design: str) -> Floats:
    """The glaze of the body goes on over the handle, height by height."""
    return colour * 0.95 if design == "plain" else surface

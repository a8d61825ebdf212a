"""Bottles: insulated steel, steel under bamboo, a trail bottle with a loop, and a flask with a cup."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import Canvas, Finish, Floats, bumped, normals_of, smooth
from services.composer.illustrations.shapes import Points, Round, band, puffed, turned
from services.composer.illustrations.textures import blended, colour_of, grain, linear, noise, shaded, wave, wood

DESIGNS = ("insulated", "bamboo", "trail", "flask")
_TILT = 0.13
_STEEL = linear((196, 198, 200))
_DARK = linear((44, 46, 50))
_BAMBOO = linear((204, 164, 106))
_METAL = Finish(gloss=0.25, sharp=60, metal=0.85)
_COAT = Finish(gloss=0.10, sharp=14, window=0.10)
_PLASTIC = Finish(gloss=0.14, sharp=30, window=0.16)


def draw(canvas: Canvas, design: str, colour_hex: str) -> None:
    """A bottle that stands upright."""
    colour = colour_of(colour_hex)
    {"insulated": _insulated, "bamboo": _bamboo, "trail": _trail, "flask": _flask}[design](canvas, colour)


def _part(canvas: Canvas, profile: Points, colour: Floats, finish: Finish, relief: Floats | None = None) -> Round:
    """One turned piece; what is above it throws a shadow on it."""
    body = turned(canvas, profile, 50.0, _TILT)
    facing = body.normals if relief is None else bumped(canvas, body.normals, relief)
    canvas.paint(body.mask, colour, facing, finish)
    return body


def _shade_below(canvas: Canvas, body: Round, at: float, long: float = 3.0) -> None:
    canvas.darken(0.45 * body.mask * smooth(at + long, at, body.along) * (body.along > at - 0.2))


def _insulated(canvas: Canvas, colour: Floats) -> None:
    powder = 0.007 * grain(canvas, 4)
    profile = ((22, 8.2), (25, 8.4), (29, 10.6), (34, 14.6), (40, 16), (60, 16), (88, 16), (93, 15.6), (95, 14.6))
    body = _part(canvas, profile, shaded(colour, 1 + 0.02 * grain(canvas, 9)), _COAT, powder)
    _part(canvas, ((91.6, 15.7), (93.5, 15.7), (95.6, 14.8), (96.4, 14.2)), _STEEL, _METAL)
    _shade_below(canvas, body, 22.4)
    _part(canvas, ((19.6, 8.3), (21, 8.4), (22.4, 8.4)), _STEEL, _METAL)
    ridges = 0.16 * wave(turned(canvas, ((9, 8.8), (19, 8.8)), 50, _TILT).around * 17)
    _part(canvas, ((8.2, 7.6), (9.2, 8.8), (12, 9.1), (19.2, 9.1), (20, 8.9)), _DARK, _PLASTIC, ridges)
    _cap_top(canvas, 8.2, 7.7, _DARK)
    loop = band(canvas, ((43.6, 9.6), (44.4, 4.6), (50, 3.2), (55.6, 4.6), (56.4, 9.6)), 2.2)
    canvas.paint(loop, _DARK, normals_of(canvas, puffed(canvas, loop, 1.0)), _PLASTIC, lift=0.5)


def _cap_top(canvas: Canvas, y: float, radius: float, colour: Floats) -> None:
    top = turned(canvas, ((y - 0.3, radius), (y + 0.1, radius)), 50.0, _TILT)
    away = np.hypot((canvas.x - 50) / radius, (canvas.y - y) / (radius * _TILT))
    mask = np.clip((1 - away) * radius * _TILT * canvas.unit + 0.5, 0, 1).astype(np.float32)
    up = np.zeros_like(mask)
    canvas.paint(mask, colour, type(top.normals)(up, up - 0.72, up + 0.69), _PLASTIC)


def _bamboo(canvas: Canvas, colour: Floats) -> None:
    brushed = 0.02 * noise(canvas, 40, 0.35, 5)
    profile = ((20, 9.0), (22.5, 9.2), (27, 11.8), (32, 14.0), (38, 14.6), (90, 14.6), (94, 13.8), (95.6, 12.4))
    finish = Finish(gloss=0.2, sharp=50, metal=0.72)
    body = _part(canvas, profile, shaded(colour, 1 + 0.03 * noise(canvas, 60, 0.4, 6)), finish, brushed)
    _shade_below(canvas, body, 20.4)
    _part(canvas, ((18.6, 8.8), (19.4, 9.0), (20.6, 9.0)), linear((228, 226, 220)), _PLASTIC)
    cap = turned(canvas, ((7.4, 8.8), (8.2, 9.4), (18, 9.6), (19, 9.5)), 50.0, _TILT)
    wooden = blended(_BAMBOO * 0.62, _BAMBOO, wood(canvas, cap.around * 16, canvas.y, 11))
    canvas.paint(cap.mask, wooden, cap.normals, Finish(gloss=0.05, sharp=20))
    _cap_top(canvas, 7.4, 9.0, _BAMBOO * 0.95)


def _trail(canvas: Canvas, colour: Floats) -> None:
    profile = ((19, 12.4), (22, 12.8), (26, 15.6), (30, 17), (44, 17), (48, 16), (55, 15.6), (60, 16.4), (66, 17),
               (90, 17), (94, 16), (95.6, 14.6))  # fmt: skip
    body = turned(canvas, profile, 50.0, _TILT)
    clear = np.clip(1.15 - 0.5 * np.abs(body.around) ** 3, 0, 2)
    level = 0.82 + 0.18 * smooth(38.5, 37.8, body.along)
    edge = 0.35 * np.exp(-(((np.abs(body.around) - 0.88) / 0.06) ** 2))
    surface = shaded(colour, clear * level * (1 - edge))
    canvas.paint(body.mask, surface, body.normals, Finish(gloss=0.22, sharp=60, window=0.36, glow=0.20))
    for number in range(7):
        mark = band(canvas, _arc(52 + number * 5.2, 16.6, -0.2, 0.12 if number % 2 else 0.25), 0.55)
        canvas.paint(mark * 0.75, linear((240, 240, 236)), body.normals)
    _shade_below(canvas, body, 19.2)
    lid = turned(canvas, ((7.2, 12.2), (8.4, 13.4), (18, 13.8), (19.4, 13.6)), 50.0, _TILT)
    loop = band(canvas, ((38, 17.5), (29.5, 15.5), (28.4, 9), (33, 4.6), (43, 4.8), (50, 6.6)), 2.4)
    canvas.paint(loop, _DARK, normals_of(canvas, puffed(canvas, loop, 1.1)), _PLASTIC)
    ridges = 0.2 * wave(lid.around * 15) * smooth(9, 10.5, lid.along)
    canvas.paint(lid.mask, _DARK, bumped(canvas, lid.normals, ridges), _PLASTIC)
    _cap_top(canvas, 7.2, 12.4, _DARK * 1.2)


def _arc(y: float, radius: float, start: float, end: float) -> list[tuple[float, float]]:
    """A piece of a circle around the body at a height, between two shares of its radius."""
    at = np.linspace(start, end, 5)
    return [(50 + radius * float(t), y + _TILT * radius * float(np.sqrt(1 - t * t))) for t in at]


def _flask(canvas: Canvas, colour: Floats) -> None:
    hammered = 0.10 * noise(canvas, 1.7, 1.7, 7) + 0.05 * noise(canvas, 0.9, 0.9, 8)
    handle = band(canvas, ((64, 44), (76, 43), (80.5, 50), (80.5, 72), (76, 80), (65, 80)), 4.2)
    canvas.paint(handle, _DARK, normals_of(canvas, puffed(canvas, handle, 1.8)), _PLASTIC)
    profile = ((30, 14), (33, 15.4), (38, 17.4), (42, 17.8), (88, 17.8), (91, 17.6))
    body = _part(canvas, profile, shaded(colour, 1 + 0.08 * noise(canvas, 2.0, 2.0, 7)),
                 Finish(gloss=0.16, sharp=22, window=0.14), hammered)  # fmt: skip
    _part(canvas, ((90, 17.9), (91, 18.2), (95, 18.2), (96, 17.6)), _STEEL, _METAL)
    strap = turned(canvas, ((42, 18.0), (44.8, 18.0)), 50.0, _TILT)
    canvas.paint(strap.mask, _STEEL, strap.normals, _METAL)
    _shade_below(canvas, body, 30.2)
    _part(canvas, ((27.6, 14.4), (28.6, 14.6), (30.6, 14.6)), _STEEL, _METAL)
    brushed = 0.015 * noise(canvas, 40, 0.35, 5)
    _part(
        canvas, ((6.4, 11.6), (7.6, 13.0), (11, 13.8), (22, 14.6), (27.4, 14.9), (28.4, 14.8)), _STEEL, _METAL, brushed
    )
    _cap_top(canvas, 6.5, 11.6, _STEEL * 0.9)

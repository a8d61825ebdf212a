"""Lamps: a foot of ceramic or wood under a shade of linen, an opal dome, an enamelled bell, a paper lantern."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import Canvas, Finish, Floats, Normals, blur, bumped, normals_of, smooth
from services.composer.illustrations.shapes import Points, Round, band, ellipse, puffed, turned
from services.composer.illustrations.textures import (
    blended,
    cloudy,
    colour_of,
    linear,
    noise,
    shaded,
    weave,
    wood,
)

DESIGNS = ("ceramic", "wood", "dome", "bell", "paper")
_TILT = 0.12
_LINEN = linear((236, 222, 196))
_WARM = np.array([1.0, 0.78, 0.48], dtype=np.float32)
_BRASS = linear((196, 152, 82))
_BLACK = linear((38, 38, 40))
_METAL = Finish(gloss=0.3, sharp=60, metal=0.85)
_GLAZE = Finish(gloss=0.16, sharp=46, window=0.40)
_BEECH = linear((206, 166, 116))


def draw(canvas: Canvas, design: str, colour_hex: str) -> None:
    """A lamp that is lit."""
    colour = colour_of(colour_hex)
    {"ceramic": _ceramic, "wood": _wooden, "dome": _dome, "bell": _bell, "paper": _paper}[design](canvas, colour)


def _part(canvas: Canvas, profile: Points, colour: Floats, finish: Finish, centre: float = 50.0) -> Round:
    body = turned(canvas, profile, centre, _TILT)
    canvas.paint(body.mask, colour, body.normals, finish)
    return body


def _ceramic(canvas: Canvas, colour: Floats) -> None:
    _cable(canvas)
    profile = ((52, 3.4), (55, 4.6), (59, 10), (66, 18), (74, 21.4), (82, 19), (88, 13), (91, 11), (92.4, 11.2))
    body = turned(canvas, profile, 50.0, _TILT)
    surface = shaded(colour, 1 + 0.06 * cloudy(canvas, 9, 3) + 0.05 * noise(canvas, 60, 3, 8))
    canvas.paint(body.mask, surface, bumped(canvas, body.normals, 0.05 * noise(canvas, 60, 2.6, 8)), _GLAZE)
    canvas.darken(0.5 * body.mask * smooth(70, 54, canvas.y))
    _part(canvas, ((46, 1.6), (52.6, 1.6)), _BRASS, _METAL)
    _shade(canvas, ((8, 19), (49.5, 29.5)), _LINEN)


def _wooden(canvas: Canvas, colour: Floats) -> None:
    _cable(canvas)
    profile = ((50, 2.6), (54, 3.2), (58, 6.4), (62, 7.6), (66, 6.2), (70, 4.6), (78, 5.4), (84, 8.6), (88, 15),
               (90, 17.4),
               (92.6, 17.8))  # fmt: skip
    body = turned(canvas, profile, 50.0, _TILT)
    streaks = wood(canvas, body.around * 9 + 20, canvas.y, 21)
    canvas.paint(body.mask, blended(colour * 0.52, colour * 1.1, streaks), body.normals, Finish(gloss=0.07, sharp=18))
    canvas.darken(0.45 * body.mask * smooth(64, 52, canvas.y))
    for y in (60, 67.4, 85):
        canvas.darken(0.28 * body.mask * np.exp(-(((body.along - y) / 0.35) ** 2)))
    _part(canvas, ((45, 1.5), (50.6, 1.5)), _BRASS, _METAL)
    _shade(canvas, ((9, 21), (48.5, 26)), linear((242, 236, 224)))


def _cable(canvas: Canvas) -> None:
    cord = band(canvas, ((56, 92), (70, 94.4), (80, 91.8), (90, 93), (97, 95.5)), 0.9)
    canvas.paint(cord, linear((92, 88, 84)), normals_of(canvas, puffed(canvas, cord, 0.45)))


def _shade(canvas: Canvas, profile: tuple[tuple[float, float], tuple[float, float]], cloth: Floats) -> None:
    """A drum of cloth, lit from within: brightest where the bulb is."""
    (top, narrow), (bottom, wide) = profile
    body = turned(canvas, ((top, narrow), ((top + bottom) / 2, (narrow + wide) / 2), (bottom, wide)), 50.0, _TILT)
    thread = (
        weave(body.around * 40 + 100, canvas.y + 100, 0.62)
        + 0.35 * noise(canvas, 8, 0.5, 3)
        + 0.35 * noise(canvas, 0.5, 8, 4)
    )
    bulb = np.exp(-(((canvas.x - 50) / 17) ** 2) - ((canvas.y - (top + 0.56 * (bottom - top))) / 17) ** 2)
    glow = (0.30 + 0.62 * bulb)[..., None] * (0.35 + 0.65 * _WARM)
    lit = np.asarray(cloth * (0.86 + 0.07 * thread)[..., None] * (0.62 + glow), dtype=np.float32)
    canvas.paint(body.mask, lit, bumped(canvas, body.normals, 0.02 * thread), Finish(glow=0.22))
    for y, thick in ((top, 1.0), (bottom, 1.1)):
        edge = body.mask * smooth(thick, thick - 0.25, np.abs(body.along - y))
        canvas.darken(0.16 * edge)
    inner = ellipse(canvas, (50.0, top), (narrow - 0.3, (narrow - 0.3) * _TILT))
    up = np.zeros_like(inner)
    canvas.paint(inner, np.asarray(cloth * _WARM * 1.25), Normals(up, up + 0.1, up + 0.99), Finish(glow=0.25))
    rim = np.clip(inner - ellipse(canvas, (50.0, top + 0.2), (narrow - 1.0, (narrow - 1.0) * _TILT - 0.25)), 0, 1)
    canvas.paint(rim, cloth, Normals(up, up - 0.5, up + 0.86))


def _dome(canvas: Canvas, colour: Floats) -> None:
    foot = ((87, 3.0), (88, 9), (89.6, 15.6), (91, 16.6), (92.6, 16.6))
    _part(canvas, foot, _BRASS, _METAL)
    _part(canvas, ((46, 1.5), (88.4, 1.5)), _BRASS, _METAL)
    _part(canvas, ((47, 4.5), (49, 4.6), (51, 3.0), (52, 1.8)), _BRASS, _METAL)
    profile = ((12, 2.0), (13, 8), (16, 15.4), (21, 22), (28, 27.4), (36, 30.4), (43, 31), (46, 30.4))
    body = turned(canvas, profile, 50.0, _TILT)
    bulb = np.exp(-(((canvas.x - 50) / 22) ** 2) - ((canvas.y - 38) / 16) ** 2)
    warm = np.asarray(colour * (0.70 + 0.35 * bulb[..., None] * _WARM), dtype=np.float32)
    under = ellipse(canvas, (50.0, 46.0), (30.4, 30.4 * _TILT))
    flat = np.zeros_like(under)
    canvas.paint(under, np.asarray(colour * _WARM * 0.9), Normals(flat, flat + 0.3, flat + 0.95), Finish(glow=0.35))
    canvas.paint(body.mask, warm, body.normals, Finish(gloss=0.10, sharp=40, window=0.20, glow=0.30))


def _bell(canvas: Canvas, colour: Floats) -> None:
    _part(canvas, ((86.6, 2), (87.4, 10), (88.8, 16), (90.4, 17), (92.4, 17)), colour * 0.9, _GLAZE, 40.0)
    arm = band(canvas, ((40, 87.5), (40, 60), (40, 44), (43, 31), (52, 22.5), (60, 22)), 2.0)
    canvas.paint(arm, _BRASS, normals_of(canvas, puffed(canvas, arm, 0.95)), _METAL, lift=0.0)
    knob = ellipse(canvas, (40, 56), (2.4, 2.0))
    canvas.paint(knob, _BRASS, normals_of(canvas, puffed(canvas, knob, 1.6)), _METAL)
    centre, bottom = 64.0, 49.0
    mouth = ellipse(canvas, (centre, bottom), (23.6, 23.6 * _TILT * 1.3))
    flat = np.zeros_like(mouth)
    inside = np.asarray(linear((250, 240, 220)) * (0.9 + 0.4 * _WARM), dtype=np.float32)
    canvas.paint(mouth, inside, Normals(flat, flat + 0.2, flat + 0.97), Finish(glow=0.4))
    profile = ((17, 3.4), (19, 4.2), (22, 5.6), (25, 9.4), (30, 14.2), (37, 18.6), (44, 22.0), (bottom, 24.0))
    bell = turned(canvas, profile, centre, 0.05)
    canvas.paint(bell.mask, shaded(colour, 1 + 0.02 * cloudy(canvas, 8)), bell.normals, _GLAZE)
    _part(canvas, ((13.5, 2.2), (14.4, 2.8), (17.6, 2.9)), _BRASS, _METAL, centre)


def _paper(canvas: Canvas, colour: Floats) -> None:
    for foot, high in ((34.0, 92.0), (66.0, 92.0), (50.0, 95.6)):
        leg = band(canvas, ((50 + (foot - 50) * 0.3, 58), (foot, high)), 2.4, smoothly=False)
        own = blended(_BEECH * 0.6, _BEECH, wood(canvas, canvas.x * 1.4, canvas.y, 31))
        canvas.paint(leg, own, normals_of(canvas, puffed(canvas, leg, 1.1)), Finish(gloss=0.05, sharp=20), lift=0.8)
    profile = ((8, 10), (10, 15), (16, 22.6), (25, 28), (35, 30), (45, 28.4), (54, 22.6), (60, 15.4), (62, 10.5))
    body = turned(canvas, profile, 50.0, 0.05)
    hoops = np.asarray((body.along / 3.1) % 1.0, dtype=np.float32)
    relief = 0.55 * np.abs(np.sin(np.pi * hoops)) ** 0.6
    bulb = np.exp(-(((canvas.x - 50) / 21) ** 2) - ((canvas.y - 36) / 21) ** 2)
    fibres = 1 + 0.05 * cloudy(canvas, 4, 9) + 0.05 * noise(canvas, 5, 0.6, 12) - 0.10 * np.exp(-((hoops / 0.07) ** 2))
    glow = 0.60 + 0.5 * bulb[..., None] * (0.3 + 0.7 * _WARM)
    canvas.paint(body.mask, np.asarray(colour * fibres[..., None] * glow, dtype=np.float32),
                 bumped(canvas, body.normals, np.asarray(relief, dtype=np.float32)), Finish(glow=0.25))  # fmt: skip
    hole = ellipse(canvas, (50, 8.2), (9.6, 1.1))
    canvas.darken(0.35 * hole)
    canvas.darken(0.25 * blur(canvas, body.mask, 2) * smooth(58, 62, canvas.y) * (1 - body.mask))

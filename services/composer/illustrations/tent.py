"""Tents: a bell tent and a ridge tent of canvas, and domes."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import MATT, Canvas, Finish, Floats, Normals, bumped, normals_of, smooth
from services.composer.illustrations.dome_tent import draw_dome
from services.composer.illustrations.shapes import Points, band, filled, fold, puffed, turned
from services.composer.illustrations.tent_parts import cord, pole
from services.composer.illustrations.textures import cloudy, colour_of, grain, linear, noise, shaded, weave, wood

DESIGNS = ("dome", "storm", "family", "bell", "ridge")
_WOOD = linear((176, 128, 80))
_COTTON = MATT


def draw(canvas: Canvas, design: str, colour_hex: str) -> None:
    """A tent that is pitched, from the front."""
    colour = colour_of(colour_hex)
    if design == "bell":
        _bell(canvas, colour)
    elif design == "ridge":
        _ridge(canvas, colour)
    else:
        draw_dome(canvas, design, colour)


def _bell(canvas: Canvas, colour: Floats) -> None:
    for end in ((2, 90), (98, 90), (14, 93.4), (86, 93.4)):
        cord(canvas, (50 + (end[0] - 50) * 0.86, 63.4), end)
    profile = ((11, 0.8), (24, 10.6), (40, 24), (54, 36.4), (62, 43), (64, 43.2), (80, 43.2), (85, 43.2))
    body = turned(canvas, profile, 50.0, 0.085)
    seams = np.abs(np.sin(np.pi * (body.around + 1) * 4.5))
    relief = 1.7 * seams**0.55 * smooth(9, 60, body.along) + 0.5 * noise(canvas, 9, 20, 7) + 0.25 * cloudy(canvas, 7, 8)
    thread = weave(canvas.x, canvas.y, 0.7)
    own = shaded(colour, 0.94 + 0.05 * thread + 0.02 * cloudy(canvas, 12, 3) + 0.02 * grain(canvas))
    y = np.where(body.along > 63, body.normals.y * 0.2, body.normals.y - 0.35)
    long = 1 / np.sqrt(body.normals.x**2 + y**2 + body.normals.z**2)
    facing = Normals(*(np.asarray(part * long, dtype=np.float32) for part in (body.normals.x, y, body.normals.z)))
    canvas.paint(body.mask, own, bumped(canvas, facing, np.asarray(relief, dtype=np.float32)), _COTTON)
    canvas.darken(0.22 * body.mask * np.exp(-((seams / 0.09) ** 2)) * smooth(14, 24, body.along))
    canvas.darken(0.40 * body.mask * smooth(63.2, 63.8, body.along) * smooth(70, 63.8, body.along))
    hem = np.exp(-(((body.along - 84) / 0.8) ** 2)) * body.mask
    canvas.darken(0.3 * hem)
    _bell_door(canvas, colour)
    pole(canvas, ((50, 13), (50, 7.4)), _WOOD, 1.8)


def _bell_door(canvas: Canvas, colour: Floats) -> None:
    door = filled(canvas, ((40.4, 88.6), (45, 60), (49.8, 33), (54.6, 60), (59.2, 88.6)), smoothly=False)
    canvas.paint(door, linear((74, 62, 50)), normals_of(canvas, 0.2 * canvas.y))
    canvas.darken(door * (0.2 + 0.55 * smooth(88, 40, canvas.y)))
    pole = band(canvas, ((50, 36), (50, 86.4)), 1.2, smoothly=False)
    canvas.paint(pole * door, _WOOD * 0.6, normals_of(canvas, puffed(canvas, pole, 0.5)))
    rug = filled(canvas, ((41.4, 88.4), (45, 82.4), (55, 82.4), (58.6, 88.4)), smoothly=False)
    canvas.paint(rug * 0.9, linear((150, 84, 60)), normals_of(canvas, 0.9 * canvas.y))
    for side in (1, -1):
        flap = filled(
            canvas,
            [
                (50 + side * x, y)
                for x, y in ((0.2, 33), (4.2, 56), (8.0, 76), (9.4, 88.8), (14.4, 88.4), (12.6, 74), (7.4, 56))
            ],
        )
        form = puffed(canvas, flap, 2.2, 2.4) + fold(canvas, (50 + side * 5, 50), (50 + side * 12, 88), 0.8, -0.8)
        canvas.paint(flap, shaded(colour, 0.98 + 0.03 * grain(canvas)), normals_of(canvas, form), _COTTON, lift=0.9)


_ROOF: Points = ((33, 19), (33, 19), (58, 22.4), (84, 22), (84, 22), (89, 46), (96, 76), (96, 76), (78, 85),
                 (56.6, 92.6),
                 (56.6, 92.6), (45, 55))  # fmt: skip


def _ridge(canvas: Canvas, colour: Floats) -> None:
    for start, end in (((33, 19), (3, 94.6)), ((33, 19), (20, 97)), ((84, 23), (98.4, 82))):
        cord(canvas, start, end)
    thread = weave(canvas.x, canvas.y, 0.7)
    own = shaded(colour, 0.93 + 0.06 * thread + 0.06 * cloudy(canvas, 16, 3) + 0.02 * grain(canvas))
    _inside(canvas)
    roof = filled(canvas, _ROOF)
    sag = fold(canvas, (52, 24), (72, 84), 6, -1.8) + fold(canvas, (74, 26), (86, 78), 5, -1.4)
    form = puffed(canvas, roof, 4, 2.0) + sag + 0.5 * noise(canvas, 14, 24, 7) + 0.42 * canvas.y - 0.34 * canvas.x
    canvas.paint(roof, own, bumped(canvas, normals_of(canvas, form), 0.04 * thread), _COTTON)
    for share in (0.34, 0.67):
        seam = ((33 + 51 * share, 19.6 + 3 * share), (56.6 + 39.4 * share, 92.6 - 16.6 * share))
        canvas.darken(0.22 * band(canvas, seam, 0.35, smoothly=False))
    _flaps(canvas, own)
    mask = band(canvas, ((33, 15.4), (33, 89.4)), 1.7, smoothly=False)
    grained = shaded(_WOOD, 0.7 + 0.4 * wood(canvas, canvas.x * 2, canvas.y, 9))
    canvas.paint(mask, grained, normals_of(canvas, puffed(canvas, mask, 0.8)), Finish(gloss=0.05), lift=0.5)
    pole(canvas, ((84, 23), (84.2, 18)), _WOOD, 1.6)
    pole(canvas, ((33, 18.9), (58, 22.2), (84, 21.8)), colour * 0.7, 0.9)


def _inside(canvas: Canvas) -> None:
    inner = filled(canvas, ((33, 20), (9, 86), (56, 92)), smoothly=False)
    canvas.paint(inner, linear((84, 70, 52)), normals_of(canvas, 0.2 * canvas.y))
    canvas.darken(inner * (0.15 + 0.6 * smooth(88, 30, canvas.y)))
    floor = filled(canvas, ((12, 86.4), (30, 78), (50, 80), (55, 91.6)), smoothly=False)
    canvas.paint(floor * 0.85 * inner, linear((128, 106, 78)), normals_of(canvas, 0.9 * canvas.y))


def _flaps(canvas: Canvas, own: Floats) -> None:
    for points, crease in ((((33, 20), (33, 20), (9, 86), (9, 86), (18.6, 87.4), (23, 68), (29, 44)), ((29, 36),
                                                                                                       (15, 86))),
                           (((33, 20), (33, 20), (56.8, 92.4), (56.8, 92.4), (45, 90.8), (40, 68), (36, 44)),
                            ((36, 36), (51, 90)))):  # fmt: skip
        flap = filled(canvas, points)
        form = puffed(canvas, flap, 2.4, 2.4) + fold(canvas, *crease, 1.3, -1.2) + 0.25 * noise(canvas, 6, 12, 17)
        canvas.paint(flap, own, normals_of(canvas, form), _COTTON, lift=0.9)

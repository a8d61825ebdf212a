"""Dome tents: for two, for a family, for storms."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import Canvas, Finish, Floats, bumped, normals_of, smooth
from services.composer.illustrations.shapes import Points, band, dashes, filled, fold, puffed
from services.composer.illustrations.tent_parts import DARK, cord, pole
from services.composer.illustrations.textures import grain, linear, noise, shaded, weave

_NYLON = Finish(gloss=0.05, sharp=8, sheen=0.05)


def draw_dome(canvas: Canvas, design: str, colour: Floats) -> None:
    top = 24.0 if design == "family" else 30.0
    for end in ((1.5, 86), (98.5, 86)):
        cord(canvas, (50 + (end[0] - 50) * 0.55, 50), end)
    left = ((5, 84), (5, 84), (8, 68), (16, 50), (30, top + 5), (50, top), (50, top), (40, top + 9), (32.4, 56),
            (28, 72), (26.4, 88.4), (26.4, 88.4),
            (15, 87))  # fmt: skip
    right = [(100 - x, y) for x, y in left]
    front = ((50, top), (50, top), (40, top + 9), (32.4, 56), (28, 72), (26.4, 88.4), (26.4, 88.4), (50, 90),
             (73.6, 88.4), (73.6, 88.4), (72, 72),
             (67.6, 56), (60, top + 9))  # fmt: skip
    _panel(canvas, left, colour * 0.96, (0.55, 0.30))
    _panel(canvas, right, colour * 0.80, (-0.55, 0.30))
    _panel(canvas, front, colour * 1.05, (0.0, 0.42))
    _door(canvas, design, colour, top)
    for line in (
        ((50, top), (40, top + 9), (32.4, 56), (28, 72), (26.4, 88.4)),
        ((50, top), (60, top + 9), (67.6, 56), (72, 72), (73.6, 88.4)),
    ):
        pole(canvas, line, DARK * 1.6 if design != "storm" else linear((232, 178, 60)))
    if design == "storm":
        _crossed(canvas, colour)
    if design == "family":
        _porch(canvas, colour)
    _fly(canvas, colour, top)


def _door(canvas: Canvas, design: str, colour: Floats, top: float) -> None:
    """An opening with mesh behind it, its zip, and the flap that is rolled aside."""
    high = top + 16
    left, right = ((36.4, 88.4), (38, 66), (43, high + 5)), ((57, high + 5), (62, 66), (63.6, 88.4))
    zipped: Points = (*left, (50, high), *right)
    mask = filled(canvas, (left[0], *zipped, right[-1], (50, 89)))
    mesh = 0.75 + 0.25 * weave(canvas.x, canvas.y, 0.5)
    canvas.paint(mask, shaded(linear((64, 62, 58)), mesh), normals_of(canvas, 0.25 * canvas.y), Finish())
    canvas.darken(mask * (0.25 + 0.5 * smooth(88, high, canvas.y)))
    floor = filled(canvas, ((37.4, 88.2), (43, 80), (57, 80), (62.6, 88.2), (50, 88.8)))
    canvas.paint(floor * 0.8, linear((120, 112, 100)), normals_of(canvas, 0.9 * canvas.y))
    edge = band(canvas, zipped, 1.0)
    canvas.paint(edge, DARK, normals_of(canvas, puffed(canvas, edge, 0.4)))
    canvas.tint(0.6 * dashes(canvas, zipped, 0.4, 0.3, 0.3), linear((150, 150, 150)))
    _rolled(canvas, colour if design != "storm" else colour * 0.8, high)


def _rolled(canvas: Canvas, colour: Floats, high: float) -> None:
    roll = filled(canvas, ((62.6, 88), (60.8, 68), (56, high + 6), (58.4, high + 6), (63.6, 66), (66.4, 87.6)))
    form = puffed(canvas, roll, 1.6, 1.8) + fold(canvas, (60, 56), (64, 86), 0.7, -0.5)
    canvas.paint(roll, colour, normals_of(canvas, form), _NYLON, lift=0.8)
    tie = band(canvas, ((60, 68.4), (65.2, 67.2)), 0.9, smoothly=False)
    canvas.paint(tie, DARK, normals_of(canvas, puffed(canvas, tie, 0.4)))


def _fly(canvas: Canvas, colour: Floats, top: float) -> None:
    """The hem, the vent at the top, and the seams."""
    hem = (
        band(canvas, ((5.4, 84.2), (15, 87), (26.4, 88.6)), 1.2),
        band(canvas, ((73.6, 88.6), (85, 87), (94.6, 84.2)), 1.2),
    )
    for mask in hem:
        canvas.paint(mask, colour * 0.6, normals_of(canvas, puffed(canvas, mask, 0.5)))
    cap = filled(
        canvas,
        (
            (50, top - 1.2),
            (60, top + 0.2),
            (67, top + 3.4),
            (60, top + 5.4),
            (50, top + 6.2),
            (40, top + 5.4),
            (33, top + 3.4),
            (40, top + 0.2),
        ),
    )
    own, relief = _ripstop(canvas, colour * 0.82)
    form = puffed(canvas, cap, 2.4, 1.4) + 0.5 * canvas.y
    canvas.paint(
        cap, own, bumped(canvas, normals_of(canvas, np.asarray(form, dtype=np.float32)), 0.5 * relief), _NYLON, lift=1.0
    )


def _crossed(canvas: Canvas, colour: Floats) -> None:
    gold = linear((232, 178, 60))
    for side in (1, -1):
        pole(canvas, [(50 + side * x, y) for x, y in ((-14, 37), (4, 31.6), (22, 42), (33, 60), (38, 86))], gold)
        flap = filled(
            canvas,
            [
                (50 + side * x, y)
                for x, y in (
                    (23.6, 88),
                    (23.6, 88),
                    (34, 86.6),
                    (45, 83.4),
                    (45, 83.4),
                    (49, 87),
                    (36, 91),
                    (24, 92.4),
                    (24, 92.4),
                )
            ],
        )
        own, relief = _ripstop(canvas, colour * 0.55)
        canvas.paint(flap, own, bumped(canvas, normals_of(canvas, puffed(canvas, flap, 2, 1)), relief))


def _porch(canvas: Canvas, colour: Floats) -> None:
    awning: Points = (
        (38, 39),
        (50, 36),
        (62, 39),
        (78, 61),
        (78, 61),
        (66, 59),
        (50, 58.4),
        (34, 59),
        (22, 61),
        (22, 61),
    )
    for x in (22.6, 77.4):
        pole(canvas, ((x, 62), (x + (x - 50) * 0.02, 90)), DARK * 1.6, 1.1)
    _panel(canvas, awning, colour * 1.04, (0.0, 0.45), lift=1.8)
    window = filled(canvas, ((11.6, 76), (14, 66), (20.4, 64), (23, 67), (21.6, 77)))
    canvas.paint(window, linear((120, 146, 160)), normals_of(canvas, 0.4 * canvas.x), Finish(gloss=0.12, sharp=12))


def _ripstop(canvas: Canvas, colour: Floats) -> tuple[Floats, Floats]:
    grid = np.maximum(np.abs(np.sin(np.pi * canvas.x / 1.3)), np.abs(np.sin(np.pi * canvas.y / 1.3))) ** 24
    crumpled = 0.5 * noise(canvas, 11, 17, 5) + 0.2 * noise(canvas, 5, 6, 6)
    return shaded(colour, 1 - 0.05 * grid + 0.02 * grain(canvas)), np.asarray(crumpled, dtype=np.float32)


def _panel(canvas: Canvas, points: Points, colour: Floats, lean: tuple[float, float], lift: float = 0.0) -> Floats:
    """A piece of cloth between poles, which leans to a side and sags between its edges."""
    mask = filled(canvas, points)
    own, relief = _ripstop(canvas, colour)
    form = puffed(canvas, mask, 7, 3.2) + lean[0] * canvas.x + lean[1] * canvas.y
    canvas.paint(
        mask, own, bumped(canvas, normals_of(canvas, np.asarray(form, dtype=np.float32)), relief), _NYLON, lift=lift
    )
    return mask

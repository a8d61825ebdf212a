"""T-shirts: plain, heathered, striped, printed, with a pocket."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import Canvas, Finish, Floats, normals_of, smooth
from services.composer.illustrations.garment import Cloth, Cut, sewn, trim
from services.composer.illustrations.shapes import Points, dashes, filled, puffed
from services.composer.illustrations.textures import (
    blended,
    colour_of,
    grain,
    linear,
    noise,
    rib,
    shaded,
)

DESIGNS = ("plain", "heather", "striped", "print", "pocket")
_NAVY = linear((38, 50, 84))
_PALE = linear((240, 236, 224))
_NECK = ((38.5, 11.5), (41, 16.5), (45, 20.6), (50, 22), (55, 20.6), (59, 16.5), (61.5, 11.5))
_BOAT = ((35, 12.2), (39, 15), (44, 17), (50, 17.6), (56, 17), (61, 15), (65, 12.2))
_BACK = ((38.5, 11.5), (44, 13.6), (50, 14.2), (56, 13.6), (61.5, 11.5))
_CUT = Cut(
    body=((57, 10.6), (62, 11.2), (70, 14.2), (77, 17.6), (76, 26), (74.4, 36), (74, 42), (74, 60), (74.6, 78),
          (75, 90),
          (74.6, 92.6), (74.6, 92.6), (67, 93.2), (58, 93.6)),
    sleeve=((69, 16.6), (76.6, 17.6), (84.5, 24.4), (91, 34), (95.8, 42.6), (95, 44.4), (88, 48.4), (82, 50.6),
            (80.6, 50), (77, 43.5),
            (73, 37), (68, 26)),
    sleeve_turn=-30.0,
    neck=_NECK,
    back=_BACK,
    folds=(((73, 40), (54, 62), 2.6, 1.5), ((73.5, 46), (62, 80), 2.6, 1.3), ((69, 70), (60, 94), 3.0, 1.2),
           ((73, 19), (62, 38), 2.8, 0.9), ((58, 56), (54, 92), 3.0, 0.8)),
)  # fmt: skip


def draw(canvas: Canvas, design: str, colour_hex: str) -> None:
    """A T-shirt from the front."""
    colour = colour_of(colour_hex)
    neck: Points = _BOAT if design == "striped" else _NECK
    cut = Cut(_CUT.body, _CUT.sleeve, _CUT.sleeve_turn, neck, ((neck[0]), *_BACK[1:-1], (neck[-1])), _CUT.folds, 2.2)

    def cloth(x: Floats, y: Floats) -> Cloth:
        return _jersey(canvas, design, colour, x, y)

    sewn(canvas, cut, cloth, colour)
    ribbed = Cloth(shaded(colour, 0.86 + 0.14 * rib(canvas.x, 0.75)), 0.10 * rib(canvas.x, 0.75))
    trim(canvas, neck, 1.7 if design == "striped" else 3.0, ribbed)
    trim(canvas, (neck[0], *_BACK[1:-1], neck[-1]), 1.6, Cloth(colour * 0.72, 0.0 * canvas.x), lift=0.0)
    _hems(canvas)
    if design == "pocket":
        _pocket(canvas, colour)
    if design == "print":
        _print(canvas)


def _jersey(canvas: Canvas, design: str, colour: Floats, x: Floats, y: Floats) -> Cloth:
    fine = noise(canvas, 0.35, 1.6, 51)
    relief = np.asarray(0.012 * fine + 0.008 * grain(canvas, 53), dtype=np.float32)
    if design == "heather":
        fibre = noise(canvas, 0.5, 2.4, 61) + noise(canvas, 0.3, 1.2, 62)
        return Cloth(shaded(colour, 1 + 0.10 * fibre), relief)
    own = shaded(colour, 1 + 0.018 * fine)
    if design == "print":
        own = shaded(colour, 1 + 0.07 * noise(canvas, 20, 24, 71) + 0.03 * fine)
    if design == "striped":
        at = (y / 5.6) % 1.0
        stripe = smooth(0.30, 0.33, at) * smooth(0.62, 0.59, at) * smooth(19.5, 20, y + 0 * x)
        own = blended(own, _NAVY, stripe * (y < 88))
    return Cloth(own, relief, Finish(sheen=0.03))


def _hems(canvas: Canvas) -> None:
    hem = ((25.8, 89.6), (40, 90.8), (50, 91.1), (60, 90.8), (74.2, 89.6))
    for line in (hem, ((80, 47.8), (87, 45.4), (93.6, 41.2)), ((20, 47.8), (13, 45.4), (6.4, 41.2))):
        for gap in (0.0, 0.7):
            moved = [(x, y + gap) for x, y in line]
            canvas.darken(0.20 * dashes(canvas, moved, 0.18, 0.7, 0.4))


def _pocket(canvas: Canvas, colour: Floats) -> None:
    mask = filled(canvas, ((55.5, 34), (67, 33.4), (67.2, 45), (61.4, 48.6), (55.6, 45.4)), smoothly=False)
    fine = noise(canvas, 0.35, 1.6, 51)
    canvas.paint(mask, shaded(colour, 1 + 0.02 * fine), normals_of(canvas, puffed(canvas, mask, 1.0, 0.35)), lift=0.35)
    for line in (((56, 35.6), (66.8, 35.0)), ((56, 36), (56.1, 45), (61.4, 47.9), (66.6, 44.8), (66.5, 35.6))):
        canvas.darken(0.25 * dashes(canvas, line, 0.18, 0.7, 0.4))


def _print(canvas: Canvas) -> None:
    """A wave and a sun, worn by many washes."""
    x, y = canvas.x - 50, canvas.y - 42
    disc = (np.hypot(x, y) < 14.5).astype(np.float32)
    crests = np.zeros_like(disc)
    for number in range(5):
        line = 1.5 + 3.6 * number + 1.5 * np.sin(x * 0.42 + 1.4 * number)
        crests = np.maximum(crests, (np.abs(y - line) < 0.95).astype(np.float32))
    sun = (np.hypot(x + 1.5, y + 5.5) < 5.0) & (y < 0)
    worn = np.clip(0.92 + 0.35 * noise(canvas, 1.0, 1.0, 81), 0.35, 1)
    ring = (np.abs(np.hypot(x, y) - 15.6) < 0.4).astype(np.float32)
    ink = disc * np.maximum(crests, sun) + ring
    canvas.tint(np.asarray(0.86 * ink * worn, dtype=np.float32), _PALE)

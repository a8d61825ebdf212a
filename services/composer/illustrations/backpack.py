"""Backpacks: a daypack, a roll-top, canvas with leather straps, a trekking pack."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import Canvas, Finish, Floats, bumped, normals_of
from services.composer.illustrations.shapes import Points, band, dashes, ellipse, filled, fold, puffed
from services.composer.illustrations.textures import cloudy, colour_of, grain, linear, noise, shaded, weave

DESIGNS = ("day", "roll-top", "canvas", "trek")
_BLACK = linear((44, 45, 48))
_WEB = linear((58, 58, 60))
_LEATHER = linear((126, 78, 44))
_BRASS = linear((198, 158, 92))
_METAL = Finish(gloss=0.35, sharp=50, metal=0.8)
_HIDE = Finish(gloss=0.07, sharp=12)
_NYLON = Finish(gloss=0.05, sharp=10, sheen=0.03)


def draw(canvas: Canvas, design: str, colour_hex: str) -> None:
    """A backpack from the front."""
    colour = colour_of(colour_hex)
    cloth = _Cloth(canvas, design, colour)
    _straps(canvas, _LEATHER * 0.7 if design == "canvas" else _WEB)
    {"day": _day, "roll-top": _roll_top, "canvas": _canvas, "trek": _trek}[design](canvas, cloth)


class _Cloth:
    """The cloth of which all parts of a pack are sewn."""

    def __init__(self, canvas: Canvas, design: str, colour: Floats) -> None:
        self._canvas = canvas
        thick = design == "canvas"
        thread = weave(canvas.x, canvas.y, 0.8 if thick else 0.5)
        worn = cloudy(canvas, 15, 5) if thick else 0.3 * cloudy(canvas, 20, 5)
        self.own = shaded(colour, 0.90 + 0.10 * thread + 0.06 * worn + 0.02 * grain(canvas))
        self.relief = (0.05 if thick else 0.025) * thread + 0.5 * _crumpled(canvas)
        self.finish = Finish() if thick else _NYLON

    def panel(self, points: Points, round_by: float, high: float, lift: float, tone: float = 1.0) -> Floats:
        """A piece of cloth that is filled."""
        canvas = self._canvas
        mask = filled(canvas, points)
        form = puffed(canvas, mask, round_by, high) + puffed(canvas, mask, 1.2, 0.5)
        canvas.paint(
            mask,
            self.own * np.float32(tone),
            bumped(canvas, normals_of(canvas, form), self.relief),
            self.finish,
            lift=lift,
        )
        return mask


def _crumpled(canvas: Canvas) -> Floats:
    total = 0.55 * noise(canvas, 14, 22, 15) + 0.22 * noise(canvas, 6, 8, 16)
    for start, end, high in (
        ((28, 30), (44, 48), 0.9),
        ((74, 34), (60, 52), 0.8),
        ((24, 60), (34, 88), 0.7),
        ((78, 62), (70, 90), 0.7),
    ):
        total = total + fold(canvas, start, end, 2.4, high)
    return np.asarray(total, dtype=np.float32)


def _straps(canvas: Canvas, colour: Floats) -> None:
    """What is seen of the shoulder straps behind the pack, and its handle."""
    for side in (1, -1):
        line = [(50 + side * x, y) for x, y in ((12, 12), (26, 16), (35.5, 36), (37.6, 58), (33, 82))]
        mask = band(canvas, line, 4.6)
        canvas.paint(mask, colour, normals_of(canvas, puffed(canvas, mask, 2, 1.8)), Finish())
    handle = band(canvas, ((41, 13), (43, 6.4), (50, 4.6), (57, 6.4), (59, 13)), 2.6)
    canvas.paint(handle, colour, normals_of(canvas, puffed(canvas, handle, 1.1)), Finish())


def _zip(canvas: Canvas, line: Points, pull: tuple[float, float] | None = None) -> None:
    """A zip in its tape, and its pull."""
    tape = band(canvas, line, 1.9)
    canvas.paint(tape, _BLACK, normals_of(canvas, puffed(canvas, tape, 0.8, 0.3)), Finish())
    canvas.tint(0.7 * dashes(canvas, line, 0.55, 0.30, 0.28), linear((120, 122, 126)))
    if pull is not None:
        x, y = pull
        slider = filled(canvas, ((x - 0.9, y - 0.9), (x + 0.9, y - 0.9), (x + 0.9, y + 0.9), (x - 0.9, y + 0.9)))
        canvas.paint(slider, linear((170, 172, 176)), normals_of(canvas, puffed(canvas, slider, 0.6)), _METAL, lift=0.2)
        cord = band(canvas, ((x, y + 0.4), (x + 0.4, y + 3), (x + 0.2, y + 5.4)), 1.0)
        canvas.paint(cord, _WEB, normals_of(canvas, puffed(canvas, cord, 0.5)), Finish(), lift=0.5)


def _stitched(canvas: Canvas, line: Points) -> None:
    canvas.darken(0.25 * band(canvas, line, 0.3))
    canvas.darken(0.25 * dashes(canvas, [(x, y + 0.8) for x, y in line], 0.2, 0.7, 0.5))


def _day(canvas: Canvas, cloth: _Cloth) -> None:
    for side in (1, -1):
        cloth.panel([(50 + side * x, y) for x, y in ((24, 58), (33, 60), (36, 72), (34, 90), (25, 92))], 3, 3, 0, 0.85)
    cloth.panel(((50, 8), (62, 9), (72, 15), (77, 27), (79, 50), (79.4, 76), (77, 90), (66, 94.6),
                         (50, 95.2), (34, 94.6), (23, 90),
                         (20.6, 76), (21, 50), (23, 27), (28, 15), (38, 9)), 12, 10, 0.8)  # fmt: skip
    _zip(
        canvas,
        ((24.4, 50), (26, 31), (31.4, 20), (42, 14.6), (50, 14), (58, 14.6), (68.6, 20), (74, 31), (75.6, 50)),
        (74.6, 40),
    )
    cloth.panel(((30, 55), (50, 53), (70, 55), (74, 62), (74.6, 78), (72, 88), (62, 91), (50, 91.4),
                         (38, 91), (28, 88), (25.4, 78), (26, 62)),
                6, 6, 1.2)  # fmt: skip
    _zip(canvas, ((28.6, 65), (32, 60.4), (50, 58.8), (68, 60.4), (71.4, 65)), (66, 60.6))
    label = filled(canvas, ((45, 33), (55, 33), (55, 38), (45, 38)), smoothly=False)
    canvas.paint(label, _LEATHER, normals_of(canvas, puffed(canvas, label, 0.6, 0.3)), _HIDE, lift=0.3)
    _stitched(canvas, ((28, 84), (40, 86.6), (50, 87), (60, 86.6), (72, 84)))


def _roll_top(canvas: Canvas, cloth: _Cloth) -> None:
    cloth.panel(((24, 22), (24, 22), (50, 20.6), (76, 22), (76, 22), (79, 44), (80, 70), (79, 92), (76, 95),
                         (50, 96), (24, 95), (21, 92), (20, 70),
                         (21, 44)), 11, 9, 0.8)  # fmt: skip
    for y, tone in ((21.6, 0.92), (16.4, 1.0), (11.4, 1.05)):
        cloth.panel(((21.6, y - 2.6), (50, y - 3.6), (78.4, y - 2.6), (79.4, y), (78.4, y + 2.8),
                             (50, y + 2.2), (21.6, y + 2.8), (20.6, y)),
                    2.6, 2.8, 0.5, tone)  # fmt: skip
    for x in (33, 67):
        _webbing(canvas, ((x, 8.6), (x, 16), (x + 0.2, 44)), (x, 33))
    cloth.panel(
        ((27, 58), (27, 58), (50, 57), (73, 58), (73, 58), (75, 74), (74, 90), (50, 92), (26, 90), (25, 74)),
        5,
        4.4,
        1.0,
    )
    _zip(canvas, ((27.4, 62.4), (50, 61.4), (72.6, 62.4)), (69, 62.4))
    shine = band(canvas, ((28, 78), (50, 77.4), (72, 78)), 1.6)
    canvas.tint(0.75 * shine, linear((206, 210, 212)))


def _webbing(canvas: Canvas, line: Points, buckle: tuple[float, float]) -> None:
    mask = band(canvas, line, 2.8)
    ribbed = 0.06 * np.sin(canvas.y * 12)
    facing = bumped(canvas, normals_of(canvas, puffed(canvas, mask, 0.8, 0.5)), np.asarray(ribbed, dtype=np.float32))
    canvas.paint(mask, _WEB, facing, Finish(), lift=0.6)
    x, y = buckle
    clip = filled(
        canvas,
        ((x - 2.2, y - 2.6), (x + 2.2, y - 2.6), (x + 2.5, y), (x + 2.2, y + 2.6), (x - 2.2, y + 2.6), (x - 2.5, y)),
    )
    canvas.paint(
        clip, _BLACK, normals_of(canvas, puffed(canvas, clip, 1.2)), Finish(gloss=0.16, sharp=24, window=0.1), lift=0.5
    )
    canvas.darken(0.4 * band(canvas, ((x - 1.6, y), (x + 1.6, y)), 0.5, smoothly=False))


_FLAP: Points = ((24, 13.6), (36, 10), (50, 9.2), (64, 10), (76, 13.6), (80, 28), (80.6, 44), (78, 53), (66, 57),
                 (50, 58),
                 (34, 57), (22, 53), (19.4, 44), (20, 28))  # fmt: skip
_SACK: Points = ((26, 16), (50, 13), (74, 16), (77.6, 34), (79, 60), (79, 88), (74, 94.6), (50, 95.6), (26, 94.6),
                 (21, 88),
                 (21, 60), (22.4, 34))  # fmt: skip
_FRONT: Points = (
    (28, 60),
    (28, 60),
    (50, 59),
    (72, 60),
    (72, 60),
    (74, 74),
    (72.6, 89),
    (50, 91.6),
    (27.4, 89),
    (26, 74),
)


def _canvas(canvas: Canvas, cloth: _Cloth) -> None:
    for side in (1, -1):
        pocket = ((22, 56), (33, 57), (37, 66), (36.4, 84), (31, 89), (22, 89))
        cloth.panel([(50 + side * x, y) for x, y in pocket], 4, 4.5, 0, 0.9)
    cloth.panel(_SACK, 11, 9, 0.8, 0.92)
    cloth.panel(_FRONT, 5, 5, 1.0)
    cloth.panel(_FLAP, 6, 5.5, 1.5, 1.04)
    _stitched(canvas, [(50 + (x - 50) * 0.95, 34 + (y - 34) * 0.94) for x, y in _FLAP[5:]])
    for x in (35.5, 64.5):
        _leather_strap(canvas, x)


def _leather_strap(canvas: Canvas, x: float) -> None:
    mask = filled(canvas, ((x - 1.9, 36), (x + 1.9, 36), (x + 1.9, 76), (x, 79.6), (x - 1.9, 76)), smoothly=False)
    hide = shaded(_LEATHER, 1 + 0.08 * cloudy(canvas, 9, 22) + 0.04 * grain(canvas))
    canvas.paint(mask, hide, normals_of(canvas, puffed(canvas, mask, 1.0, 0.8)), _HIDE, lift=0.8)
    for side in (-1.3, 1.3):
        canvas.tint(0.6 * dashes(canvas, ((x + side, 37), (x + side, 75)), 0.2, 0.7, 0.5), linear((226, 202, 160)))
    ring = np.clip(filled(canvas, ((x - 3.2, 61.4), (x + 3.2, 61.4), (x + 3.2, 67), (x - 3.2, 67)), smoothly=False)
                   - filled(canvas, ((x - 2.1, 62.5), (x + 2.1, 62.5), (x + 2.1, 65.9), (x - 2.1, 65.9)),
                            smoothly=False), 0, 1)  # fmt: skip
    canvas.paint(ring, _BRASS, normals_of(canvas, puffed(canvas, ring, 0.6)), _METAL, lift=0.4)
    for y in (70, 73):
        canvas.darken(0.7 * ellipse(canvas, (x, y), (0.4, 0.4)))


_TREK: Points = ((27, 22), (50, 20), (73, 22), (77, 40), (78, 64), (76.6, 88), (70, 95), (50, 96), (30, 95), (23.4, 88),
                 (22, 64), (23, 40))  # fmt: skip
_TREK_FRONT: Points = (
    (31, 44),
    (50, 42.6),
    (69, 44),
    (71, 62),
    (70, 84),
    (64, 89),
    (50, 90),
    (36, 89),
    (30, 84),
    (29, 62),
)
_LID: Points = ((24, 13), (36, 8.6), (50, 7.6), (64, 8.6), (76, 13), (80, 22), (79.6, 31), (74, 35.6), (50, 37.4),
                (26, 35.6),
                (20.4, 31), (20, 22))  # fmt: skip


def _trek(canvas: Canvas, cloth: _Cloth) -> None:
    for side in (1, -1):
        wing = [(50 + side * x, y) for x, y in ((22, 80), (32, 79), (42, 83), (45.6, 88), (42, 90), (32, 89), (22, 91))]
        mask = filled(canvas, wing)
        canvas.paint(mask, _BLACK, normals_of(canvas, puffed(canvas, mask, 2.2)), Finish())
        pocket = ((23, 56), (31, 58), (34.4, 70), (33.4, 88), (24, 91))
        cloth.panel([(50 + side * x, y) for x, y in pocket], 3, 3.4, 0, 0.7)
    cloth.panel(_TREK, 11, 10, 0.8)
    cloth.panel(_TREK_FRONT, 5, 5, 1.0, 0.62)
    _zip(canvas, ((50, 46), (50, 66), (50, 86)), (50, 48))
    cloth.panel(_LID, 7, 7.5, 1.6, 1.03)
    _zip(canvas, ((25, 27), (36, 29.4), (50, 30), (64, 29.4), (75, 27)), (70, 28.4))
    for x in (34, 66):
        _webbing(canvas, ((x, 34), (x, 42), (x + (x - 50) * 0.02, 56)), (x, 44))
    for y in (56, 74):
        for side in (1, -1):
            strap = band(canvas, [(50 + side * a, y + b) for a, b in ((19.6, -2), (24, 0), (29, 1.4))], 1.5)
            canvas.paint(strap, _WEB, normals_of(canvas, puffed(canvas, strap, 0.6, 0.5)), Finish(), lift=0.4)

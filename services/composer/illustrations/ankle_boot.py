"""Ankle boots from the side: chelsea, desert, hiking, rain, lace-up."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import Canvas, Finish, Floats, bumped, normals_of, smooth
from services.composer.illustrations.shapes import Points, band, dashes, ellipse, filled, fold, puffed
from services.composer.illustrations.textures import (
    cloudy,
    colour_of,
    grain,
    linear,
    noise,
    rib,
    shaded,
    weave,
)

DESIGNS = ("chelsea", "desert", "hiker", "rain", "lace")
_UPPER: Points = ((23, 13), (23, 13), (30, 12), (41, 11.6), (48.4, 12.6), (48.4, 12.6), (49.4, 24), (50.6, 35),
                  (54.4, 44.4), (62, 52), (73, 57.8),
                  (83.4, 62), (90.6, 67), (94.4, 74.4), (94, 82), (94, 82), (60, 83), (17.6, 82.6), (17.6, 82.6),
                  (16.2, 75), (17.4, 66), (20.4, 56), (22.2, 44),
                  (22, 28))  # fmt: skip
_BLACK = linear((40, 38, 38))
_CREPE = linear((214, 190, 148))
_GUM = linear((140, 92, 54))
_BRASS = linear((190, 152, 90))
_FINISH = {
    "leather": Finish(gloss=0.24, sharp=13),
    "suede": Finish(sheen=0.16),
    "rubber": Finish(gloss=0.22, sharp=34, window=0.34),
}


def draw(canvas: Canvas, design: str, colour_hex: str) -> None:
    """A boot whose toe points to the right."""
    colour = colour_of(colour_hex)
    made = "rubber" if design == "rain" else "leather" if design == "lace" or float(colour.max()) < 0.05 else "suede"
    if design in ("chelsea", "rain", "desert"):
        _tab(canvas, colour)
    _inside(canvas, colour)
    _sole(canvas, design, colour)
    upper = filled(canvas, _UPPER)
    form, relief = _form(canvas), _relief(canvas, made)
    canvas.paint(upper, _hide(canvas, colour, made), bumped(canvas, normals_of(canvas, form), relief), _FINISH[made])
    canvas.darken(0.45 * upper * smooth(76, 83.5, canvas.y))
    {"chelsea": _chelsea, "desert": _desert, "hiker": _hiker, "rain": _rain, "lace": _lace}[design](
        canvas, colour, made
    )


def _hide(canvas: Canvas, colour: Floats, made: str) -> Floats:
    if made == "suede":
        nap = cloudy(canvas, 6, 3) * 0.5 + noise(canvas, 0.7, 1.2, 5)
        return shaded(colour, 1 + 0.06 * nap + 0.04 * grain(canvas))
    worn = cloudy(canvas, 16, 4)
    return shaded(colour, 1 + (0.02 if made == "rubber" else 0.07) * worn)


def _relief(canvas: Canvas, made: str) -> Floats:
    if made == "suede":
        return np.asarray(0.012 * grain(canvas, 6), dtype=np.float32)
    return np.asarray(0.0 * canvas.x if made == "rubber" else 0.006 * noise(canvas, 0.8, 0.8, 8), dtype=np.float32)


def _form(canvas: Canvas) -> Floats:
    """A tube of shaft that becomes the round of a foot, with creases where it bends; it goes on above and below."""
    upper = filled(canvas, [(x, y + 12 if y > 81 else y - 9 if y < 13.5 else y) for x, y in _UPPER])
    total = puffed(canvas, upper, 8.5, 9.0) + puffed(canvas, upper, 3.0, 1.6)
    for start, end, high in (((26, 44), (50, 47), -0.8), ((28, 50), (54, 53), -0.7), ((30, 57), (58, 54), 0.6),
                             ((62, 62), (70, 54), -0.55),
                             ((67, 65), (76, 58), -0.5), ((24, 30), (46, 33), 0.4)):  # fmt: skip
        total = total + fold(canvas, start, end, 2.0, high)
    ankle = np.exp(-(((canvas.x - 30) / 8) ** 2) - ((canvas.y - 58) / 8) ** 2)
    return np.asarray(total + 1.0 * ankle, dtype=np.float32)


def _inside(canvas: Canvas, colour: Floats) -> None:
    hole = ellipse(canvas, (35.8, 12.8), (12.7, 2.0))
    canvas.paint(hole, colour * 0.4 + 0.01, normals_of(canvas, 0.0 * hole))


def _tab(canvas: Canvas, colour: Floats) -> None:
    loop = band(canvas, ((21.4, 17), (21, 9), (23.6, 5.4), (26.2, 9), (26.4, 16)), 2.4)
    canvas.paint(loop, colour * 0.8, normals_of(canvas, puffed(canvas, loop, 0.9, 0.6)), Finish())


def _sole(canvas: Canvas, design: str, colour: Floats) -> None:
    """Welt, sole and heel."""
    if design in ("desert", "hiker", "rain"):
        _thick_sole(canvas, design, colour)
        return
    dark = _BLACK if design == "chelsea" else _GUM * 0.5
    heel = filled(canvas, ((17.2, 85), (40, 85), (38.4, 93.6), (18.4, 93.6)), smoothly=False)
    canvas.paint(heel, dark, normals_of(canvas, puffed(canvas, heel, 2.2, 1.6)), Finish(gloss=0.06, sharp=20))
    for y in (87.6, 90.2):
        canvas.darken(0.25 * heel * np.exp(-(((canvas.y - y) / 0.25) ** 2)))
    sole = filled(canvas, ((16.8, 82.2), (16.8, 82.2), (40, 82.6), (70, 82.8), (95, 81.4), (95, 81.4), (94.6, 84),
                           (88, 86.6), (72, 88.6), (60, 88.8), (48, 87),
                           (40, 85.8), (17.2, 85.8), (17.2, 85.8)))  # fmt: skip
    canvas.paint(sole, dark, normals_of(canvas, puffed(canvas, sole, 1.0, 0.8)), Finish(gloss=0.08, sharp=20))
    welt = band(canvas, ((16.4, 82.6), (40, 83.2), (70, 83.4), (95.4, 81.8)), 1.0)
    canvas.paint(welt, dark * 1.6, normals_of(canvas, puffed(canvas, welt, 0.5)), Finish())
    thread = dashes(canvas, ((17, 82.5), (40, 83.1), (70, 83.3), (95, 81.7)), 0.3, 0.9, 0.8)
    canvas.tint(0.7 * thread, _CREPE if design == "lace" else dark * 4)


def _thick_sole(canvas: Canvas, design: str, colour: Floats) -> None:
    outline: Points = ((16.2, 80), (16.2, 80), (40, 80.8), (70, 81), (95.2, 79.4), (95.2, 79.4), (96.4, 83),
                       (95, 88), (91, 92), (74, 93), (40, 93.2),
                       (17.6, 93), (17.6, 93), (16, 87))  # fmt: skip
    sole = filled(canvas, outline)
    own = {"desert": _CREPE, "hiker": _BLACK, "rain": colour * 0.55}[design]
    surface = shaded(own, 1 + (0.10 * noise(canvas, 1.0, 1.0, 14) if design == "desert" else 0.03 * grain(canvas)))
    relief = 0.05 * noise(canvas, 1.0, 1.0, 14) if design == "desert" else 0.0 * canvas.x
    canvas.paint(
        sole,
        surface,
        bumped(canvas, normals_of(canvas, puffed(canvas, sole, 1.6, 1.3)), relief),
        Finish(gloss=0.04, sharp=14),
    )
    if design == "hiker":
        rand = band(canvas, ((16.2, 83), (40, 83.8), (70, 84), (96, 82.4)), 1.3)
        canvas.paint(rand, _GUM, normals_of(canvas, puffed(canvas, rand, 0.7)), Finish())
    if design != "desert":
        for number in range(13):
            x = 19.5 + number * 5.6
            canvas.erase(filled(canvas, ((x, 91.4), (x + 2.2, 91.4), (x + 2.9, 97), (x - 0.7, 97)), smoothly=False))


def _seam(canvas: Canvas, line: Points, colour: Floats, rows: int = 2) -> None:
    """An edge of leather with its stitches beside it."""
    canvas.darken(0.30 * band(canvas, line, 0.45))
    thread = np.minimum(colour * 2.0 + 0.02, 0.8)
    for row in range(rows):
        moved = [(x + 0.9 + 0.8 * row, y + 0.25) for x, y in line]
        canvas.tint(0.55 * dashes(canvas, moved, 0.22, 0.6, 0.45), thread)


def _chelsea(canvas: Canvas, colour: Floats, made: str) -> None:
    del made
    elastic: Points = (
        (29.6, 13.4),
        (43, 12.8),
        (43, 12.8),
        (42.6, 30),
        (40.6, 44),
        (37.8, 51.6),
        (35, 51.8),
        (31.6, 44),
        (30, 30),
        (29.6, 13.4),
    )
    mask = filled(canvas, elastic)
    ribs = rib(canvas.x - 0.05 * canvas.y, 0.95)
    dark = colour * 0.55
    around = np.asarray(-0.09 * (canvas.x - 36) ** 2 * 0.1, dtype=np.float32)
    canvas.paint(mask, shaded(dark, 0.75 + 0.3 * ribs), bumped(canvas, normals_of(canvas, around), 0.14 * ribs))
    canvas.darken(0.3 * mask * smooth(52, 40, canvas.y) * smooth(20, 13, canvas.y))
    _seam(canvas, elastic[:9], colour, rows=1)


def _desert(canvas: Canvas, colour: Floats, made: str) -> None:
    line: Points = ((47, 13.5), (43, 24), (40, 36), (41, 48), (48, 57), (51, 64), (47, 82))
    _seam(canvas, line, colour)
    _laces(canvas, ((43.4, 27), (42, 35), (42.4, 43)), ((49.6, 26.4), (50.6, 34.4), (54, 42.4)), colour * 0.5, made)


_COLLAR: Points = ((23.2, 12), (23.2, 12), (35, 10.4), (48, 12), (48, 12), (48.9, 20.4), (48.9, 20.4), (35, 20),
                   (22.8, 22),
                   (22.8, 22))  # fmt: skip
_TOE: Points = ((77, 61.4), (85, 65.4), (92, 71), (94.6, 80.6), (94.6, 80.6), (84, 81), (76, 81), (76, 81), (73.6, 70))
_HEEL: Points = ((17, 66), (21, 62.4), (27, 66), (31, 73), (33, 81.4), (33, 81.4), (16.8, 81.4), (16.8, 81.4), (16, 74))


def _hiker(canvas: Canvas, colour: Floats, made: str) -> None:
    collar = filled(canvas, _COLLAR)
    padded = puffed(canvas, collar, 2.4, 2.2)
    for x in (30, 40):
        padded = padded + fold(canvas, (x, 10), (x + 0.5, 22), 0.9, -0.6)
    thread = weave(canvas.x, canvas.y, 0.7)
    facing = bumped(canvas, normals_of(canvas, padded), 0.04 * thread)
    canvas.paint(collar, shaded(_BLACK, 0.8 + 0.25 * thread), facing, lift=0.3)
    foot = _form(canvas)
    for outline, own, finish in ((_TOE, _BLACK, Finish(gloss=0.1, sharp=16)), (_HEEL, colour * 0.72, Finish())):
        patch = filled(canvas, outline)
        form = foot + puffed(canvas, patch, 2, 1.4)
        canvas.paint(patch, shaded(own, 1 + 0.05 * grain(canvas)), normals_of(canvas, form), finish, lift=0.3)
    _seam(canvas, ((45, 21), (40.6, 36), (42, 50), (52, 62), (55, 81)), colour)
    left = ((43.4, 25), (41.8, 31.5), (41.6, 38), (43.4, 45), (48.6, 52.5))
    right = ((49.2, 24.6), (50, 31), (51.6, 37.4), (55.4, 44.6), (61, 51.2))
    _laces(canvas, left, right, linear((176, 64, 44)), made)


def _lace(canvas: Canvas, colour: Floats, made: str) -> None:
    _seam(canvas, ((45, 13.4), (41.6, 26), (40, 38), (42.4, 49), (50, 56.6), (54, 64), (48, 82)), colour)
    _seam(canvas, ((76, 60.8), (73, 68), (75, 75), (78.4, 82)), colour)
    _seam(canvas, ((22, 42), (30, 52), (32, 66), (33, 82)), colour)
    left = ((45.2, 18), (43.6, 24), (42.6, 30), (42, 36), (42.4, 42), (44.8, 48), (49.6, 53.4))
    right = ((48.4, 17.6), (48.8, 23.6), (49.4, 29.6), (50.2, 35.4), (52.4, 41), (56.4, 46.8), (62, 52))
    _laces(canvas, left, right, _GUM * 0.5, made)


def _laces(canvas: Canvas, left: Points, right: Points, colour: Floats, made: str) -> None:
    """Eyelets and the laces between them, which cross over the tongue."""
    for number, (a, b) in enumerate(zip(left, right, strict=True)):
        hole = ellipse(canvas, a, (0.95, 0.95))
        metal = Finish(gloss=0.35, sharp=40, metal=0.8)
        canvas.paint(
            hole,
            _BRASS if made != "suede" else _BLACK * 1.5,
            normals_of(canvas, puffed(canvas, hole, 0.6)),
            metal,
            lift=0.2,
        )
        ends = [(a, b)] if number == 0 else [(a, b), (a, right[number - 1])]
        for start, end in ends:
            middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 1.0)
            cord = band(canvas, (start, middle, end), 1.25)
            braid = 0.10 * np.sin((canvas.x * 0.8 + canvas.y) * 9)
            facing = bumped(
                canvas, normals_of(canvas, puffed(canvas, cord, 0.6)), np.asarray(braid * 0.3, dtype=np.float32)
            )
            canvas.paint(cord, shaded(colour, 1 + braid), facing, Finish(), lift=0.35)


def _rain(canvas: Canvas, colour: Floats, made: str) -> None:
    del made
    for y in (15.4, 18):
        line = ((22, y + 0.6), (35, y), (49, y + 0.2))
        ridge = band(canvas, line, 0.9)
        canvas.paint(ridge, colour, normals_of(canvas, puffed(canvas, ridge, 0.45)), _FINISH["rubber"])
    rand = filled(
        canvas,
        (
            (16.2, 75.4),
            (40, 77.4),
            (66, 76),
            (82, 72),
            (92.6, 74.6),
            (95, 81),
            (95, 81),
            (60, 83),
            (16.8, 82.6),
            (16.8, 82.6),
        ),
    )
    canvas.paint(rand, colour * 0.86, normals_of(canvas, puffed(canvas, rand, 2.2, 1.6)), _FINISH["rubber"], lift=0.2)

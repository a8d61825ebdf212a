"""Bags: totes of canvas, denim and leather, and a saddle bag."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import Canvas, Finish, Floats, bumped, normals_of, smooth
from services.composer.illustrations.garment import Cloth
from services.composer.illustrations.shapes import Points, band, dashes, ellipse, filled, fold, puffed
from services.composer.illustrations.textures import (
    blended,
    cloudy,
    colour_of,
    grain,
    linear,
    noise,
    shaded,
    twill,
    weave,
)

DESIGNS = ("canvas", "denim", "shopper", "saddle")
_BRASS = linear((198, 158, 92))
_COPPER = linear((196, 128, 66))
_TAN = linear((150, 98, 58))
_METAL = Finish(gloss=0.35, sharp=50, metal=0.8)
_HIDE = Finish(gloss=0.07, sharp=12, window=0.03)
_BODY: Points = ((17, 40), (17, 40), (34, 41.4), (50, 41.8), (66, 41.4), (83, 40), (83, 40), (84.4, 56), (85.6, 72),
                 (86.2, 88), (86, 92),
                 (82, 94), (66, 94.8), (50, 95), (34, 94.8), (18, 94), (14, 92), (13.8, 88), (14.4, 72),
                 (15.6, 56))  # fmt: skip


def draw(canvas: Canvas, design: str, colour_hex: str) -> None:
    """A bag from the front."""
    colour = colour_of(colour_hex)
    if design == "saddle":
        _saddle(canvas, colour)
        return
    cloth, relief, finish = _cloth(canvas, design, colour)
    strap, wide = _webbing(canvas, design, colour, finish), 3.0 if design == "shopper" else 3.8
    behind = Cloth(strap.colour * 0.72, strap.relief, finish)
    _strap(canvas, ((35, 42), (36.6, 22), (43, 9.4), (50, 7.4), (57, 9.4), (63.4, 22), (65, 42)), wide, behind)
    inside = filled(
        canvas, ((18.4, 40.4), (34, 37.8), (50, 37.2), (66, 37.8), (81.6, 40.4), (66, 42.6), (50, 43), (34, 42.6))
    )
    canvas.paint(inside, colour * 0.45, normals_of(canvas, 0.0 * inside))
    canvas.darken(0.5 * inside * smooth(37, 43, canvas.y))
    body = filled(canvas, _BODY)
    form = puffed(canvas, body, 7, 5.5) + _sag(canvas, 0.6 if design == "shopper" else 1.0)
    canvas.paint(body, cloth, bumped(canvas, normals_of(canvas, form), relief), finish)
    _seams(canvas, design, colour)
    front = ((32.6, 52), (33.4, 40), (35, 24), (42, 12.6), (50, 10.6), (58, 12.6), (65, 24), (66.6, 40), (67.4, 52))
    _strap(canvas, front, wide, strap, lift=0.8)
    _ends(canvas, design)


def _cloth(canvas: Canvas, design: str, colour: Floats) -> tuple[Floats, Floats, Finish]:
    if design == "shopper":
        pores = 0.5 * noise(canvas, 0.9, 0.9, 3) + 0.5 * noise(canvas, 0.5, 0.5, 4)
        return shaded(colour, 1 + 0.05 * cloudy(canvas, 14) + 0.04 * pores), 0.05 * pores, _HIDE
    if design == "denim":
        line = twill(canvas.x, canvas.y, 0.62)
        slub = noise(canvas, 0.4, 9, 3)
        fade = cloudy(canvas, 22, 6)
        white = np.clip(0.16 + 0.14 * line + 0.05 * slub + 0.05 * fade + 0.03 * grain(canvas), 0, 1)
        return blended(colour, linear((216, 222, 232)), white), 0.03 * line + 0.02 * slub, Finish()
    thread = weave(canvas.x, canvas.y, 0.85)
    slub = noise(canvas, 8, 0.7, 3) + noise(canvas, 0.7, 8, 4)
    return shaded(colour, 0.86 + 0.14 * thread + 0.045 * slub), 0.07 * thread + 0.02 * slub, Finish()


def _sag(canvas: Canvas, much: float) -> Floats:
    total = 0.5 * cloudy(canvas, 24, 12)
    for start, end, high in (((34, 46), (28, 86), 1.5), ((66, 46), (73, 84), 1.5), ((50, 60), (46, 94), 1.1),
                             ((22, 60), (40, 90), 1.2),
                             ((80, 58), (60, 92), 1.2), ((38, 48), (58, 66), 0.8)):  # fmt: skip
        total = total + fold(canvas, start, end, 3.4, high)
    return np.asarray(much * total, dtype=np.float32)


def _strap(canvas: Canvas, line: Points, wide: float, cloth: Cloth, lift: float = 0.0) -> None:
    mask = band(canvas, line, wide)
    facing = bumped(canvas, normals_of(canvas, puffed(canvas, mask, 0.9, 0.7)), cloth.relief)
    canvas.paint(mask, cloth.colour, facing, cloth.finish, lift=lift)


def _webbing(canvas: Canvas, design: str, colour: Floats, finish: Finish) -> Cloth:
    thread = noise(canvas, 0.8, 0.8, 3) if design == "shopper" else twill(canvas.x, canvas.y, 0.9)
    own = colour * (0.82 if design == "canvas" else 0.9)
    return Cloth(shaded(own, 0.94 + 0.06 * thread), 0.03 * thread, finish)


def _seams(canvas: Canvas, design: str, colour: Floats) -> None:
    thread = _COPPER if design == "denim" else np.minimum(colour * 1.7, 0.85)
    for line in (((17.4, 44.4), (34, 45.8), (50, 46.2), (66, 45.8), (82.6, 44.4)),):
        canvas.darken(0.22 * band(canvas, line, 0.35))
        for gap in (0.0, -3.4):
            stitches = dashes(canvas, [(x, y + gap + 0.7) for x, y in line], 0.28, 0.95, 0.55)
            canvas.tint(0.8 * stitches, thread)
    if design == "denim":
        pocket = ((34, 58), (66, 58), (66, 80), (50, 86), (34, 80), (34, 58))
        canvas.darken(0.25 * band(canvas, pocket, 0.5, smoothly=False))
        for inset in (0.97, 0.91):
            inner = [(50 + (x - 50) * inset, 70 + (y - 70) * inset) for x, y in pocket]
            for a, b in zip(inner, inner[1:], strict=False):
                canvas.tint(0.85 * dashes(canvas, (a, b), 0.3, 0.95, 0.5), _COPPER)
    if design == "canvas":
        label = filled(canvas, ((45.5, 64), (54.5, 64), (54.5, 70), (45.5, 70)), smoothly=False)
        canvas.paint(
            label,
            shaded(_TAN, 1 + 0.06 * grain(canvas)),
            normals_of(canvas, puffed(canvas, label, 0.6, 0.3)),
            _HIDE,
            lift=0.3,
        )


def _ends(canvas: Canvas, design: str) -> None:
    """Where the handles are sewn on."""
    for x in (32.4, 67.6):
        if design == "shopper":
            for y in (46.5, 51):
                rivet = ellipse(canvas, (x, y), (0.75, 0.75))
                canvas.paint(rivet, _BRASS, normals_of(canvas, puffed(canvas, rivet, 0.6)), _METAL, lift=0.2)
            continue
        box = ((x - 1.4, 46.5), (x + 1.4, 46.5), (x + 1.4, 51), (x - 1.4, 51), (x - 1.4, 46.5), (x + 1.4, 51))
        for a, b in zip(box, box[1:], strict=False):
            canvas.tint(
                0.85 * dashes(canvas, (a, b), 0.28, 0.8, 0.4), _COPPER if design == "denim" else linear((240, 236, 226))
            )


def _saddle(canvas: Canvas, colour: Floats) -> None:
    pores = 0.5 * noise(canvas, 1.1, 1.1, 3) + 0.5 * noise(canvas, 0.6, 0.6, 4)
    hide = shaded(colour, 1 + 0.08 * cloudy(canvas, 18, 9) + 0.03 * pores)
    loop = ((17, 50), (16, 36), (24, 16), (40, 6.4), (50, 5.2), (60, 6.4), (76, 16), (84, 36), (83, 50))
    strap = band(canvas, loop, 3.0)
    canvas.paint(strap, hide, normals_of(canvas, puffed(canvas, strap, 1.0, 0.8)), _HIDE)
    for gap in (-0.011, 0.011):
        line = [(50 + (x - 50) * (1 + 2.2 * gap), 50 + (y - 50) * (1 + 2.2 * gap)) for x, y in loop]
        canvas.tint(0.55 * dashes(canvas, line, 0.2, 0.7, 0.5), np.minimum(colour * 2.2, 0.85))
    body = filled(canvas, ((16, 44), (16, 44), (50, 43), (84, 44), (84, 44), (87, 60), (87, 76), (82, 88), (68, 93),
                           (50, 94), (32, 93),
                           (18, 88), (13, 76), (13, 60)))  # fmt: skip
    form = puffed(canvas, body, 9, 7) + 0.25 * cloudy(canvas, 20, 12)
    canvas.paint(body, hide * 0.92, bumped(canvas, normals_of(canvas, form), 0.03 * pores), _HIDE)
    outline = ((14.6, 42), (14.6, 42), (50, 40.4), (85.4, 42), (85.4, 42), (87.6, 56), (84, 70), (70, 78),
               (50, 80.6), (30, 78), (16, 70),
               (12.4, 56))  # fmt: skip
    flap = filled(canvas, outline)
    form = puffed(canvas, flap, 6, 4.4) + 0.3 * cloudy(canvas, 22, 15)
    canvas.paint(flap, hide, bumped(canvas, normals_of(canvas, form), 0.03 * pores), _HIDE, lift=1.2)
    edge = [(50 + (x - 50) * 0.955, 60 + (y - 60) * 0.93) for x, y in (*outline[4:], outline[0])]
    canvas.tint(0.75 * dashes(canvas, edge, 0.26, 0.9, 0.6), np.minimum(colour * 2.4, 0.85))
    _buckle(canvas, hide)


def _buckle(canvas: Canvas, hide: Floats) -> None:
    tongue = filled(canvas, ((46.4, 62), (53.6, 62), (53.6, 84), (50, 88), (46.4, 84)), smoothly=False)
    canvas.paint(tongue, hide * 0.95, normals_of(canvas, puffed(canvas, tongue, 1.2, 0.9)), _HIDE, lift=0.7)
    ring = np.clip(filled(canvas, ((44, 71), (56, 71), (56, 79), (44, 79)), smoothly=False)
                   - filled(canvas, ((45.8, 72.7), (54.2, 72.7), (54.2, 77.3), (45.8, 77.3)), smoothly=False),
                   0, 1)  # fmt: skip
    canvas.paint(ring, _BRASS, normals_of(canvas, puffed(canvas, ring, 0.8)), _METAL, lift=0.5)
    pin = band(canvas, ((50, 71.6), (50, 78)), 0.9, smoothly=False)
    canvas.paint(pin, _BRASS, normals_of(canvas, puffed(canvas, pin, 0.5)), _METAL)

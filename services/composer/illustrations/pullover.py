"""Pullovers: fine, cabled, ribbed, in seed stitch, in the patterns of Fair Isle."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import Canvas, Finish, Floats
from services.composer.illustrations.garment import Cloth, Cut, sewn, trim
from services.composer.illustrations.textures import colour_of, grain, knit, linear, rib, shaded

DESIGNS = ("fine", "cable", "rib", "seed", "fair-isle")
_CREAM = linear((236, 228, 208))
_NAVY = linear((44, 56, 88))
_PINE = linear((58, 92, 76))
_NECK = ((39, 12), (41.5, 15.8), (45, 18.8), (50, 20), (55, 18.8), (58.5, 15.8), (61, 12))
_BACK = ((39, 12), (44, 13.4), (50, 13.8), (56, 13.4), (61, 12))
_CUT = Cut(
    body=((57, 11), (61, 11.6), (69, 14.4), (75.4, 17.8), (75, 26), (73.6, 36), (73.2, 42), (74, 60), (74.8, 76),
          (73.4, 86.5),
          (72.6, 87.4), (64, 88), (57, 88.3)),
    sleeve=((68, 17), (75.4, 17.6), (80.5, 23.5), (84, 38), (88.4, 56), (92.6, 73), (92.8, 75.6), (86, 78.4),
            (82.8, 77.6),
            (80.4, 68), (76, 54), (72, 42), (67, 30)),
    sleeve_turn=-14.0,
    neck=_NECK,
    back=_BACK,
    folds=(((72.6, 40), (56, 60), 3.0, 1.7), ((73, 46), (62, 80), 3.0, 1.4), ((67, 68), (61, 90), 3.2, 1.2),
           ((72, 20), (62, 38), 3.0, 1.0)),
    thick=3.6,
)  # fmt: skip
_WOOL = Finish(sheen=0.14)
_ROWS = ("x.x.x.x.", "........", "...x....", "..x.x...", ".x.x.x..", "x.x.x.x.", ".x.x.x..", "..x.x...", "...x....",
         "........",
         "xx..xx..", ".xx..xx.", "........", "x...x...", "........")  # fmt: skip
"""The motifs of a band, row by row; x is a stitch of the pattern's colour."""


def draw(canvas: Canvas, design: str, colour_hex: str) -> None:
    """A pullover from the front."""
    colour = colour_of(colour_hex)

    def cloth(x: Floats, y: Floats) -> Cloth:
        return _knitted(canvas, design, colour, x, y)

    sewn(canvas, _CUT, cloth, colour)
    fine = design == "fine"
    wide = 1.15 if fine else 1.9
    for line, width in (
        (((27.2, 90.3), (32, 90.6), (50, 91.2), (68, 90.6), (72.8, 90.3)), 6.6),
        (((83.7, 80.4), (88.4, 79.2), (92.5, 77.6)), 6.2),
        (((16.3, 80.4), (11.6, 79.2), (7.5, 77.6)), 6.2),
    ):
        trim(canvas, line, width, _ribbed(canvas, colour, canvas.x + 0.1 * canvas.y, wide), lift=0.3)
    trim(canvas, _BACK, 3.0, _ribbed(canvas, colour * 0.62, canvas.x, wide), lift=0.0)
    across = np.asarray(np.arctan2(canvas.x - 50, 22.0 - canvas.y + 14) * 17, dtype=np.float32)
    trim(canvas, _NECK, 4.2, _ribbed(canvas, colour, across, wide), lift=0.6)


def _ribbed(canvas: Canvas, colour: Floats, x: Floats, wide: float) -> Cloth:
    ribs = rib(x, wide)
    rows = np.abs(np.sin(np.pi * canvas.y / 0.9))
    return Cloth(shaded(colour, 0.58 + 0.38 * ribs + 0.06 * rows), 0.35 * ribs + 0.05 * rows, _WOOL)


def _knitted(canvas: Canvas, design: str, colour: Floats, x: Floats, y: Floats) -> Cloth:
    fuzz = 0.02 * grain(canvas, 91)
    if design == "fine":
        stitches = knit(x, y, 0.85)
        return Cloth(shaded(colour, 0.86 + 0.14 * stitches + fuzz), 0.05 * stitches, Finish(sheen=0.22))
    if design == "rib":
        ribs, rows = rib(x, 2.3), np.abs(np.sin(np.pi * (y / 1.1 + 0.5 * np.floor(x / 2.3 - 0.5))))
        return Cloth(shaded(colour, 0.56 + 0.38 * ribs + 0.10 * rows + fuzz), 0.5 * ribs + 0.12 * rows * ribs, _WOOL)
    if design == "seed":
        dots = np.clip(np.sin(np.pi * x / 1.25) * np.sin(np.pi * y / 1.05), -1, 1)
        return Cloth(shaded(colour, 0.82 + 0.16 * np.abs(dots) + fuzz), 0.22 * np.abs(dots) ** 0.6, _WOOL)
    if design == "fair-isle":
        return _fair_isle(colour, x, y, fuzz)
    return _cabled(canvas, colour, x, y)


def _fair_isle(colour: Floats, x: Floats, y: Floats, fuzz: Floats) -> Cloth:
    stitches = knit(x, y, 1.5)
    column = np.floor(x / 1.5).astype(int)
    row = np.floor((y + 0.585 * np.abs((x / 1.5) % 1.0 - 0.5) * 2) / 1.17).astype(int)
    motif = np.array([[letter == "x" for letter in line] for line in _ROWS], dtype=np.float32)
    on = motif[row % len(_ROWS), column % 8]
    group = (row // len(_ROWS)) % 3
    grounds, dyes = np.array([colour, colour * 0.9, colour]), np.array([_CREAM, _CREAM, _CREAM])
    ground = np.where(((row % len(_ROWS)) >= 9)[..., None], _NAVY, grounds[group])
    dye = np.where(
        (((row % len(_ROWS)) >= 2) & (row % len(_ROWS) <= 8) & (group == 1))[..., None], _PINE * 1.6, dyes[group]
    )
    made = ground + (dye - ground) * on[..., None]
    return Cloth(
        np.asarray(made * (0.64 + 0.36 * stitches + fuzz)[..., None], dtype=np.float32), 0.22 * stitches, _WOOL
    )


def _cabled(canvas: Canvas, colour: Floats, x: Floats, y: Floats) -> Cloth:
    at = (x - 50 + 100.0 + 8.5) % 17.0 - 8.5
    strand = np.maximum(_rope(at, y, 0.0), _rope(at, y, 0.5))
    border = np.exp(-(((np.abs(at) - 5.0) / 0.55) ** 2))
    ground = np.abs(np.sin(np.pi * x / 1.25) * np.sin(np.pi * y / 1.1))
    cable = np.abs(at) < 4.6
    relief = np.where(cable, 1.7 * strand, 0.22 * ground + 0.5 * border)
    tone = np.where(cable, 0.62 + 0.40 * strand, 0.74 + 0.16 * ground + 0.14 * border) + 0.02 * grain(canvas, 91)
    return Cloth(shaded(colour, tone.astype(np.float32)), relief.astype(np.float32), _WOOL)


def _rope(at: Floats, y: Floats, phase: float) -> Floats:
    """One of two strands that cross, 0 to 1."""
    turn = y / 10.0 + phase
    middle, front = 2.0 * np.sin(2 * np.pi * turn), 0.72 + 0.28 * np.cos(2 * np.pi * turn)
    away = np.clip(1 - ((at - middle) / 2.2) ** 2, 0, 1)
    twist = 0.90 + 0.10 * np.sin(2 * np.pi * (y + 1.5 * (at - middle)) / 1.3)
    return np.asarray(np.sqrt(away) * front * twist, dtype=np.float32)

"""What T-shirts and pullovers have in common: a body and two sleeves as a shop's photo shows them, worn by nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.composer.illustrations.canvas import MATT, Canvas, Finish, Floats, blur, bumped, normals_of, smooth
from services.composer.illustrations.shapes import Points, band, filled, fold, mirrored, puffed
from services.composer.illustrations.textures import noise


@dataclass(frozen=True, slots=True)
class Cloth:
    """Colour (S, S, 3), relief and finish of a piece of cloth."""

    colour: Floats
    relief: Floats
    finish: Finish = MATT


Weave = Callable[[Floats, Floats], Cloth]
"""The cloth by coordinates that run across and along its threads."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The outlines of a garment's right half."""

    body: Points
    sleeve: Points
    sleeve_turn: float  # degrees that the sleeve hangs away from straight down
    neck: Points  # the front edge of the neck, from the left shoulder to the right one
    back: Points  # the back edge
    folds: tuple[tuple[tuple[float, float], tuple[float, float], float, float], ...]
    thick: float = 3.0


def sewn(canvas: Canvas, cut: Cut, weave: Weave, inside: Floats) -> None:
    """Back of the neck, sleeves, then the body on top of them."""
    hollow = filled(canvas, [*cut.neck, *reversed(cut.back)], smoothly=False)
    canvas.paint(hollow, inside * 0.55, normals_of(canvas, 0.0 * hollow))
    canvas.darken(0.55 * hollow * smooth(8, 20, canvas.y))
    for side in (1.0, -1.0):
        _sleeve(canvas, cut, weave, side)
    mask = filled(canvas, mirrored(cut.body), smoothly=True)
    mask = np.clip(
        mask - filled(canvas, [*cut.neck, (cut.neck[-1][0], -5), (cut.neck[0][0], -5)], smoothly=False), 0, 1
    )
    cloth = weave(canvas.x, canvas.y + 0.0035 * (canvas.x - 50) ** 2)
    chest = 9 * np.sqrt(np.clip(1 - ((canvas.x - 50) / 34) ** 2, 0.02, 1))
    longer = filled(canvas, _extended(mirrored(cut.body), (0.0, 1.0)))
    form = puffed(canvas, longer, cut.thick, cut.thick * 0.8) + chest.astype(np.float32) + _drape(canvas, cut)
    canvas.paint(mask, cloth.colour, bumped(canvas, normals_of(canvas, form), cloth.relief), cloth.finish, lift=0.7)


def _extended(points: Points, along: tuple[float, float]) -> list[tuple[float, float]]:
    """The outline drawn on beyond its open end, where cloth ends without being round."""
    ways = [x * along[0] + y * along[1] for x, y in points]
    least = max(ways) - 0.22 * (max(ways) - min(ways))
    return [(x + 14 * along[0], y + 14 * along[1]) if way > least else (x, y)
            for (x, y), way in zip(points, ways, strict=True)]  # fmt: skip


def _drape(canvas: Canvas, cut: Cut) -> Floats:
    total = 0.34 * _soft(canvas)
    for start, end, width, high in cut.folds:
        mirror = (100 - start[0], start[1]), (100 - end[0], end[1] + 3)
        total = total + fold(canvas, start, end, width, high) + fold(canvas, *mirror, width * 1.2, high * 0.8)
    return total


def _soft(canvas: Canvas) -> Floats:
    return np.asarray(1.6 * noise(canvas, 17, 40, 41) + 0.5 * noise(canvas, 9, 13, 42), dtype=np.float32)


def _sleeve(canvas: Canvas, cut: Cut, weave: Weave, side: float) -> None:
    points = cut.sleeve if side > 0 else [(100 - x, y) for x, y in cut.sleeve]
    mask = filled(canvas, points)
    turn = np.deg2rad(cut.sleeve_turn * side)
    x, y = canvas.x - 50 - side * 22, canvas.y - 20
    across, along = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    cloth = weave(np.asarray(across + 50, dtype=np.float32), np.asarray(along + 20, dtype=np.float32))
    longer = filled(canvas, _extended(points, (float(-np.sin(turn)), float(np.cos(turn)))))
    form = puffed(canvas, longer, 6.5, 7.0) + 0.22 * _soft(canvas)
    ends = np.array(points)
    for share in (0.25, 0.45, 0.62, 0.8):
        middle = ends[0] * (1 - share) + ends[len(ends) // 2] * share
        form = form + fold(
            canvas, (middle[0] - side * 7, middle[1] + 4.5), (middle[0] + side * 6, middle[1] - 1.5), 1.2, 0.55
        )
    canvas.paint(mask, cloth.colour, bumped(canvas, normals_of(canvas, form), cloth.relief), cloth.finish)
    seam = filled(canvas, mirrored(cut.body))
    canvas.darken(0.30 * blur(canvas, seam, 1.6) * mask)


def trim(canvas: Canvas, line: Points, width: float, cloth: Cloth, lift: float = 0.3) -> None:
    """A band along a line: collar, cuff, hem; without a lift it lies flat."""
    mask = band(canvas, line, width)
    form = puffed(canvas, mask, width * 0.4, width * (0.3 if lift else 0.15))
    canvas.paint(mask, cloth.colour, bumped(canvas, normals_of(canvas, form), cloth.relief), cloth.finish, lift=lift)

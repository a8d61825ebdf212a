"""What every tent has: poles and guy ropes."""

from __future__ import annotations

from services.composer.illustrations.canvas import Canvas, Finish, Floats, normals_of
from services.composer.illustrations.shapes import Points, band, puffed
from services.composer.illustrations.textures import linear

DARK = linear((46, 44, 44))
POLE = linear((196, 186, 160))
_CORD = linear((224, 214, 190))


def pole(canvas: Canvas, line: Points, colour: Floats = POLE, wide: float = 1.2) -> None:
    mask = band(canvas, line, wide)
    canvas.paint(
        mask, colour, normals_of(canvas, puffed(canvas, mask, wide * 0.45)), Finish(gloss=0.15, sharp=30), lift=0.4
    )


def cord(canvas: Canvas, start: tuple[float, float], end: tuple[float, float]) -> None:
    line = band(canvas, (start, end), 0.45, smoothly=False)
    canvas.paint(line, _CORD, normals_of(canvas, 0.0 * line))
    peg = band(canvas, ((end[0] - 0.6, end[1] - 1.2), (end[0] + 0.5, end[1] + 1.6)), 0.9, smoothly=False)
    canvas.paint(peg, DARK * 2, normals_of(canvas, puffed(canvas, peg, 0.4)))

"""Cushions: linen, chunky knit, velvet, kilim stripes, checks."""

from __future__ import annotations

import numpy as np

from services.composer.illustrations.canvas import MATT, Canvas, Finish, Floats, bumped, normals_of
from services.composer.illustrations.shapes import band, curve, dashes, filled, fold, puffed
from services.composer.illustrations.textures import (
    blended,
    cloudy,
    colour_of,
    grain,
    knit,
    linear,
    noise,
    shaded,
    weave,
)

DESIGNS = ("linen", "knit", "velvet", "stripe", "check")
_CORNERS = ((9, 11), (30, 14.5), (50, 15.2), (70, 14.5), (91, 11), (87.6, 31), (87, 50), (87.6, 69), (91, 89),
            (70, 86.2),
            (50, 85.6), (30, 86.2), (9, 89), (12.4, 69), (13, 50), (12.4, 31))  # fmt: skip
_CREAM = linear((233, 224, 204))
_INDIGO = linear((44, 58, 94))
_WOOL = Finish(sheen=0.06)


def draw(canvas: Canvas, design: str, colour_hex: str) -> None:
    """A plump cushion from the front."""
    colour = colour_of(colour_hex)
    mask = filled(canvas, _outline())
    body = _filling(canvas) + puffed(canvas, mask, 4, 2.2) + _wrinkles(canvas)
    x, y = _bent(canvas)
    if design == "velvet":
        _piping(canvas, colour)
    own, relief, finish = _cloth(canvas, design, colour, x, y)
    canvas.paint(mask, own, bumped(canvas, normals_of(canvas, body), relief), finish)
    _edge(canvas, mask, design)


def _outline() -> list[tuple[float, float]]:
    """Four corners that stay sharp."""
    sides = [_CORNERS[n : n + 5] for n in (0, 4, 8)] + [(*_CORNERS[12:], _CORNERS[0])]
    return [point for side in sides for point in curve(side)][::1]


def _bent(canvas: Canvas) -> tuple[Floats, Floats]:
    """Threads run straight on the cloth and bulge on the cushion."""
    x, y = canvas.x - 50, canvas.y - 50
    bulge = 1 + 0.000035 * (x * x + y * y)
    return np.asarray(x * bulge + 100, dtype=np.float32), np.asarray(y * bulge + 100, dtype=np.float32)


def _filling(canvas: Canvas) -> Floats:
    """Highest in the middle, flat at the corners."""
    across, down = (np.clip(1 - ((value - 50) / 41) ** 2, 0, 1) for value in (canvas.x, canvas.y))
    return np.asarray(17 * (across * down) ** 0.55, dtype=np.float32)


def _wrinkles(canvas: Canvas) -> Floats:
    """From the corners inwards, and a dent in the middle where a hand was."""
    total = 0.35 * cloudy(canvas, 26, 4)
    for start, end in (((11, 13), (34, 33)), ((89, 13), (66, 32)), ((11, 87), (32, 67)), ((89, 87), (68, 66)),
                       ((14, 15), (22, 45)), ((86, 86), (78, 58)), ((14, 86), (44, 76)), ((87, 14),
                                                                                          (58, 24))):  # fmt: skip
        total = total + fold(canvas, start, end, 2.4, 1.15)
    return np.asarray(total - fold(canvas, (48, 30), (50, 62), 7, 0.8), dtype=np.float32)


def _cloth(canvas: Canvas, design: str, colour: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats, Finish]:
    if design == "knit":
        return _knitted(canvas, colour, x, y)
    if design == "velvet":
        nap = cloudy(canvas, 16, 7)
        return shaded(colour, 0.85 + 0.16 * nap), 0.25 * nap + 0.01 * grain(canvas), Finish(sheen=0.9)
    thread = weave(x, y, 0.62)
    slub = noise(canvas, 9, 0.5, 3) + noise(canvas, 0.5, 9, 4)
    plain = shaded(colour, 0.90 + 0.10 * thread + 0.05 * slub)
    relief = 0.05 * thread + 0.03 * slub
    if design == "stripe":
        plain = _striped(canvas, colour, y, thread)
    if design == "check":
        plain = _checked(colour, x, y, thread, canvas)
    return plain, np.asarray(relief, dtype=np.float32), MATT if design == "linen" else _WOOL


def _striped(canvas: Canvas, colour: Floats, y: Floats, thread: Floats) -> Floats:
    at = (y - 50 + 0.25 * noise(canvas, 4, 60, 6)) % 34.0
    made = np.broadcast_to(_CREAM, (*y.shape, 3))
    for start, end, dye in (
        (3, 12, colour),
        (13.2, 14.2, _INDIGO),
        (17, 22, _INDIGO),
        (23.2, 24.2, colour),
        (28, 30, colour),
    ):
        made = blended(made, dye, ((at > start) & (at < end)).astype(np.float32))
    teeth = ((canvas.x / 4.4) % 1.0 < 0.5).astype(np.float32)
    made = blended(made, _CREAM, teeth * ((at > 6.2) & (at < 8.8)))
    return np.asarray(made * (0.86 + 0.14 * thread + 0.05 * noise(canvas, 7, 0.7, 8))[..., None], dtype=np.float32)


def _checked(colour: Floats, x: Floats, y: Floats, thread: Floats, canvas: Canvas) -> Floats:
    def bars(value: Floats) -> Floats:
        at = value % 21.0
        return np.asarray(0.75 * (at < 8) + 0.5 * ((at > 13) & (at < 14.2)), dtype=np.float32)

    across, down = bars(x), bars(y)
    twill = ((x + y) / 0.9 % 1.0 > 0.5).astype(np.float32)
    dark = np.where(twill > 0.5, across, down)
    made = blended(blended(colour, colour * 0.34, dark), _CREAM, 0.5 * (((x % 21.0) > 17) & ((x % 21.0) < 17.6)))
    return np.asarray(made * (0.90 + 0.10 * thread + 0.03 * noise(canvas, 0.6, 6, 8))[..., None], dtype=np.float32)


def _knitted(canvas: Canvas, colour: Floats, x: Floats, y: Floats) -> tuple[Floats, Floats, Finish]:
    at = (x - 100) % 22.0 - 11.0  # a cable every 22
    strand = np.maximum(_rope(at, y, 0.0), _rope(at, y, 0.5))
    ground = knit(x, y, 2.0)
    cable = np.abs(at) < 5.2
    relief = np.where(cable, 1.9 * strand, 0.55 * ground)
    tone = np.where(cable, 0.66 + 0.38 * strand, 0.70 + 0.28 * ground) + 0.02 * grain(canvas)
    return shaded(colour, tone.astype(np.float32)), relief.astype(np.float32), Finish(sheen=0.10)


def _rope(at: Floats, y: Floats, phase: float) -> Floats:
    """One of two strands that cross, 0 to 1."""
    turn = y / 11.0 + phase
    middle = 2.5 * np.sin(2 * np.pi * turn)
    front = 0.72 + 0.28 * np.cos(2 * np.pi * turn)
    away = np.clip(1 - ((at - middle) / 2.6) ** 2, 0, 1)
    twist = 0.88 + 0.12 * np.sin(2 * np.pi * (y + 1.6 * (at - middle)) / 1.5)
    return np.asarray(np.sqrt(away) * front * twist, dtype=np.float32)


def _piping(canvas: Canvas, colour: Floats) -> None:
    line = [*_outline(), _outline()[0]]
    cord = band(canvas, line, 2.0, smoothly=False)
    canvas.paint(cord, colour * 0.8, normals_of(canvas, puffed(canvas, cord, 0.9)), Finish(sheen=0.4))


def _edge(canvas: Canvas, mask: Floats, design: str) -> None:
    """The seam along the sides lies in shade."""
    del mask
    if design in ("linen", "stripe", "check"):
        inner = [(50 + (x - 50) * 0.955, 50 + (y - 50) * 0.955) for x, y in _outline()]
        seam = dashes(canvas, inner[:: max(1, len(inner) // 60)], 0.22, 0.9, 0.7)
        canvas.darken(0.25 * seam)

"""Outlines, bands and round bodies on a canvas: their masks and reliefs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from services.composer.illustrations.canvas import Canvas, Floats, Normals, blur, bounds, smooth

Points = Sequence[tuple[float, float]]
_FINER = 3  # times: polygons are drawn larger and shrunk
_STEPS = 10


def curve(points: Points, closed: bool = False) -> list[tuple[float, float]]:
    """A smooth line through the points (Catmull and Rom, 1974); two equal neighbours are a corner."""
    at = np.array([*points[-1:], *points, *points[:2]] if closed else [points[0], *points, points[-1]], dtype=float)
    share = np.linspace(0, 1, _STEPS, endpoint=False)[:, None]
    found = []
    for a, b, c, d in zip(at, at[1:], at[2:], at[3:], strict=False):
        if (b == c).all() and len(at) > 4:
            continue
        found.append(0.5 * (2 * b + (c - a) * share + (2 * a - 5 * b + 4 * c - d) * share**2
                            + (3 * b - a - 3 * c + d) * share**3))  # fmt: skip
    line = [(float(x), float(y)) for x, y in np.concatenate(found)]
    return line if closed else [*line, (float(points[-1][0]), float(points[-1][1]))]


def mirrored(half: Points) -> list[tuple[float, float]]:
    """The right half and its reflection about x = 50 as one outline."""
    return [*half, *((100.0 - x, y) for x, y in reversed(half))]


def filled(canvas: Canvas, points: Points, smoothly: bool = True) -> Floats:
    """The mask of an outline."""
    line = curve(points, closed=True) if smoothly else points
    return _drawn(canvas, [line], 0.0)


def band(canvas: Canvas, points: Points, width: float, smoothly: bool = True) -> Floats:
    """The mask of a line of that width."""
    return _drawn(canvas, [curve(points) if smoothly else points], width)


def dashes(canvas: Canvas, points: Points, width: float, long: float, gap: float) -> Floats:
    """The mask of a seam's stitches along a line."""
    line = np.array(curve(points))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    starts = np.arange(0.0, along[-1] - long, long + gap)
    ends = np.stack([starts, starts + long], axis=1)
    at = np.stack([np.interp(ends, along, line[:, 0]), np.interp(ends, along, line[:, 1])], axis=2)  # (N, 2, 2)
    return _drawn(canvas, [[(float(x), float(y)) for x, y in pair] for pair in at], width)


def _drawn(canvas: Canvas, lines: Sequence[Points], width: float) -> Floats:
    """The mask of lines of a width, or where that is 0 of filled outlines; drawn in the part that they need."""
    mask = np.zeros((canvas.size, canvas.size), dtype=np.float32)
    if not lines:
        return mask
    at = np.concatenate([np.asarray(line) for line in lines]) * canvas.unit
    low = np.clip(np.floor(at.min(axis=0) - width * canvas.unit - 2), 0, canvas.size - 1).astype(int)
    high = np.clip(np.ceil(at.max(axis=0) + width * canvas.unit + 2), low + 1, canvas.size).astype(int)
    picture = Image.new("L", (int(high[0] - low[0]) * _FINER, int(high[1] - low[1]) * _FINER), 0)
    pen = ImageDraw.Draw(picture)
    for line in lines:
        pixels = [((x * canvas.unit - low[0]) * _FINER, (y * canvas.unit - low[1]) * _FINER) for x, y in line]
        if width:
            pen.line(pixels, fill=255, width=max(1, round(width * canvas.unit * _FINER)), joint="curve")
        else:
            pen.polygon(pixels, fill=255)
    mask[low[1] : high[1], low[0] : high[0]] = np.asarray(picture.reduce(_FINER), dtype=np.float32) / np.float32(255)
    return mask


def ellipse(canvas: Canvas, centre: tuple[float, float], radii: tuple[float, float]) -> Floats:
    """The mask of an ellipse."""
    away = np.hypot((canvas.x - centre[0]) / radii[0], (canvas.y - centre[1]) / radii[1])
    return np.asarray(np.clip((1 - away) * min(radii) * canvas.unit + 0.5, 0, 1), dtype=np.float32)


def puffed(canvas: Canvas, mask: Floats, radius: float, high: float | None = None) -> Floats:
    """The relief of a filled thing: round towards its edge within a radius, level inside."""
    part = bounds(mask, round(3 * radius * canvas.unit) + 2)
    share = np.clip(2 * blur(canvas, mask[part], radius) - 1, 0, 1)
    relief = np.zeros_like(mask)
    relief[part] = share * (2 - share) * (radius if high is None else high)
    return relief


def fold(canvas: Canvas, start: tuple[float, float], end: tuple[float, float], width: float, high: float) -> Floats:
    """The relief of a fold that fades towards its ends; a negative height is a hollow."""
    long = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    margin = 3 * width + 0.45 * long  # behind which it is lower than a thousandth
    spans = [np.array([min(a, b) - margin, max(a, b) + margin]) for a, b in zip(start, end, strict=True)]
    columns, rows = (slice(*np.clip(np.rint(ends * canvas.unit), 0, canvas.size).astype(int)) for ends in spans)
    x, y = canvas.x[rows, columns] - start[0], canvas.y[rows, columns] - start[1]
    ux, uy = (end[0] - start[0]) / long, (end[1] - start[1]) / long
    along, across = (x * ux + y * uy) / long, x * uy - y * ux
    bend = across - 0.18 * width * np.sin(along * 5)
    relief: Floats = np.zeros(canvas.x.shape, dtype=np.float32)
    relief[rows, columns] = high * np.exp(-(((along - 0.5) / 0.36) ** 2) - (bend / width) ** 2)
    return relief


@dataclass(frozen=True, slots=True)
class Round:
    """A body of revolution seen a little from above."""

    mask: Floats
    normals: Normals
    around: Floats  # -1 left to 1 right, along its circle as seen from above
    along: Floats  # the height at which a point lies on the axis


def turned(canvas: Canvas, profile: Points, centre: float = 50.0, tilt: float = 0.16) -> Round:
    """The body whose radius is given at heights, `(y, radius)` from the top; `tilt`: how flat circles look."""
    at = np.array(curve(profile))
    heights, radii = at[:, 0], at[:, 1]
    order = np.argsort(heights, kind="stable")
    heights, radii = heights[order], radii[order]
    x = np.abs(canvas.x - centre)
    along = canvas.y
    for _ in range(3):
        radius = np.interp(along, heights, radii)
        along = canvas.y - tilt * np.sqrt(np.clip(radius**2 - x**2, 0, None))
    radius = np.interp(along, heights, radii).astype(np.float32)
    slope = np.interp(along, heights, np.gradient(radii, heights + np.arange(len(heights)) * 1e-6))
    inside = np.clip((radius - x) * canvas.unit + 0.5, 0, 1)
    inside *= np.clip((along - heights[0]) * canvas.unit + 0.5, 0, 1)
    inside *= np.clip((heights[-1] - along) * canvas.unit + 0.5, 0, 1)
    across = np.clip((canvas.x - centre) / np.maximum(radius, 1e-3), -1, 1)
    depth = np.sqrt(1 - across**2)
    y = -np.clip(slope, -3, 3) * 1.0
    long = 1 / np.sqrt(1 + y**2)
    # seen from above by the tilt: what faces up faces who looks a little more
    normals = Normals(*(np.asarray(part, dtype=np.float32) for part in (across * long, y * long, depth * long + 1e-3)))
    return Round(inside.astype(np.float32), normals, (np.arcsin(across) / (np.pi / 2)).astype(np.float32),
                 np.asarray(along, dtype=np.float32))  # fmt: skip


def fading(canvas: Canvas, start: float, end: float) -> Floats:
    """0 above the one height and 1 below the other."""
    return smooth(start, end, canvas.y)

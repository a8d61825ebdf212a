"""A picture that is built of lit surfaces, back to front; distances are hundredths of its side.

A surface has a mask, a colour at each point, a direction that it faces at each point, and a finish. The light comes
from above on the left, through a large window; what lies higher throws a soft shadow on what lies below it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[np.floating[Any]]
_KEY: Final = (-0.46, -0.60, 0.65)  # where the light is: x to the right, y down, z towards who looks
_FILL: Final = (0.72, -0.15, 0.68)
_WRAP: Final = 0.30  # how far a large window lights around an edge
_SHADE: Final = 0.55  # how dark a cast shadow is


@dataclass(frozen=True, slots=True)
class Normals:
    """The direction that a surface faces, of unit length; each (S, S)."""

    x: Floats
    y: Floats
    z: Floats


@dataclass(frozen=True, slots=True)
class Finish:
    """How a surface throws light back."""

    gloss: float = 0.0  # strength of the highlight
    sharp: float = 20.0  # its exponent: a higher one is smaller
    window: float = 0.0  # how clearly the window is mirrored: glaze, enamel
    metal: float = 0.0  # share of the mirrored room instead of the own colour
    sheen: float = 0.0  # light of fibres that stand up at edges: wool, velvet
    glow: float = 0.0  # light that comes through or from within


MATT: Final = Finish()


class Canvas:
    """What was painted so far, in linear light."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.unit = size / 100.0  # pixels
        at = (np.arange(size, dtype=np.float32) + 0.5) / np.float32(self.unit)
        self.x, self.y = np.meshgrid(at, at)
        self._light = np.zeros((size, size, 3), dtype=np.float32)
        self._alpha = np.zeros((size, size), dtype=np.float32)

    def paint(self, mask: Floats, colour: Floats, normals: Normals, finish: Finish = MATT, lift: float = 0.0) -> None:
        """Lays a surface on top; `lift` is how high it lies over what is below, which gets its shadow."""
        if lift:
            self._cast(mask, lift)
        part = bounds(mask)
        own = colour if colour.ndim == 1 else colour[part]
        facing = Normals(normals.x[part], normals.y[part], normals.z[part])
        cover = mask[part][..., None]
        self._light[part] = self._light[part] * (1 - cover) + lit(own, facing, finish) * cover
        self._alpha[part] = self._alpha[part] + (1 - self._alpha[part]) * cover[..., 0]

    def darken(self, share: Floats) -> None:
        """Takes light away, 0 none to 1 all, where something is: creases, insides, ambient occlusion."""
        self._light *= (1 - share)[..., None]

    def tint(self, share: Floats, colour: Floats) -> None:
        """Prints a colour on what is there, whose light and shade stay."""
        level = self._light.mean(axis=2, keepdims=True)
        usual = blur(self, np.ascontiguousarray(level[..., 0]), 12.0)[..., None] + np.float32(1e-3)
        inked = colour * np.clip(level / usual, 0.4, 1.4)
        self._light = np.asarray(self._light + (inked - self._light) * share[..., None], dtype=np.float32)

    def erase(self, mask: Floats) -> None:
        """Cuts a hole."""
        self._alpha *= 1 - mask

    def image(self) -> Image.Image:
        """The picture, RGBA with a transparent ground."""
        share = np.clip(self._light, 0, 1)
        srgb = np.where(share <= 0.0031308, share * 12.92, 1.055 * np.power(share, 1 / 2.4) - 0.055)
        pixels = np.concatenate([srgb, self._alpha[..., None]], axis=2)
        return Image.fromarray(np.rint(pixels * 255).astype(np.uint8))

    def _cast(self, mask: Floats, lift: float) -> None:
        part = bounds(mask, round(5 * lift * self.unit) + 2)
        down, right = round(0.9 * lift * self.unit), round(0.6 * lift * self.unit)
        moved = np.roll(mask[part], (down, right), (0, 1))
        self._light[part] *= (1 - _SHADE * blur(self, moved, lift))[..., None]


def lit(colour: Floats, normals: Normals, finish: Finish) -> Floats:
    """The light that comes from a surface, (..., 3)."""
    x, y, z = normals.x, normals.y, normals.z
    key = np.clip((_dot(normals, _KEY) + _WRAP) / (1 + _WRAP), 0, None)
    fill = np.clip(_dot(normals, _FILL), 0, None)
    sky = 0.5 - 0.5 * y
    got = (0.24 * sky + 0.88 * key + 0.16 * fill + 0.05)[..., None]
    out = colour * (got * (1 - finish.metal) + finish.glow)
    if finish.metal:
        out = out + finish.metal * colour * _room(2 * z * x, 2 * z * y)[..., None]
    if finish.sheen:
        out = out + finish.sheen * np.sqrt(colour) * ((1 - z) ** 2)[..., None]
    if finish.gloss:
        half = (_KEY[0] / 1.8, _KEY[1] / 1.8, (_KEY[2] + 1) / 1.8)
        out = out + (finish.gloss * np.clip(_dot(normals, half), 0, 1) ** finish.sharp)[..., None]
    if finish.window:
        out = out + (finish.window * _window(2 * z * x, 2 * z * y))[..., None]
    return np.asarray(out, dtype=np.float32)


def _dot(normals: Normals, to: tuple[float, float, float]) -> Floats:
    return np.asarray(normals.x * to[0] + normals.y * to[1] + normals.z * to[2], dtype=np.float32)


def _window(x: Floats, y: Floats) -> Floats:
    """What is mirrored of the window, by the direction that is mirrored."""
    tall = smooth(-0.93, -0.78, x) * smooth(-0.42, -0.56, x) * smooth(0.75, 0.3, np.abs(y + 0.1))
    rim = smooth(0.72, 0.9, x) * smooth(1.0, 0.93, x) * smooth(0.7, 0.2, np.abs(y))
    return np.asarray(tall + 0.16 * rim, dtype=np.float32)


def _room(x: Floats, y: Floats) -> Floats:
    """The brightness of a studio, by the direction that is mirrored."""
    left = smooth(-0.95, -0.75, x) * smooth(-0.15, -0.45, x)
    right = smooth(0.55, 0.75, x) * smooth(1.0, 0.9, x)
    edge = smooth(0.75, 1.0, np.abs(x))
    return np.asarray(0.46 - 0.22 * y + 0.75 * left + 0.42 * right - 0.22 * edge, dtype=np.float32)


def smooth(start: float, end: float, value: Floats) -> Floats:
    """0 before `start` and 1 behind `end`, without a corner between."""
    share = np.clip((value - start) / (end - start), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), dtype=np.float32)


def normals_of(canvas: Canvas, height: Floats) -> Normals:
    """The directions of a surface that lies so high."""
    down, across = np.gradient(height * np.float32(canvas.unit))
    long = 1 / np.sqrt(across * across + down * down + 1)
    return Normals(-across * long, -down * long, long)


def bumped(canvas: Canvas, normals: Normals, height: Floats) -> Normals:
    """The directions with a relief on them."""
    down, across = np.gradient(height * np.float32(canvas.unit))
    x, y = normals.x - across * normals.z, normals.y - down * normals.z
    long = 1 / np.sqrt(x * x + y * y + normals.z * normals.z + 1e-9)
    return replace(normals, x=x * long, y=y * long, z=normals.z * long)


def blur(canvas: Canvas, values: Floats, radius: float) -> Floats:
    """Blurred by a radius in hundredths; large ones in fewer pixels, because nobody can tell."""
    pixels = radius * canvas.unit
    times = max(1, int(pixels / 4))
    small = _shrunk(values, times) if times > 1 else values
    reach = max(1, round(pixels / times * 0.6))
    for _ in range(3):
        small = _boxed(_boxed(small, reach, 0), reach, 1)
    if times == 1:
        return small
    grown = Image.fromarray(small).resize(values.shape[::-1], Image.Resampling.BICUBIC)
    return np.asarray(grown, dtype=np.float32)


def _shrunk(values: Floats, times: int) -> Floats:
    rows, columns = (max(8, side // times) for side in values.shape)
    return np.asarray(Image.fromarray(values).resize((columns, rows), Image.Resampling.BOX), dtype=np.float32)


def _boxed(values: Floats, reach: int, axis: int) -> Floats:
    """The mean of each value and `reach` neighbours at both sides along an axis."""
    pad = [(0, 0), (0, 0)]
    pad[axis] = (reach + 1, reach)
    sums = np.cumsum(np.pad(values, pad, mode="edge"), axis=axis, dtype=np.float64)
    count = 2 * reach + 1
    ends = (slice(count, None), slice(None, -count))
    first, last = (ends[0], slice(None)), (ends[1], slice(None))
    found = sums[first] - sums[last] if axis == 0 else sums[:, count:] - sums[:, :-count]
    return np.asarray(found / count, dtype=np.float32)


def bounds(mask: Floats, margin: int = 0) -> tuple[slice, slice]:
    """The rows and columns in which the mask has something, and a margin around them."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return slice(0, 1), slice(0, 1)
    (top, bottom), (left, right) = (rows[0], rows[-1]), (columns[0], columns[-1])
    return slice(max(0, int(top) - margin), int(bottom) + 1 + margin), slice(
        max(0, int(left) - margin), int(right) + 1 + margin
    )

"""What surfaces are made of: reliefs and colours that repeat, by the coordinates of a surface."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image

from services.composer.drawing.palette import rgb
from services.composer.illustrations.canvas import Canvas, Floats


def colour_of(colour_hex: str) -> Floats:
    """The colour in linear light, (3,); not quite black, not quite white: nothing is."""
    return linear(rgb(colour_hex))


def linear(colour: tuple[int, int, int]) -> Floats:
    """The colour in linear light, (3,)."""
    share = np.array(colour, dtype=np.float32) / 255
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.clip(light, 0.006, 0.88), dtype=np.float32)


def blended(first: Floats, second: Floats, share: Floats) -> Floats:
    """Two colours mixed by a share at each point, (S, S, 3)."""
    return np.asarray(first + (second - first) * share[..., None], dtype=np.float32)


def shaded(colour: Floats, share: Floats) -> Floats:
    """A colour made lighter or darker by a factor at each point, (S, S, 3)."""
    return np.asarray(colour * share[..., None], dtype=np.float32)


@lru_cache(maxsize=48)
def _noise(size: int, across: int, down: int, seed: int) -> Floats:
    chance = np.random.Generator(np.random.PCG64(seed))
    grid = chance.standard_normal((max(2, down), max(2, across))).astype(np.float32)
    made = np.asarray(Image.fromarray(grid).resize((size, size), Image.Resampling.BICUBIC), dtype=np.float32)
    made.setflags(write=False)
    return made


def noise(canvas: Canvas, across: float, down: float | None = None, seed: int = 1) -> Floats:
    """Random waves about 0, so many hundredths wide and high."""
    return _noise(canvas.size, round(100 / across), round(100 / (across if down is None else down)), seed)


def cloudy(canvas: Canvas, wide: float, seed: int = 1) -> Floats:
    """Random waves with finer waves on them."""
    return np.asarray(noise(canvas, wide, seed=seed) + 0.5 * noise(canvas, wide / 2, seed=seed + 1)
                      + 0.25 * noise(canvas, wide / 4, seed=seed + 2), dtype=np.float32)  # fmt: skip


def grain(canvas: Canvas, seed: int = 1) -> Floats:
    """The finest unevenness that can be seen."""
    return np.asarray(noise(canvas, 0.55, seed=seed) + noise(canvas, 0.28, seed=seed + 1), dtype=np.float32)


def wave(value: Floats) -> Floats:
    """A cosine with the period 1."""
    return np.asarray(np.cos(2 * np.pi * value), dtype=np.float32)


def knit(x: Floats, y: Floats, stitch: float) -> Floats:
    """Stocking stitch, 0 to 1: columns of V."""
    u = np.abs((x / stitch) % 1.0 - 0.5) * 2  # 0 in the middle of a column
    leg = np.clip(1 - ((u - 0.5) / 0.5) ** 2, 0, 1)
    v = (y / (0.78 * stitch) + 0.75 * u) % 1.0
    return np.asarray(np.sqrt(leg) * (0.45 + 0.55 * np.sin(np.pi * v)), dtype=np.float32)


def rib(x: Floats, wide: float) -> Floats:
    """Ribs, 0 to 1."""
    return np.asarray(np.abs(np.cos(np.pi * x / wide)) ** 0.7, dtype=np.float32)


def weave(x: Floats, y: Floats, thread: float) -> Floats:
    """Plain weave, 0 to 1: threads that go over and under."""
    u, v = x / thread, y / thread
    over = (np.floor(u) + np.floor(v)) % 2
    warp, weft = np.sin(np.pi * (u % 1)), np.sin(np.pi * (v % 1))
    return np.asarray(np.where(over > 0.5, warp * (0.5 + 0.5 * weft), weft * (0.5 + 0.5 * warp)), dtype=np.float32)


def twill(x: Floats, y: Floats, thread: float) -> Floats:
    """Twill, 0 to 1: the diagonal lines of denim."""
    return np.asarray(0.5 + 0.5 * np.sin(2 * np.pi * (x * 0.75 + y) / thread), dtype=np.float32)


def wood(canvas: Canvas, x: Floats, y: Floats, seed: int = 5) -> Floats:
    """Grain that runs along y, 0 dark to 1 light."""
    bend = noise(canvas, 30, 60, seed) * 1.6 + noise(canvas, 9, 45, seed + 1) * 0.5
    rings = (0.34 * x + bend) % 1.0
    fine = noise(canvas, 0.5, 14, seed + 2)
    return np.asarray(np.clip(0.35 + 0.55 * rings**0.6 + 0.13 * fine, 0, 1.2), dtype=np.float32)


def speckles(canvas: Canvas, wide: float, rare: float, seed: int = 3) -> Floats:
    """Dots of glaze, 0 to 1; the rarer the higher."""
    return np.asarray(np.clip((noise(canvas, wide, seed=seed) - rare) * 3, 0, 1), dtype=np.float32)

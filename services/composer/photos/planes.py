"""Smooth planes of numbers: means over a neighbourhood, sizes changed; pure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float32]
"""(H, W), or (H, W, C)."""


def mean_around(plane: Plane, reach: int) -> Plane:
    """The mean over the square of `2 * reach + 1` pixels around each; beyond the picture its edge goes on.

    >>> mean_around(np.array([[0, 0, 9]], dtype=np.float32), 1).tolist()
    [[0.0, 3.0, 6.0]]
    """
    return _along(_along(plane, reach, 0), reach, 1)


def _along(plane: Plane, reach: int, axis: int) -> Plane:
    pads = [(reach + 1, reach) if number == axis else (0, 0) for number in range(plane.ndim)]
    sums = np.cumsum(np.pad(plane, pads, mode="edge"), axis=axis, dtype=np.float64)
    ends = np.arange(2 * reach + 1, sums.shape[axis])
    found = np.take(sums, ends, axis) - np.take(sums, ends - 2 * reach - 1, axis)
    mean: Plane = (found / (2 * reach + 1)).astype(np.float32)
    return mean


def resized(plane: Plane, size: tuple[int, int]) -> Plane:
    """A plane (H, W) of 0 to 1 at another size, (width, height)."""
    found = np.asarray(Image.fromarray(plane, "F").resize(size, Image.Resampling.BICUBIC))
    bounded: Plane = np.clip(found, 0.0, 1.0).astype(np.float32)
    return bounded


def ramp(value: Plane, low: float, high: float) -> Plane:
    """0 at `low` and below, 1 at `high` and above, a straight line between; `low` may be the larger.

    >>> ramp(np.array([1.0, 3.0, 9.0], dtype=np.float32), 2, 4).tolist()
    [0.0, 0.5, 1.0]
    """
    found: Plane = np.clip((value - low) / (high - low), 0.0, 1.0).astype(np.float32)
    return found


def as_plane(picture: Image.Image) -> Plane:
    """The RGB of a picture, (H, W, 3), 0 to 1."""
    return np.asarray(picture.convert("RGB"), dtype=np.float32) / np.float32(255.0)

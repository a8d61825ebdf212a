"""A product on a plain ground, told apart by colour alone; pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from services.composer.photos.cut_out import Alpha
from services.composer.photos.planes import Plane, mean_around, ramp
from services.composer.photos.regions import beyond, regions

_STRIP: Final = 0.02  # of the shorter side: the ground is judged by so wide a border
_OF_BORDER: Final = 0.9  # of the border's pixels must be ground; the rest may be a product that is cut off
_EVEN: Final = 0.035  # most deviation of the ground from its plane, root of mean square over channels, of 0..1
_LOW: Final = 3.0  # times the deviation: the ground reaches so far
_LEAST: Final = 0.03  # but at least this, as JPEG blurs
_SOFT: Final = 2.5  # times the lower bound, where the product begins
_ROUNDS: Final = 4
_EXACT: Final = 0.012  # three steps of 255: most difference of an enclosed ground's mean from the ground around
_LARGE: Final = 0.0005  # of the picture: smaller holes are lights on the product
_HALF: Final = 0.5


def plain_ground_mask(rgb: Plane, seen: Alpha | None = None) -> Alpha | None:
    """What is not ground of a picture (H, W, 3); None where the ground is not plain.

    The ground is a colour that changes evenly over the picture (a plane per channel, fitted to the border without its
    outliers). What is near it is ground where the border reaches it. What is enclosed, as by a handle, is ground where
    it has exactly the ground's colour and the model, (H, W), does not see the product there: stripes of a shirt stay.
    """
    border = _border(rgb.shape[:2])
    places = _places(rgb.shape[:2])
    kept = border.copy()
    for _ in range(_ROUNDS):
        slope, *_rest = np.linalg.lstsq(places[kept], rgb[kept].astype(np.float64), rcond=None)
        far = _far(rgb, (places @ slope).astype(np.float32))
        spread = float(np.sqrt(np.mean(far[kept] ** 2)))
        kept = border & (far < max(_LOW * spread, _LEAST))
    if kept.sum() < _OF_BORDER * border.sum() or spread > _EVEN:
        return None
    low = max(_LOW * spread, _LEAST)
    off = mean_around(rgb - (places @ slope).astype(np.float32), 2)
    near = mean_around(far, 1) < low
    ground = beyond(near)
    ground |= _holes(near & ~ground, off, seen)
    return np.where(_grown(ground), ramp(far, low * 0.8, low * _SOFT), 1.0).astype(np.float32)


def _holes(enclosed: np.ndarray, off: Plane, seen: Alpha | None) -> np.ndarray:
    labels = regions(enclosed)
    sizes = np.maximum(1, np.bincount(labels.ravel()))
    exact = np.ones(len(sizes), dtype=np.bool_)
    for channel in range(3):
        exact &= np.abs(np.bincount(labels.ravel(), off[..., channel].ravel()) / sizes) < _EXACT
    if seen is not None:
        exact &= np.bincount(labels.ravel(), seen.ravel()) / sizes < _HALF
    exact &= sizes > _LARGE * enclosed.size
    exact[0] = False
    found: np.ndarray = exact[labels]
    return found


def _far(rgb: Plane, ground: Plane) -> Plane:
    found: Plane = np.sqrt(((rgb - ground) ** 2).mean(axis=2))
    return found


def _grown(ground: np.ndarray) -> np.ndarray:
    """With the soft pixels around it."""
    return mean_around(ground.astype(np.float32), 2) > 0.01  # one pixel of 25 is 0.04


def _border(shape: tuple[int, ...]) -> np.ndarray:
    wide = max(2, round(min(shape) * _STRIP))
    border = np.ones(shape, dtype=np.bool_)
    border[wide:-wide, wide:-wide] = False
    return border


def _places(shape: tuple[int, ...]) -> np.ndarray:
    """1, x and y of each pixel, (H, W, 3)."""
    down, across = np.meshgrid(np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij")
    return np.stack([np.ones(shape), across, down], axis=2)

"""Doubts of a mask, settled by colour; pure.

Where two looks at a photo disagree, or are not sure, a pixel's colour speaks: what both are sure of gives a histogram
h1 of the product's colours and one h0 of the ground's, and by Bayes' rule a mask m becomes m h1 / (m h1 + (1 - m) h0).
The ratio of the two is bounded, so that a white print on a shirt, of which the mask is sure, outweighs a white ground.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from services.composer.photos.cut_out import Alpha
from services.composer.photos.planes import Plane, mean_around

_LEVELS: Final = 16  # of each channel
_SURE: Final = 0.9
_STRONGEST: Final = 20.0  # of h1 / h0 and its inverse: outweighed by a mask of 0.95
_ROUNDS: Final = 2  # in the second, what the first settled speaks too
_FEW: Final = 20.0  # pixels of even colour that are added to both, so that a rare colour says little
_LEAST: Final = 1e-3  # a mask is never surer than this


def settled(rgb: Plane, first: Alpha, second: Alpha) -> tuple[Alpha, Alpha, Alpha]:
    """Both masks (H, W) and their mean, after the colours of the picture (H, W, 3) have spoken."""
    cells, mean = _cells(rgb), (first + second) / 2
    low, high = np.minimum(first, second), np.maximum(first, second)
    for _ in range(_ROUNDS):
        product, ground = _histogram(cells[low > _SURE]), _histogram(cells[high < 1.0 - _SURE])
        ratio = np.clip(product / ground, 1.0 / _STRONGEST, _STRONGEST)[cells]
        smooth = np.exp(mean_around(np.log(ratio).astype(np.float32), 1))
        low = high = _by_bayes(mean, smooth)
    return _by_bayes(first, smooth), _by_bayes(second, smooth), low


def _by_bayes(mask: Alpha, ratio: Plane) -> Alpha:
    likely = np.clip(mask, _LEAST, 1.0 - _LEAST)
    found: Alpha = (likely * ratio / (likely * ratio + 1.0 - likely)).astype(np.float32)
    return found


def _cells(rgb: Plane) -> np.ndarray:
    """The number of each pixel's colour, (H, W)."""
    levels = np.minimum((rgb * _LEVELS).astype(np.int64), _LEVELS - 1)
    found: np.ndarray = (levels[..., 0] * _LEVELS + levels[..., 1]) * _LEVELS + levels[..., 2]
    return found


def _histogram(cells: np.ndarray) -> np.ndarray:
    """The share of each colour, smoothed over those beside it."""
    counts = np.bincount(cells.ravel(), minlength=_LEVELS**3).reshape((_LEVELS,) * 3).astype(np.float64)
    for axis in range(3):
        wide = np.pad(counts, [(1, 1) if number == axis else (0, 0) for number in range(3)], mode="edge")
        low, high = (np.take(wide, np.arange(start, start + _LEVELS), axis) for start in (0, 2))
        counts = (low + 2.0 * counts + high) / 4.0
    counts += _FEW / counts.size
    found: np.ndarray = (counts / counts.sum()).ravel()
    return found

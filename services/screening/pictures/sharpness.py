"""Whether a picture is blurred, or shows the blocks of a JPEG that was squeezed too far; pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.composer.photos.planes import Plane, mean_around
from services.screening.version import version_of

_BLOCK: Final = 8  # pixels of a JPEG's block
_CLEAR: Final = 0.08  # strength of the finest detail from where a picture is sharp, as of photos
_EVEN: Final = 0.12  # steps between neighbours that are larger are edges of what is shown
_EDGE: Final = 0.3  # of light, that the pixels around an edge differ by
_REACH: Final = 8  # pixels to each side of a step that belong to its edge, however blurred
_EDGES: Final = 30  # fewer tell nothing
_FEW: Final = 1e-3  # of light: what 8 bits round

SHARP: Final = version_of("sharp", _CLEAR, 1)
BLOCKS: Final = version_of("blocks", _BLOCK, _EVEN, _FEW, 1)
"""The versions of the checks; the last numbers count changes of the code."""


def sharpness(picture: Image.Image) -> float:
    """How strong the finest detail is where there is most of it, and how steep edges are: the less of both, 0 to 1.

    Detail: the strongest hundredth of the deviations of pixels from the mean around them. A small picture that was
    blown up has much of it, where its contrasts are great; but its edges are many pixels wide, at least along
    the way of what moved.
    """
    grey = _grey(picture)
    detail = np.abs(grey - mean_around(grey, 1))
    return min(1.0, float(np.quantile(detail, 0.99) / _CLEAR), _steepness(grey), _steepness(grey.T))


def _steepness(grey: Plane) -> float:
    """The largest step of an edge between two neighbours of a row, over all that it rises by; the median of edges."""
    if grey.shape[1] < 4 * _REACH:
        return 1.0
    steps = np.abs(np.diff(grey, axis=1))
    highest, lowest, steepest = grey[:, : -2 * _REACH - 1], grey[:, : -2 * _REACH - 1], steps[:, : -2 * _REACH]
    for n in range(1, 2 * _REACH + 2):
        part = grey[:, n : n + highest.shape[1]]
        highest, lowest = np.maximum(highest, part), np.minimum(lowest, part)
    for n in range(1, 2 * _REACH + 1):
        steepest = np.maximum(steepest, steps[:, n : n + steepest.shape[1]])
    middle, rise = steps[:, _REACH : _REACH + highest.shape[1]], highest - lowest
    edges = (rise > _EDGE) & (middle >= steepest)
    return float(np.median(middle[edges] / rise[edges])) if int(edges.sum()) >= _EDGES else 1.0


def blockiness(picture: Image.Image) -> float:
    """Steps across the borders of 8x8 blocks over steps elsewhere, outside of edges; 1 where there are no blocks.

    The larger of both directions, wherever blocks begin: the picture may have been cut. One that was scaled since hides
    its blocks.
    """
    grey = _grey(picture)
    return max(_along(grey), _along(grey.T))


def _along(grey: Plane) -> float:
    steps = np.abs(np.diff(grey, axis=1))
    steps = np.where(steps < _EVEN, steps, np.nan)
    if steps.shape[1] < 2 * _BLOCK:
        return 1.0
    places = np.arange(steps.shape[1]) % _BLOCK
    return max(_ratio(steps, places == first) for first in range(_BLOCK))


def _ratio(steps: Plane, borders: NDArray[np.bool_]) -> float:
    return float((_mean(steps[:, borders]) + _FEW) / (_mean(steps[:, ~borders]) + _FEW))


def _mean(steps: Plane) -> float:
    return float(np.nanmean(steps)) if np.isfinite(steps).any() else 0.0


def _grey(picture: Image.Image) -> Plane:
    return np.asarray(picture.convert("L"), dtype=np.float32) / np.float32(255.0)

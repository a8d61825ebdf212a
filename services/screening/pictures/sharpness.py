"""Whether a picture is blurred, or shows the blocks of a JPEG that was squeezed too far; pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from services.composer.photos.planes import Plane, mean_around
from services.screening.version import version_of

_BLOCK: Final = 8  # pixels of a JPEG's block
_CLEAR: Final = 0.08  # strength of the finest detail from where a picture is sharp, as of photos
_EVEN: Final = 0.12  # steps between neighbours that are larger are edges of what is shown
_FEW: Final = 1e-3  # of light: what 8 bits round

SHARP: Final = version_of("sharp", _CLEAR, 1)
BLOCKS: Final = version_of("blocks", _BLOCK, _EVEN, _FEW, 1)
"""The versions of the checks; the last numbers count changes of the code."""


def sharpness(picture: Image.Image) -> float:
    """How strong the finest detail is where there is most of it, 0 to 1: letters, edges, or a product's seams.

    The strongest hundredth of the deviations of pixels from the mean around them.
    """
    grey = _grey(picture)
    detail = np.abs(grey - mean_around(grey, 1))
    return float(min(1.0, np.quantile(detail, 0.99) / _CLEAR))


def blockiness(picture: Image.Image) -> float:
    """Steps across the borders of 8x8 blocks over steps elsewhere, outside of edges; 1 where there are no blocks.

    The larger of both directions, of pictures as the JPEG had them: one that was scaled since hides its blocks.
    """
    grey = _grey(picture)
    return max(_along(grey), _along(grey.T))


def _along(grey: Plane) -> float:
    steps = np.abs(np.diff(grey, axis=1))
    steps = np.where(steps < _EVEN, steps, np.nan)
    borders = np.arange(steps.shape[1]) % _BLOCK == _BLOCK - 1
    if borders.all() or not borders.any():
        return 1.0
    return float((_mean(steps[:, borders]) + _FEW) / (_mean(steps[:, ~borders]) + _FEW))


def _mean(steps: Plane) -> float:
    return float(np.nanmean(steps)) if np.isfinite(steps).any() else 0.0


def _grey(picture: Image.Image) -> Plane:
    return np.asarray(picture.convert("L"), dtype=np.float32) / np.float32(255.0)

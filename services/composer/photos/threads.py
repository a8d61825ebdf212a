"""Threads that hang on a cut-out: joints of a floor, loose yarn, the edge of a mat; pure.

What is thinner than a strap and has a loose end is none of the product. A strap or a handle is thicker, or grows from
the product at both ends.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from services.composer.photos.cut_out import Alpha
from services.composer.photos.planes import mean_around
from services.composer.photos.regions import Mask, regions

_THIN: Final = 0.006  # of the longer side: half the width of what is thin, at most
_LONG: Final = 5  # times that half: what is shorter is a corner or a fringe
_SEEN: Final = 0.1
_ALL: Final = 1.0 - 1e-4
_LEAST: Final = 1e-4


def without_threads(mask: Alpha) -> Alpha:
    """The mask (H, W) without what is long, thin and loose."""
    half = max(1, round(max(mask.shape) * _THIN))
    firm = mask > _SEEN
    body = _grown(_shrunk(firm, half), half + 1) & firm
    labels = regions(firm & ~body)
    loose = [number for number in range(1, int(labels.max()) + 1) if _is_thread(labels == number, body, half)]
    return np.where(np.isin(labels, loose), 0.0, mask).astype(np.float32) if loose else mask


def _is_thread(part: Mask, body: Mask, half: int) -> bool:
    down, across = (np.flatnonzero(part.any(axis=axis)) for axis in (1, 0))
    if max(down[-1] - down[0], across[-1] - across[0]) < _LONG * half:
        return False
    top, left = max(0, down[0] - 2 * half), max(0, across[0] - 2 * half)
    around = slice(top, down[-1] + 2 * half + 1), slice(left, across[-1] + 2 * half + 1)
    held = _grown(part[around], 2) & body[around]
    return int(regions(_grown(held, 1)).max()) < 2


def _shrunk(mask: Mask, reach: int) -> Mask:
    return mean_around(mask.astype(np.float32), reach) > _ALL


def _grown(mask: Mask, reach: int) -> Mask:
    return mean_around(mask.astype(np.float32), reach) > _LEAST

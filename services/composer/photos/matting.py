"""Soft edges of a cut-out, and its own colours in them; pure.

A mask of a model has soft and late edges. Between what is surely the product and surely its ground, each pixel I is
taken as a mixture of the colours F and B that both have near by: a = (I - B)(F - B) / |F - B|^2, clipped to 0..1
(Levin et al. 2008 call it the compositing equation). Where F and B are alike this says nothing, and the mask itself
counts. Then the ground's colour is taken out of these pixels, so that no fringe of it is seen on another ground.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from services.composer.photos.cut_out import Alpha
from services.composer.photos.planes import Plane, mean_around, ramp

_SURE: Final = 0.92
_NEAR: Final = 0.012  # of the longer side: reach of the colours near by
_ALIKE: Final = 0.02  # squared distance of F and B, of 0..1 a channel, at which mask and mixture count the same
_LITTLE: Final = 1e-4


def refined(rgb: Plane, mask: Alpha) -> Alpha:
    """The mask (H, W) with edges where the colours of the picture (H, W, 3) change."""
    reach = max(3, round(max(mask.shape) * _NEAR))
    product = _sure(mask, reach // 3)
    ground = _sure(1.0 - mask, reach // 3)
    front, has_front = _near(rgb, product, reach)
    back, has_back = _near(rgb, ground, reach)
    apart = ((front - back) ** 2).sum(axis=2)
    mixture = np.clip(((rgb - back) * (front - back)).sum(axis=2) / (apart + _LITTLE), 0.0, 1.0)
    weight = apart / (apart + _ALIKE) * has_front * has_back * _unsure(mask)
    alpha = mask + weight * (mixture - mask)
    alpha = np.where(product, 1.0, np.where(ground, 0.0, alpha)).astype(np.float32)
    return ramp(mean_around(alpha, 1), _LOW, _HIGH)


_LOW: Final = 0.15  # less is dirt of the ground
_HIGH: Final = 0.88


def own_colours(rgb: Plane, alpha: Alpha) -> Plane:
    """The colours of the product alone (H, W, 3): in soft pixels those of the firm ones near by."""
    reach = max(3, round(max(alpha.shape) * _NEAR))
    firm = (alpha > _SURE).astype(np.float32)
    inside = (mean_around(firm, 1) > _SURE).astype(np.float32)  # a pixel at the edge still holds some of the ground
    near, found = _near(rgb, inside > 0, reach)
    own = np.maximum(firm * ramp(mean_around(firm, 1), 0.5, 1.0), inside)
    share = np.where(found, own, 1.0)[..., None]
    return (rgb * share + near * (1.0 - share)).astype(np.float32)


def _sure(mask: Alpha, reach: int) -> np.ndarray:
    """Where a mask is high, and all around it too."""
    return mean_around((mask > _SURE).astype(np.float32), max(1, reach)) > 1.0 - _LITTLE


def _unsure(mask: Alpha) -> Plane:
    return (ramp(mask, 0.02, 0.1) * ramp(mask, 0.995, 0.95)).astype(np.float32)


def _near(rgb: Plane, where: np.ndarray, reach: int) -> tuple[Plane, np.ndarray]:
    """The mean colour of the pixels `where` around each, and whether there are any; from near by, else from further."""
    colour, found = np.zeros_like(rgb), np.zeros(where.shape, dtype=np.bool_)
    for wide in (reach, 3 * reach):
        weight = mean_around(where.astype(np.float32), wide)
        mean = mean_around(rgb * where[..., None].astype(np.float32), wide) / np.maximum(weight, _LITTLE)[..., None]
        new = (weight > _LITTLE) & ~found
        colour[new], found = mean[new], found | new
    return colour, found

"""What ads need to know of a product's pixels: its colours, where it is, how sharp it is; pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from services.composer.drawing.palette import Colour
from services.composer.formats import Box
from services.composer.photos.cut_out import Alpha
from services.composer.photos.planes import Plane, mean_around

_MOST: Final = 5  # colours
_LEAST: Final = 0.04  # of the product's pixels; a smaller share is a highlight or dirt
_SMALL: Final = (96, 96)
_STEP: Final = 24  # of 256: colours as near as this are one
_FIRM: Final = 0.95
_SMALLEST: Final = 64  # pixels of a side: in smaller ones the product itself is but detail
_STEPS: Final = 2**0.5  # from one size to the next
_KEPT: Final = 0.4  # of the steepest edges of any size: a sharp photo has so much of them at its own


def colours_of(image: Image.Image) -> tuple[Colour, ...]:
    """The colours of the firm pixels of an RGBA picture, most frequent first; at most five."""
    small = np.asarray(image.resize(_SMALL, Image.Resampling.BOX)).reshape(-1, 4)
    firm = small[small[:, 3] > _FIRM * 255][:, :3].astype(np.int64)
    left = firm
    found: list[tuple[Colour, int]] = []
    while len(left) and len(found) < _MOST:
        cells, places, counts = np.unique(left // _STEP, axis=0, return_inverse=True, return_counts=True)
        middle = np.median(left[places.reshape(-1) == counts.argmax()], axis=0)
        near = np.sqrt(((left - middle) ** 2).sum(axis=1)) < 2 * _STEP
        near |= (left // _STEP == cells[counts.argmax()]).all(axis=1)
        if near.sum() < _LEAST * len(firm):
            break
        red, green, blue = (int(part) for part in np.median(left[near], axis=0))
        found.append(((red, green, blue), int(near.sum())))
        left = left[~near]
    return tuple(colour for colour, _ in sorted(found, key=lambda one: -one[1]))


def focus_of(weight: Alpha) -> Box:
    """The least box that holds 98 % of the weight (H, W) along each axis; the whole where there is none."""
    height, width = weight.shape
    left, right = _span(weight.sum(axis=0))
    top, bottom = _span(weight.sum(axis=1))
    return (left, top, right, bottom) if right > left and bottom > top else (0, 0, width, height)


def _span(sums: Plane) -> tuple[int, int]:
    total = np.cumsum(sums, dtype=np.float64)
    if not total[-1]:
        return 0, 0
    return int(np.searchsorted(total, _EDGE * total[-1], "right")), int(
        np.searchsorted(total, (1 - _EDGE) * total[-1]) + 1
    )


_EDGE: Final = 0.01


def detail_of(image: Image.Image) -> int:
    """The longer side, in pixels, of a smaller picture that is as sharp as an RGBA picture; its own where it is sharp.

    An edge is as steep in a picture that was made smaller, unless it was blurred: then it becomes steeper until the
    picture is as small as its detail. So colours and light do not matter, plain cloth counts by its seams. Of phone
    photos, nine of ten have detail to .71 of their size or more; those that were made smaller and then larger again to
    somewhat more than the smaller size, as a first blur is hardly seen.
    """
    sides = [max(image.size)]
    while sides[-1] > _SMALLEST:
        sides.append(max(_SMALLEST, round(sides[-1] / _STEPS)))
    steep = [_steepness(image, side) for side in sides]
    return next(side for side, found in zip(sides, steep, strict=True) if found >= _KEPT * max(steep))


def _steepness(image: Image.Image, side: int) -> float:
    """The deviation of each firm pixel from the mean around it, of which the strongest hundredth counts."""
    scaled = image.copy()
    scaled.thumbnail((side, side), Image.Resampling.LANCZOS)
    pixels = np.asarray(scaled, dtype=np.float32) / np.float32(255.0)
    grey = (pixels[..., :3] @ np.array((0.2126, 0.7152, 0.0722), dtype=np.float32)).astype(np.float32)
    firm = mean_around(pixels[..., 3], 2) > _FIRM  # the cut itself is no detail
    return float(np.quantile(np.abs(grey - mean_around(grey, 1))[firm], 0.99)) if firm.any() else 0.0

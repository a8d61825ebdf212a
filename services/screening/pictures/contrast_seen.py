"""The contrast of lines of text in a picture of which nothing is known but its pixels; pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from services.composer.formats import Box
from services.screening.pictures.plain_pixels import light_of

_LEVELS: Final = 64
_CORE: Final = 0.85  # of the ink's pixels: what is lighter or darker is the blur of its edges


def line_contrast(picture: Image.Image, box: Box) -> float:
    """WCAG's ratio of a line's ink and its ground: its pixels parted in two by light (Otsu 1979), 1 to 21.

    Of each part the middle counts, of the ink's the side that is away from the ground.
    """
    light = light_of(np.asarray(picture.crop(box), dtype=np.float32) / np.float32(255.0)).ravel()
    if light.size < 2 or float(np.ptp(light)) < 1 / 255:
        return 1.0
    seen = np.sqrt(light)  # nearer to how light looks, so that dark tones are told apart
    edge = _parting(seen)
    dark, bright = light[seen <= edge], light[seen > edge]
    if dark.size < bright.size:
        one, other = float(np.quantile(dark, 1 - _CORE)), float(np.median(bright))
    else:
        one, other = float(np.median(dark)), float(np.quantile(bright, _CORE))
    return (other + 0.05) / (one + 0.05)


def _parting(seen: np.ndarray) -> float:
    """The level that parts the values in two with the greatest variance between them."""
    counts, edges = np.histogram(seen, bins=_LEVELS)
    middles = (edges[:-1] + edges[1:]) / 2
    below, above = np.cumsum(counts), counts.sum() - np.cumsum(counts)
    sums = np.cumsum(counts * middles)
    held = (below > 0) & (above > 0)
    low, high = sums[held] / below[held], (sums[-1] - sums[held]) / above[held]
    between = below[held] * above[held] * (low - high) ** 2
    return float(edges[1:][held][between.argmax()])

"""How much of what a designer coloured has colours that the brand kit lacks; pure.

Products and photos have many colours, all allowed, and no two pixels of theirs are quite equal. What a designer chose
are even areas: grounds, panels, buttons, large letters. Of those that are coloured at all, each pixel is the brand's
where it is near a colour of the kit, or a lighter or darker tone of one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from services.composer.drawing.oklab_pixels import oklab
from services.composer.drawing.palette import Colour
from services.screening.version import version_of

_WINDOW: Final = 5  # pixels of a side, in which an even area has one colour
_EVEN: Final = 2  # levels between its lightest and darkest pixel: gradients and light JPEGs have these
_COLOURED: Final = 0.005  # of the picture; less is a line or two
_GREY: Final = 0.04  # chroma, below which a colour is a grey, white or black
_NEAR_HUE: Final = 0.45  # radians: a lighter or darker tone of a kit's colour is the kit's
_NEAR: Final = 0.10  # OKLab
_MOST: Final = 40_000  # pixels that are judged, evenly chosen

COLOURS: Final = version_of("brand_colours", _WINDOW, _EVEN, _COLOURED, _GREY, _NEAR_HUE, _NEAR, _MOST, 1)
"""The version of the check; the last number counts changes of the code."""


def off_brand(picture: Image.Image, colours: Iterable[Colour]) -> float:
    """The share of its coloured even areas in other colours, 0 to 1; 0 where hardly any is coloured."""
    even = np.asarray(picture, dtype=np.float32)[_is_even(picture)] / np.float32(255.0)  # (N, 3)
    seen = oklab(even[:: max(1, len(even) // _MOST)])
    coloured = seen[np.hypot(seen[:, 1], seen[:, 2]) >= _GREY]
    if len(coloured) < _COLOURED * min(picture.width * picture.height, _MOST):
        return 0.0
    fits = np.zeros(len(coloured), dtype=np.bool_)
    for own in oklab(np.array(list(colours), dtype=np.float32).reshape(-1, 3) / np.float32(255.0)):
        np.logical_or(fits, np.linalg.norm(coloured - own, axis=1) < _NEAR, out=fits)
        if np.hypot(own[1], own[2]) >= _GREY:
            fits |= _turned(coloured, own) < _NEAR_HUE
    return float((~fits).mean())


def _is_even(picture: Image.Image) -> NDArray[np.bool_]:
    """Which pixels (H, W) have the colour of all around them."""
    spread = ImageChops.subtract(
        picture.filter(ImageFilter.MaxFilter(_WINDOW)), picture.filter(ImageFilter.MinFilter(_WINDOW))
    )
    found: NDArray[np.bool_] = np.asarray(spread).max(axis=2) <= _EVEN
    return found


def _turned(seen: NDArray[np.float32], own: NDArray[np.float32]) -> NDArray[np.float32]:
    """The angles between the hues of colours and that of one, in radians."""
    turned = np.arctan2(seen[:, 2], seen[:, 1]) - np.arctan2(own[2], own[1])
    found: NDArray[np.float32] = np.abs(np.angle(np.exp(1j * turned))).astype(np.float32)
    return found

"""How much of a picture's plain areas shows colours that the brand kit does not have; pure.

Products and photos have many colours, all allowed. What a designer chose are plain areas: grounds, panels, buttons,
large letters. A plain area counts where it is coloured at all and far from each colour of the kit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from PIL import Image

from services.composer.drawing.oklab_pixels import oklab
from services.composer.drawing.palette import Colour

_LONGEST: Final = 320  # pixels of a side, in which areas are judged
_PLAIN: Final = 0.012  # OKLab between neighbours, below which they are of one area
_GREY: Final = 0.04  # chroma, below which a colour is a grey, white or black
_NEAR_HUE: Final = 0.45  # radians: a lighter or darker tone of a kit's colour is the kit's
_NEAR: Final = 0.10  # OKLab


def off_brand(picture: Image.Image, colours: Iterable[Colour]) -> float:
    """The share of the picture's plain areas in other colours, 0 to 1."""
    small = picture.copy()
    small.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    lab = oklab(np.asarray(small, dtype=np.float32) / np.float32(255.0))
    plain = _plain(lab)
    if not plain.any():
        return 0.0
    seen = lab[plain]  # (N, 3)
    chroma = np.hypot(seen[:, 1], seen[:, 2])
    fits = chroma < _GREY
    for own in oklab(np.array(list(colours), dtype=np.float32).reshape(-1, 3) / np.float32(255.0)):
        fits |= np.linalg.norm(seen - own, axis=1) < _NEAR
        if np.hypot(own[1], own[2]) >= _GREY:
            turned = np.abs(np.angle(np.exp(1j * (np.arctan2(seen[:, 2], seen[:, 1]) - np.arctan2(own[2], own[1])))))
            fits |= turned < _NEAR_HUE
    return float((~fits).mean())


def _plain(lab: np.ndarray) -> np.ndarray:
    """Which pixels (H, W) look like those right of and below them."""
    plain = np.zeros(lab.shape[:2], dtype=np.bool_)
    right = np.linalg.norm(np.diff(lab, axis=1), axis=2)[:-1] < _PLAIN
    below = np.linalg.norm(np.diff(lab, axis=0), axis=2)[:, :-1] < _PLAIN
    plain[:-1, :-1] = right & below
    return plain

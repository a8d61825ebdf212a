"""A model's drawing of a product, which is small and stands on an even ground of any colour, cut out; pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from PIL import Image

from services.composer.photos.attempt import without_crumbs
from services.composer.photos.matting import own_colours
from services.composer.photos.planes import Plane, as_plane, mean_around, ramp
from services.composer.photos.regions import beyond

_SIDE: Final = 320  # pixels, to which it is drawn larger: its outline is then smooth
_STRIP: Final = 0.03  # of the side: the ground is judged by so wide a border
_SPREAD: Final = 4.0  # deviations of the border's colour, within which a pixel is ground
_LEAST: Final = 0.05  # but at least so far from its middle, of 0..1
_SOFT: Final = 3  # pixels, over which the outline is smoothed
_EDGE: Final = (0.62, 0.88)  # of the smoothed mask: within the dark line that drawings have around them


def cut_drawing(image: Image.Image) -> Image.Image:
    """The drawing, RGBA; what the border reaches of its colour is ground, whatever lies within the product."""
    scale = _SIDE / max(image.size)
    size = max(2, round(image.width * scale)), max(2, round(image.height * scale))
    rgb = as_plane(image.convert("RGB").resize(size, Image.Resampling.BICUBIC))
    mask = without_crumbs(ramp(mean_around(_not_ground(rgb), _SOFT), *_EDGE))
    pixels = np.concatenate([own_colours(rgb, mask), mask[..., None]], axis=2)
    return Image.fromarray(np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8), "RGBA")


def _not_ground(rgb: Plane) -> Plane:
    wide = max(2, round(min(rgb.shape[:2]) * _STRIP))
    strips = (rgb[:wide], rgb[-wide:], rgb[:, :wide], rgb[:, -wide:])
    border = np.concatenate([strip.reshape(-1, 3) for strip in strips])
    middle = np.median(border, axis=0)
    spread = float(np.median(np.abs(border - middle).max(axis=1)))
    far = np.abs(rgb - middle.astype(np.float32)).max(axis=2)
    near = mean_around(far, 1) < max(_SPREAD * spread, _LEAST)
    return np.where(beyond(near), 0.0, 1.0).astype(np.float32)

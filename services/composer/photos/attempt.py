"""The ways to part a product from its ground, the best first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from services.composer.photos.colour_model import settled
from services.composer.photos.cut_out import Alpha, CutOut
from services.composer.photos.judge import LEAST_QUALITY, Judged, judged
from services.composer.photos.matting import refined
from services.composer.photos.on_white import on_white
from services.composer.photos.plain_ground import plain_ground_mask
from services.composer.photos.planes import Plane, as_plane, ramp, resized
from services.composer.photos.regions import regions
from services.composer.photos.threads import without_threads

_PART: Final = 0.05  # of the largest region: the second shoe is kept, a crumb is not
_HOLE: Final = 0.001  # of the picture; smaller holes are lights and prints
_SMALLER: Final = 0.12  # of its sides, by which the second look at a photo is moved away


@dataclass(frozen=True, slots=True)
class Attempt:
    """A mask of the product, (H, W), and how good it is."""

    mask: Alpha
    quality: float
    why: str

    @property
    def is_good(self) -> bool:
        """Whether it may be shown cut out."""
        return self.quality >= LEAST_QUALITY


def attempted(image: Image.Image, cut_out: CutOut) -> Attempt:
    """The product of an upright RGBA picture: by its own transparency, its plain ground, or the model."""
    own = np.asarray(image.getchannel("A"), dtype=np.float32) / np.float32(255.0)
    if _is_cut_out(own):
        return Attempt(own, 1.0, "the file brings its own cut-out")
    image = on_white(image)
    rgb = as_plane(image)
    if cut_out.missing:
        return _by_ground_alone(plain_ground_mask(rgb), cut_out)
    return _by_both(image, rgb, cut_out)


def _is_cut_out(alpha: Alpha) -> bool:
    """Whether most of the border is clear, and something is not: round corners alone are none."""
    rim = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    return bool((rim < _CLEAR).mean() > _MOSTLY and alpha.max() > 1 - _CLEAR)


def _by_ground_alone(plain: Alpha | None, cut_out: CutOut) -> Attempt:
    if plain is None:
        return Attempt(np.ones((1, 1), dtype=np.float32), 0.0, f"its ground is not plain, and {cut_out.missing}")
    found = judged(plain, plain, plain)
    return Attempt(_tidied(plain), found.quality, found.why or _PLAIN)


def _by_both(image: Image.Image, rgb: Plane, cut_out: CutOut) -> Attempt:
    looked, again = _two_looks(image, cut_out)
    small = as_plane(image.resize((looked.shape[1], looked.shape[0]), Image.Resampling.BOX))
    looked, again, mean = settled(small, looked, again)
    mean = without_crumbs(ramp(mean, *_DECIDED))
    found = judged(looked, again, mean)
    mean = resized(mean, image.size)
    plain = plain_ground_mask(rgb, mean)
    if plain is not None:
        edges = resized(plain, (looked.shape[1], looked.shape[0]))
        edged = judged(edges, looked, edges)
        if edged.quality >= _ALIKE:
            return Attempt(_tidied(plain), edged.quality, _PLAIN)
    return Attempt(_tidied(refined(rgb, mean)), found.quality, _words(found, cut_out))


def _two_looks(picture: Image.Image, cut_out: CutOut) -> tuple[Alpha, Alpha]:
    """The mask, and that of the picture mirrored and from further away, laid over the first."""
    first = cut_out.mask(picture)
    across, down = (round(side * _SMALLER) for side in picture.size)
    wider = Image.fromarray(np.pad(np.asarray(picture), ((down, down), (across, across), (0, 0)), mode="edge"))
    second = cut_out.mask(ImageOps.mirror(wider))[:, ::-1]
    whole = resized(np.ascontiguousarray(second), wider.size)[
        down : down + picture.height, across : across + picture.width
    ]
    return first, resized(np.ascontiguousarray(whole), (first.shape[1], first.shape[0]))


def without_crumbs(mask: Alpha) -> Alpha:
    """The mask without regions that are small beside its largest, and without small holes."""
    labels = regions(mask > _TOUCHED)
    counts = np.bincount(labels.ravel())
    if len(counts) < 2:
        return mask
    large = np.flatnonzero(counts >= _PART * counts[1:].max())
    kept = np.where(np.isin(labels, large[large > 0]), mask, 0.0)
    holes = regions(mask < 1.0 - _TOUCHED)
    small = np.flatnonzero(np.bincount(holes.ravel()) < _HOLE * mask.size)
    return np.where(np.isin(holes, small[small > 0]), 1.0, kept).astype(np.float32)


def _tidied(mask: Alpha) -> Alpha:
    return without_threads(without_crumbs(mask))


def _words(found: Judged, cut_out: CutOut) -> str:
    return found.why or f"cut out by {cut_out.name}"


_ALIKE: Final = 0.9  # where ground and model agree so well, the ground gives the better edge
_DECIDED: Final = (0.35, 0.65)  # a mask beyond these is sure: nothing of a product is half there
_PLAIN: Final = "cut out by its plain ground"
_CLEAR: Final = 0.05
_MOSTLY: Final = 0.5
_TOUCHED: Final = 0.1

"""Prepares a product's photo for all its ads.

Bytes -> upright sRGB pixels (`decode.py`) -> a mask of the product and how good it is (`attempt.py`, `judge.py`) ->
cut out with clean edges (`matting.py`) and trimmed, or the whole photo for a frame -> measured (`measure.py`).
"""

from __future__ import annotations

import hashlib
from typing import Final

import numpy as np
from PIL import Image

from services.composer.photos.attempt import Attempt, attempted
from services.composer.photos.cut_out import CutOut
from services.composer.photos.decode import decoded
from services.composer.photos.matting import own_colours
from services.composer.photos.measure import colours_of, detail_of, focus_of
from services.composer.photos.on_white import on_white
from services.composer.photos.planes import as_plane, resized
from services.composer.photos.prepared_photo import CUT_OUT, FRAMED, PreparedPhoto

PREPARATION: Final = "photos/2"
"""Changes when the same photo is prepared otherwise."""

_SEEN: Final = 12  # of 255: pixels fainter than this are trimmed


def version_of(cut_out: CutOut) -> str:
    """The version of what is prepared with this model."""
    return f"{PREPARATION}+{cut_out.name}"


def prepared(content: bytes, cut_out: CutOut) -> PreparedPhoto:
    """The photo, cut out where that can be done well; the same bytes and versions give the same pixels.

    Takes one to five seconds of a core. Raises `Rejected` for what is no photo; see `decode.py`.
    """
    image = decoded(content)
    attempt = attempted(image, cut_out)
    sha256, version = hashlib.sha256(content).hexdigest(), version_of(cut_out)
    if attempt.is_good:
        product = cut(image, attempt)
        alpha = np.asarray(product.getchannel("A"), dtype=np.float32)
        measures = colours_of(product), focus_of(alpha), detail_of(product)
        return PreparedPhoto(product, CUT_OUT, attempt.quality, attempt.why, *measures, sha256, version)
    whole = on_white(image).convert("RGBA")
    weight = resized(attempt.mask, image.size)
    seen = whole.copy()
    seen.putalpha(Image.fromarray(np.where(weight > weight.mean(), 255, 0).astype(np.uint8)))
    measures = colours_of(seen) or colours_of(whole), focus_of(weight), detail_of(whole)
    return PreparedPhoto(whole, FRAMED, attempt.quality, attempt.why, *measures, sha256, version)


def cut(image: Image.Image, attempt: Attempt) -> Image.Image:
    """The product alone in its own colours, RGBA, trimmed to what is seen of it."""
    alpha = attempt.mask
    colours = own_colours(as_plane(image), alpha)
    pixels = np.rint(np.concatenate([colours, alpha[..., None]], axis=2) * 255).astype(np.uint8)
    product = Image.fromarray(pixels, "RGBA")
    box = product.getchannel("A").point(lambda value: 255 if value >= _SEEN else 0).getbbox()
    return product.crop(box) if box else product

"""The product: a cut-out with a soft shadow, or its photo in a frame that keeps what matters."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

from services.composer.drawing.oklab_pixels import Pixels, oklab
from services.composer.drawing.palette import Colour
from services.composer.formats import Box
from services.composer.layers.masks import rounded_mask, shape_mask
from services.composer.layout.blocks import Rect
from services.composer.photos.enlarged import MOST
from services.composer.photos.prepared_photo import CUT_OUT, PreparedPhoto
from services.composer.templates.template import Place

_SHADOW_SIZE: Final = 96  # pixels, in which shadows are blurred: they are soft, and it is quick
_ROUND: Final = 0.07  # of a frame's shorter side
_DARKEST: Final = 110  # of 255: the shadow where it is full
_OUTLINE_SIZE: Final = 160  # pixels, in which outlines are compared
_FIRM: Final = [0] * 200 + [255] * 56  # of an alpha's levels
_CAST: Final = 0.035  # of the product's height, down


def paint_product(picture: Image.Image, photo: PreparedPhoto, place: Place, rect: Rect, look: tuple[str, float]) -> Box:
    """The product in its rectangle; returns the box of what no text may cover."""
    frame, shadow = look
    if photo.kind == CUT_OUT:
        return _paint_cut_out(picture, photo, place, rect, shadow)
    return _paint_framed(picture, photo, rect, frame)


def _paint_cut_out(picture: Image.Image, photo: PreparedPhoto, place: Place, rect: Rect, shadow: float) -> Box:
    image, (x, y) = _put(photo, place, rect)
    if shadow:
        _cast(picture, image, (x, y), shadow)
    picture.paste(image, (x, y), image)
    scale = image.width / photo.image.width, image.height / photo.image.height
    if place.tilt:
        return x, y, x + image.width, y + image.height
    one = photo.focus
    return (
        x + round(one[0] * scale[0]),
        y + round(one[1] * scale[1]),
        x + round(one[2] * scale[0]),
        y + round(one[3] * scale[1]),
    )


def _put(photo: PreparedPhoto, place: Place, rect: Rect) -> tuple[Image.Image, tuple[int, int]]:
    """The cut-out in its size, and where its corner is."""
    left, top, right, bottom = rect
    image = fitted(photo, (round(right - left), round(bottom - top)), place.tilt)
    slack = bottom - top - image.height
    y = round(top + slack * {"top": 0.0, "middle": 0.5, "bottom": 1.0}[place.anchor])
    return image, (round((left + right - image.width) / 2), y)


class Outline(NamedTuple):
    """The edge of a product where it stands."""

    apart: float  # from the ground under it
    colour: Colour | None  # its middle; None: it has no edge of its own


_NO_OUTLINE: Final = Outline(1.0, None)


def outline_of(ground: Image.Image, photo: PreparedPhoto, place: Place, rect: Rect) -> Outline:
    """How far the product's outline is from the ground under it: the middle of their distances in OKLab.

    0.02 is just seen beside each other, black and white are 1 apart. A photo in a frame stands out by its frame: 1.
    """
    if photo.kind != CUT_OUT:
        return _NO_OUTLINE
    image, (x, y) = _put(photo, place, rect)
    scale = min(1.0, _OUTLINE_SIZE / max(image.size))
    size = max(2, round(image.width * scale)), max(2, round(image.height * scale))
    small = image.resize(size, Image.Resampling.BOX)
    behind = ground.crop((x, y, x + image.width, y + image.height)).resize(size, Image.Resampling.BOX)
    rim = _rim(small.getchannel("A").point(_FIRM))
    if not rim.any():
        return _NO_OUTLINE
    edge, ground_there = _scaled(small)[rim], _scaled(behind)[rim]
    red, green, blue = (round(255 * float(part)) for part in np.median(edge, axis=0))
    distances = np.linalg.norm(oklab(edge) - oklab(ground_there), axis=1)
    return Outline(float(np.median(distances)), (red, green, blue))


def _rim(firm: Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """The outermost pixels of what is firm."""
    around = ImageOps.expand(firm, border=2)  # a cut-out is trimmed: it touches the borders
    inner = ImageOps.crop(around.filter(ImageFilter.MinFilter(5)), border=2)
    return np.asarray(firm, dtype=np.bool_) & ~np.asarray(inner, dtype=np.bool_)


def _scaled(image: Image.Image) -> Pixels:
    return np.asarray(image.convert("RGB"), dtype=np.float32) / np.float32(255)


@lru_cache(maxsize=64)
def fitted(photo: PreparedPhoto, size: tuple[int, int], tilt: float) -> Image.Image:
    """The cut-out as large as fits, turned by so many degrees; nobody may change it."""
    image = photo.image
    if tilt:
        image = _shrunk(image, (2 * size[0], 2 * size[1])).rotate(tilt, Image.Resampling.BICUBIC, expand=True)
        image = image.crop(image.getchannel("A").getbbox() or (0, 0, *image.size))
    scale = min(size[0] / image.width, size[1] / image.height, MOST[True])
    box = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(box, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    scale = min(size[0] / image.width, size[1] / image.height, 1.0)
    return image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))),
        Image.Resampling.BILINEAR,
        reducing_gap=2.0,
    )


def _cast(picture: Image.Image, image: Image.Image, at: tuple[int, int], strength: float) -> None:
    """A soft shadow below the product, darkest where it stands."""
    pad = max(3, round(max(image.size) * 0.10))
    size = image.width + 2 * pad, image.height + 2 * pad
    scale = min(1.0, _SHADOW_SIZE / max(size))
    small = max(4, round(size[0] * scale)), max(4, round(size[1] * scale))
    alpha = Image.new("L", small, 0)
    inner = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    shape = image.getchannel("A").resize(inner, Image.Resampling.BOX)
    corner = round(pad * scale), round(pad * scale + image.height * _CAST * scale)
    alpha.paste(shape, corner)
    soft = alpha.filter(ImageFilter.GaussianBlur(max(small) * 0.028))
    mask = soft.point([round(level / 255 * _DARKEST * strength) for level in range(256)]).resize(
        size, Image.Resampling.BICUBIC
    )
    picture.paste((12, 12, 20), (at[0] - pad, at[1] - pad), mask)


def scale_of(photo: PreparedPhoto, rect: Rect, frame: str) -> float:
    """Pixels of the picture for one of the photo, where it fills its rectangle."""
    size = round(rect[2] - rect[0]), round(rect[3] - rect[1])
    if photo.kind == CUT_OUT:
        return min(size[0] / photo.image.width, size[1] / photo.image.height)
    size = _within(size, frame)
    return _scale(crop_of(photo.image.size, photo.focus, size), size)


def _within(size: tuple[int, int], frame: str) -> tuple[int, int]:
    """The frame that has room there."""
    return size if frame in ("rect", "round", "arch") else (min(size),) * 2


def _scale(crop: Box, size: tuple[int, int]) -> float:
    return min(size[0] / (crop[2] - crop[0]), size[1] / (crop[3] - crop[1]))


def _paint_framed(picture: Image.Image, photo: PreparedPhoto, rect: Rect, frame: str) -> Box:
    left, top, right, bottom = (round(edge) for edge in rect)
    shown, focus = cropped(photo, _within((right - left, bottom - top), frame))
    x, y = (left + right - shown.width) // 2, (top + bottom - shown.height) // 2
    picture.paste(shown, (x, y), ImageChops.multiply(_frame_mask(frame, shown.size), shown.getchannel("A")))
    return x + focus[0], y + focus[1], x + focus[2], y + focus[3]


@lru_cache(maxsize=64)
def cropped(photo: PreparedPhoto, size: tuple[int, int]) -> tuple[Image.Image, Box]:
    """The photo filling the size as far as its focus stays whole, else narrower; with the focus in its pixels."""
    crop = crop_of(photo.image.size, photo.focus, size)
    scale = _scale(crop, size)
    box = max(1, round((crop[2] - crop[0]) * scale)), max(1, round((crop[3] - crop[1]) * scale))
    shown = photo.image.resize(box, Image.Resampling.LANCZOS, box=crop, reducing_gap=2.0)
    one = [round((edge - crop[n % 2]) * scale) for n, edge in enumerate(photo.focus)]
    return shown, (max(0, one[0]), max(0, one[1]), min(box[0], one[2]), min(box[1], one[3]))


def crop_of(image: tuple[int, int], focus: Box, size: tuple[int, int]) -> Box:
    """The part of an image that has the shape of `size` as nearly as its focus allows.

    >>> crop_of((100, 100), (40, 0, 60, 100), (50, 100)), crop_of((100, 100), (0, 0, 100, 100), (50, 100))
    ((25, 0, 75, 100), (0, 0, 100, 100))
    """
    wanted = size[0] / size[1]
    width, height = min(image[0], image[1] * wanted), min(image[1], image[0] / wanted)
    width, height = max(width, focus[2] - focus[0]), max(height, focus[3] - focus[1])
    left = _held((focus[0] + focus[2] - width) / 2, image[0] - width)
    top = _held((focus[1] + focus[3] - height) / 2, image[1] - height)
    return round(left), round(top), round(left + width), round(top + height)


def _held(start: float, most: float) -> float:
    return min(max(start, 0.0), max(most, 0.0))


def _frame_mask(frame: str, size: tuple[int, int]) -> Image.Image:
    if frame == "round":
        return rounded_mask(*size, radius=round(_ROUND * min(size)))
    return shape_mask(frame, *size)

"""Simple vectors of a picture: which colours it has, and where it is light and detailed; by random projection."""

from __future__ import annotations

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.catalogue.terms import DIMENSIONS

Floats = NDArray[np.float64]
_SIDE: Final = 64
_GRID: Final = 4
_LEVELS: Final = 4  # of each channel of the histogram
_NAMED: Final = {
    "white": (240, 240, 240), "black": (25, 25, 25), "blue": (50, 80, 160), "green": (60, 120, 70),
    "beige": (215, 195, 165), "grey": (130, 130, 130), "red": (180, 40, 45), "brown": (110, 75, 50),
    "yellow": (230, 200, 60),
}  # fmt: skip


def pixels(jpeg: bytes) -> NDArray[np.uint8]:
    """The picture as a square (S, S, 3)."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        return np.asarray(picture.convert("RGB").resize((_SIDE, _SIDE)))


def statistics(picture: NDArray[np.uint8]) -> Floats:
    """Shares of 64 colours of the whole, then lightness and its deviation in each of 16 fields, (96,)."""
    levels = picture // (256 // _LEVELS)
    codes = (levels * np.array([_LEVELS**2, _LEVELS, 1])).sum(axis=2)
    colours = np.sqrt(np.bincount(codes.ravel(), minlength=_LEVELS**3) / codes.size)
    light = picture.mean(axis=2) / 255.0
    step = _SIDE // _GRID
    fields = light.reshape(_GRID, step, _GRID, step).transpose(0, 2, 1, 3).reshape(_GRID**2, -1)
    return np.concatenate([colours, fields.mean(axis=1), fields.std(axis=1)])


def picture_vectors(pictures: list[NDArray[np.uint8]], size: int = DIMENSIONS) -> Floats:
    """Unit vectors (N, `size`): standardised statistics on seeded random axes, as words are projected."""
    found = np.array([statistics(picture) for picture in pictures])
    found = (found - found.mean(axis=0)) / np.maximum(found.std(axis=0), 1e-6)
    short = found @ np.random.default_rng(9).choice([-1.0, 1.0], (found.shape[1], size))
    unit: Floats = short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-9)
    return unit


def colour_of(picture: NDArray[np.uint8]) -> str:
    """The name of the colour nearest to the median of the picture's middle."""
    quarter = _SIDE // 4
    middle = np.median(picture[quarter:-quarter, quarter:-quarter].reshape(-1, 3), axis=0)
    return min(_NAMED, key=lambda name: float(((middle - np.array(_NAMED[name])) ** 2).sum()))

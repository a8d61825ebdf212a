"""Where lines of text stand, from the probability of text at each pixel (DB, Liao et al. 2020); pure.

Only level text is looked for: ads have no other. So a line is the bounding box of a connected region, without the
turned rectangles of the paper.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.composer.formats import Box
from services.composer.photos.regions import regions

Planes = NDArray[np.float32]

_STEP: Final = 32  # the network halves a picture five times
_TEXT: Final = 0.3  # probability from where a pixel is text
_LINE: Final = 0.5  # mean probability from where a region is a line
_GROWN: Final = 1.6  # regions are the cores of lines: grown by area * this / circumference, as in the training
_LEAST: Final = 3  # pixels of a side
_MOST_LINES: Final = 60


def planes_of(picture: Image.Image) -> Planes:
    """The picture as both networks take it: (3, H, W) in blue, green, red from -1 to 1."""
    pixels = np.asarray(picture.convert("RGB"), dtype=np.float32)[..., ::-1]
    return np.ascontiguousarray((pixels / np.float32(127.5) - np.float32(1.0)).transpose(2, 0, 1))


def scaled_for_finding(picture: Image.Image, shortest: int, longest: int) -> Image.Image:
    """With sides that the network takes: the shorter at least, the longer at most so many pixels.

    >>> scaled_for_finding(Image.new("RGB", (300, 250)), 480, 960).size
    (576, 480)
    """
    width, height = picture.size
    scale = max(1.0, shortest / min(width, height))
    scale = min(scale, longest / max(width, height))
    size = (_stepped(width * scale), _stepped(height * scale))
    return picture if size == picture.size else picture.resize(size, Image.Resampling.BILINEAR)


def line_boxes(probable: Planes, size: tuple[int, int]) -> list[Box]:
    """The lines of a map (H, W), as boxes in a picture of this size; from top to bottom, then left to right."""
    height, width = probable.shape
    labels = regions(probable > _TEXT)
    across, down = size[0] / width, size[1] / height
    boxes = []
    for number in range(1, min(int(labels.max()), _MOST_LINES) + 1):
        rows, columns = np.nonzero(labels == number)
        top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
        tall, wide = int(bottom - top), int(right - left)
        if min(tall, wide) < _LEAST or probable[top:bottom, left:right].mean() < _LINE:
            continue
        grown = tall * wide * _GROWN / (2 * (tall + wide))
        boxes.append((
            max(0, round((left - grown) * across)), max(0, round((top - grown) * down)),
            min(size[0], round((right + grown) * across)), min(size[1], round((bottom + grown) * down)),
        ))  # fmt: skip
    return in_reading_order(boxes)


def in_reading_order(boxes: list[Box]) -> list[Box]:
    """By rows, each from left to right; boxes whose middles lie within half a height of each other share a row.

    >>> in_reading_order([(50, 1, 90, 11), (0, 20, 40, 30), (0, 0, 40, 10)])
    [(0, 0, 40, 10), (50, 1, 90, 11), (0, 20, 40, 30)]
    """
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: box[1] + box[3]):
        middle = (box[1] + box[3]) / 2
        last = rows[-1][-1] if rows else None
        if last is not None and abs(middle - (last[1] + last[3]) / 2) < (last[3] - last[1]) / 2:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [box for row in rows for box in sorted(row)]


def _stepped(length: float) -> int:
    return max(_STEP, round(length / _STEP) * _STEP)

"""The frames of an animation, decoded one by one within bounds; and the few that tell what all of it shows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import count
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.common.errors import Rejected
from services.composer.photos.on_white import on_white

MOST_FRAMES: Final = 600  # 20 a second for 30 seconds
MOST_PIXELS: Final = 30_000_000  # of all frames together: 400 of 300x250, tenths of a second to decode

_MOST_TELLING: Final = 6  # each is read by the screen, which takes tenths of a second
_THUMB: Final = (64, 64)
_SAME: Final = 0.25  # mean difference of thumbnails, of 255: a price of five digits in a 300x250 changes more
_SHORTEST_MS: Final = 10  # browsers show a frame of so little or less for ..
_INSTEAD_MS: Final = 100


class Shown(NamedTuple):
    """A frame as it stands, RGB on white, and how long browsers show it."""

    image: Image.Image
    shown_ms: int


def is_animated(picture: Image.Image) -> bool:
    """Whether an opened file has more than one frame."""
    return bool(getattr(picture, "is_animated", False))


def frames_in(picture: Image.Image) -> Iterator[Shown]:
    """All frames; raises `Rejected` as soon as a bound is passed, and what Pillow does for a damaged file."""
    size, pixels = picture.size, 0
    for number in count():
        try:
            picture.seek(number)
        except EOFError:
            return
        pixels += size[0] * size[1]
        if number >= MOST_FRAMES:
            raise Rejected("too_large", "frames", f"more than {MOST_FRAMES}", f"at most {MOST_FRAMES} frames")
        if pixels > MOST_PIXELS:
            found, most = f"{number + 1} of {size[0]}x{size[1]}", f"frames of at most {MOST_PIXELS:,} pixels together"
            raise Rejected("too_large", "frames", found, most)
        if picture.size != size:
            found = f"{picture.width}x{picture.height} in frame {number + 1}"
            raise Rejected("invalid", "size", found, f"frames within the picture's {size[0]}x{size[1]}")
        picture.load()
        shown_ms = round(picture.info.get("duration", 0))
        yield Shown(on_white(picture), shown_ms if shown_ms > _SHORTEST_MS else _INSTEAD_MS)


def at_rest(picture: Image.Image) -> Image.Image:
    """The frame with which an animation ends and which then stands; a still picture as it is. Raises as `frames_in`."""
    if not is_animated(picture):
        return picture
    (last,) = deque(frames_in(picture), maxlen=1)  # all frames at once may take hundreds of megabytes
    return last.image


def telling_frames(picture: Image.Image) -> list[Image.Image]:
    """The first frame, the last, and those that differ most from all that were chosen before, until others are alike.

    In the order of the animation. Raises as `frames_in` does.
    """
    thumbs = np.stack([_thumb(frame.image) for frame in frames_in(picture)])  # (N, 64, 64, 3)
    chosen = {0, len(thumbs) - 1}
    nearest: NDArray[np.float32] = np.min([_apart(thumbs, one) for one in chosen], axis=0)  # (N,)
    while len(chosen) < _MOST_TELLING and nearest.max() >= _SAME:
        chosen.add(int(nearest.argmax()))
        nearest = np.minimum(nearest, _apart(thumbs, int(nearest.argmax())))
    return [frame.image for number, frame in enumerate(frames_in(picture)) if number in chosen]


def _thumb(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image.resize(_THUMB, Image.Resampling.BOX))


def _apart(thumbs: NDArray[np.uint8], one: int) -> NDArray[np.float32]:
    """The mean difference of each thumbnail from one of them, in 255ths."""
    apart: NDArray[np.float32] = np.empty(len(thumbs), np.float32)
    for number, thumb in enumerate(thumbs):
        apart[number] = np.abs(thumb.astype(np.int16) - thumbs[one]).mean()
    return apart

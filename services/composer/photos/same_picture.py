"""Whether two files show one picture, written twice; pure.

Some hosts write a photo anew for each request, so that its bytes differ each time and the picture does not.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.common.errors import Rejected
from services.composer.photos.decode import decoded
from services.composer.photos.on_white import on_white

_BLOCK: Final = 9  # pixels a side, a little more than the blocks of a JPEG
_APART: Final = 9
"""Of 255, at the mean of any block. Written again as JPEG or WebP of a quality of 50, pictures differ in at most 9;
another digit in a badge of 40 pixels makes 26, another light or tint of all as much as it is. Perceptual hashes know no
colours, and flip where a thing lies alike left and right."""


def is_same_picture(first: bytes, second: bytes) -> bool:
    """Whether they differ in no more than how they were written; False where one of them cannot be read."""
    try:
        one, other = decoded(first), decoded(second)
    except Rejected:
        return False
    return one.size == other.size and bool(np.abs(_blocks(one) - _blocks(other)).max() <= _APART)


def _blocks(picture: Image.Image) -> NDArray[np.int16]:
    """The means of its blocks on white, and of how much of each can be seen: (height, width, 4)."""
    size = max(1, picture.width // _BLOCK), max(1, picture.height // _BLOCK)
    means = [image.resize(size, Image.Resampling.BOX) for image in (on_white(picture), picture.getchannel("A"))]
    return np.dstack([np.asarray(mean, dtype=np.int16) for mean in means])

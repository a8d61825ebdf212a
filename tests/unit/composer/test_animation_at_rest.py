"""An animation that is read for its last frame takes the memory of few."""

from __future__ import annotations

import gc
import io
from typing import Any

from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from services.composer.animations.frames import at_rest

MANY = 60


def pictures() -> int:
    """How many there are; by type, since some objects of other libraries warn where they are asked for their class."""
    return sum(issubclass(type(one), Image.Image) for one in gc.get_objects())


class Watched(GifImageFile):
    """A file that counts how many pictures there are whenever a frame of it is unpacked."""

    most = 0

    def load(self) -> Any:
        self.most = max(self.most, pictures())
        return super().load()


def test_no_more_than_the_last_frame_is_kept() -> None:
    out = io.BytesIO()
    first, *others = (Image.new("RGB", (32, 32), (number * 4, 0, 0)) for number in range(MANY))
    first.save(out, "GIF", save_all=True, append_images=others, duration=50)
    before = pictures()
    picture = Watched(io.BytesIO(out.getvalue()))
    assert at_rest(picture).getpixel((9, 9)) == ((MANY - 1) * 4, 0, 0)
    assert picture.most - before < 10

"""Animated banners are served as they were made, within IAB's limits, and without what is no picture."""

import io
from typing import Any

import pytest
from PIL import Image

from services.assets.banners.banner import banner_of
from services.assets.pictures.png_form import as_png
from services.common.errors import Rejected
from services.composer.animations.frames import MOST_FRAMES

RED, BLUE, GREEN = (Image.new("RGB", (300, 250), colour) for colour in ("#c00000", "#0000c0", "#00c000"))
SMALL_RED, SMALL_BLUE = (frame.resize((160, 160)) for frame in (RED, BLUE))
Kind = str


def moving(kind: Kind = "GIF", frames: tuple[Image.Image, ...] = (RED, BLUE, GREEN), **how: Any) -> bytes:
    """Three times a second and a half, if nothing else is said; a GIF counts how often it plays again."""
    out, how = io.BytesIO(), {"duration": 500, "loop": 2 if kind == "GIF" else 3, **how}
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], **how)
    return out.getvalue()


def colours_of(content: bytes) -> list[tuple[int, ...]]:
    with Image.open(io.BytesIO(content)) as picture:
        found = []
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            found.append(tuple(round(part / 64) for part in picture.convert("RGB").getpixel((9, 9))))  # type: ignore
        return found


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_an_animation_keeps_its_frames_times_and_loops_and_nothing_else(kind: Kind) -> None:
    extra: dict[str, Any] = {"comment": b"<script>"} if kind == "GIF" else {"exif": b"<script>", "xmp": b"<script>"}
    content = moving(kind, **extra) + b"<script>"
    banner = banner_of(content, "300x250")
    assert (banner.media_type, banner.format) == (f"image/{kind.lower()}", "300x250")
    assert (b"<script>" in content, b"<script>" in banner.picture) == (True, False)
    assert colours_of(banner.picture) == [(3, 0, 0), (0, 0, 3), (0, 3, 0)]
    with Image.open(io.BytesIO(banner.picture)) as picture:
        assert picture.info["loop"] == (2 if kind == "GIF" else 3)
    assert banner_of(banner.picture) == banner  # it is taken again as it is


def test_where_bytes_are_asked_for_an_animation_is_the_frame_with_which_it_ends() -> None:
    assert colours_of(as_png(moving(), "image/gif")) == [(0, 3, 0)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (moving(loop=0), "loops: 'endless' where an animation that plays at most 3 times"),
        (moving("WEBP", loop=0), "loops: 'endless' where"),
        (moving(loop=3), "loops: 4 .int. where"),
        (moving(duration=4000), "duration: '12 s, 3 times' where at most 30 s with all loops"),
        (moving(duration=0, frames=(RED, BLUE) * 51), "duration: '10.2 s, 3 times' where"),  # browsers: 100 ms each
        (moving(frames=(SMALL_RED, SMALL_BLUE) * (MOST_FRAMES // 2 + 1), duration=20), "frames: 'more than 600'"),
        (moving(frames=(RED.resize((3000, 3000)), BLUE.resize((3000, 3000))) * 2), "frames: '4 of 3000x3000' where"),
        (moving()[:-40], "where a whole picture"),
        (moving("WEBP")[:-40], "where a PNG, JPEG, WebP or GIF picture"),
    ],
    ids=range(9),
)
def test_what_plays_too_long_or_is_too_large_unpacked_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Rejected, match=said):
        banner_of(content)

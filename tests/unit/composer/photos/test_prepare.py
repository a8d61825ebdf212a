"""A product is cut out where that can be done well; otherwise its photo is framed, and the reason said."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from services.composer.photos.cut_out import CutOut, NoCutOut
from services.composer.photos.photo_file import from_png, to_png
from services.composer.photos.prepare import prepared
from services.composer.photos.threads import without_threads
from tests.unit.composer.photos.scenes import RED, Sees, busy, jug, on, plain, saved


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, dtype=np.int64)


@pytest.mark.parametrize("cut_out", [NoCutOut(), Sees()])
def test_on_a_plain_ground_the_product_is_cut_at_its_edge(cut_out: CutOut) -> None:
    photo = prepared(saved(on(plain())), cut_out)
    assert (photo.kind, photo.why) == ("cut_out", "cut out by its plain ground")
    mask = jug()
    box = mask.point(lambda value: 255 if value > 12 else 0).getbbox()
    assert box is not None
    assert np.abs(np.subtract(photo.image.size, (box[2] - box[0], box[3] - box[1]))).max() <= 4
    found = photo.image.getchannel("A").resize((box[2] - box[0], box[3] - box[1]))
    off = np.abs(pixels(found) - pixels(mask.crop(box))) > 128
    assert off.mean() < 0.01


def test_the_hole_of_a_handle_is_ground_too() -> None:
    photo = prepared(saved(on(busy())), Sees())
    width, height = photo.image.size
    assert photo.image.getpixel((round(width * 0.85), round(height * 0.41)))[3] < 40  # type: ignore[index]


def test_threads_are_taken_off_and_straps_and_handles_are_not() -> None:
    drawn = Image.new("L", (400, 400), 0)
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((100, 150, 300, 380), fill=255)
    pen.line((300, 200, 399, 240), fill=255, width=3)  # a joint of the floor
    bare = Image.new("L", (400, 400), 0)
    pen_of_bare = ImageDraw.Draw(bare)
    pen_of_bare.rectangle((100, 150, 300, 380), fill=255)
    for one in (pen, pen_of_bare):
        one.arc((120, 60, 280, 240), 180, 360, fill=255, width=4)  # a handle, as thin
        one.rectangle((110, 30, 122, 150), fill=255)  # a strap with a loose end
    found = without_threads((pixels(drawn) / 255).astype(np.float32)) > 0.5
    assert (found != (pixels(bare) > 127)).mean() < 0.001


@pytest.mark.parametrize("ground", [plain((60, 160, 60)), busy()])
def test_no_fringe_of_the_ground_is_left(ground: Image.Image) -> None:
    photo = prepared(saved(on(ground)), Sees())
    assert photo.kind == "cut_out"
    found = pixels(photo.image).reshape(-1, 4)
    seen = found[found[:, 3] > 60]
    assert np.abs(seen[:, :3] - RED).max(axis=1).mean() < 6
    assert (np.abs(seen[:, :3] - RED).max(axis=1) > 60).mean() < 0.005


def test_without_a_model_a_photo_with_a_busy_ground_is_framed_with_the_reason() -> None:
    photo = prepared(saved(on(busy())), NoCutOut("the extra is missing"))
    assert (photo.kind, photo.quality, photo.image.size) == ("framed", 0.0, (400, 400))
    assert photo.why == "its ground is not plain, and the extra is missing"
    assert photo.image.getchannel("A").getextrema() == (255, 255)


def test_a_photo_that_the_model_is_not_sure_of_is_framed() -> None:
    photo = prepared(saved(on(busy())), Sees(blurred=30))
    assert photo.kind == "framed"
    assert photo.why == "much of the photo is neither surely product nor surely ground"


def test_a_product_that_is_cut_off_by_the_photo_is_framed() -> None:
    photo = prepared(saved(on(busy()).crop((110, 90, 240, 330))), Sees())
    assert (photo.kind, photo.why) == ("framed", "nearly all of the photo is product")


def test_a_file_that_brings_its_own_cut_out_keeps_it() -> None:
    image = Image.new("RGBA", (400, 400), (*RED, 0))
    image.putalpha(jug())
    photo = prepared(saved(image), NoCutOut())
    assert (photo.kind, photo.quality, photo.why) == ("cut_out", 1.0, "the file brings its own cut-out")
    assert photo.colours == (RED,)


def test_a_picture_with_round_clear_corners_is_no_cut_out() -> None:
    image = on(busy()).convert("RGBA")
    image.putpixel((0, 0), (0, 0, 0, 0))
    photo = prepared(saved(image), NoCutOut())
    assert photo.kind == "framed"
    assert photo.image.getpixel((0, 0)) == (255, 255, 255, 255)


def test_the_same_bytes_give_the_same_photo_and_a_file_keeps_it_whole() -> None:
    content = saved(on(busy()))
    first, second = prepared(content, Sees()), prepared(content, Sees())
    assert to_png(first) == to_png(second)
    read = from_png(to_png(first))
    assert read is not None
    assert read.image.tobytes() == first.image.tobytes()
    assert (read.colours, read.focus, read.why, read.version) == (
        first.colours,
        first.focus,
        first.why,
        "photos/2+sees",
    )


@pytest.mark.parametrize("content", [b"", b"nothing", saved(plain())])
def test_a_file_that_is_no_prepared_photo_is_none(content: bytes) -> None:
    assert from_png(content) is None

"""What is measured of a picture, on banners that were damaged in ways that hide from simpler measures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from services.screening.pictures.looks import look_of, nearest, nearest_moved
from services.screening.pictures.sharpness import blockiness, sharpness
from services.screening.policy import policy
from tests.unit.screening.ads import banner


def scene(seed: int) -> Image.Image:
    """A banner with soft shapes beside its words."""
    chance = np.random.default_rng(seed)
    soft = Image.fromarray(chance.integers(60, 200, (7, 6, 3), dtype=np.uint8)).resize(
        (300, 250), Image.Resampling.BICUBIC
    )
    pen = ImageDraw.Draw(soft)
    for n in range(3):
        pen.text((14, 24 + 40 * n), f"Breton tee {seed}{n}", fill="black", font_size=26)
    return soft


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(out).convert("RGB")


def smeared(picture: Image.Image) -> Image.Image:
    pixels = np.asarray(picture, dtype=np.float32)
    moved = np.mean([np.roll(pixels, step, axis=1) for step in range(8)], axis=0)
    return Image.fromarray(moved.astype(np.uint8))


def test_pictures_that_moved_or_were_blown_up_are_not_sharp() -> None:
    least = policy().threshold("sharp")
    for picture in (banner(), scene(1), jpeg(scene(2), 80)):
        assert sharpness(picture) >= least
        assert sharpness(smeared(picture)) < least
        small = picture.resize((80, 67), Image.Resampling.BOX)
        assert sharpness(small.resize((300, 250), Image.Resampling.BICUBIC)) < least


@pytest.mark.parametrize("left", range(0, 8, 3))
def test_blocks_are_seen_wherever_they_begin(left: int) -> None:
    most = policy().threshold("blocks")
    assert blockiness(jpeg(scene(3), 90)) <= most < blockiness(jpeg(scene(3), 6).crop((left, 5, 290, 245)))


def test_a_cut_or_framed_copy_is_found_and_another_picture_of_the_same_words_is_not() -> None:
    least, first = policy().threshold("duplicate"), {"first": look_of(scene(4), "tee")}
    cut = scene(4).resize((300, 250), Image.Resampling.BICUBIC, (9, 6, 294, 241))
    framed = scene(4)
    ImageDraw.Draw(framed).rectangle((0, 0, 299, 249), outline="black", width=5)
    assert nearest(look_of(cut, "tee"), first)[0] >= least  # as it stands, it looks like another
    for copy in (scene(4), cut, framed):
        assert nearest_moved(copy, look_of(copy, "tee"), first)[0] < least
    assert nearest_moved(scene(5), look_of(scene(5), "tee"), first)[0] >= least
    assert nearest_moved(cut, look_of(cut, "trousers"), first) == (256, "")


def test_pictures_of_a_few_pixels_are_measured() -> None:
    speck = Image.new("RGB", (3, 2), "navy")
    assert (sharpness(speck), blockiness(speck)) == (0.0, 1.0)

"""A photo is shown whole, upright and unstretched."""

import io

import numpy as np
import pytest
from PIL import Image

from services.common.errors import Rejected
from services.composer.brief import Brief
from services.composer.compose import compose
from services.composer.drawing.colour_names import colour_hex_of
from services.composer.drawing.photo import opened

BRIEF = Brief("300x250", "studio", "other", "#3f6fb5", "Tall lamp", "€29.00", "Shop now")


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_tall_photo_stays_tall_on_its_own_ground() -> None:
    photo = Image.new("RGB", (300, 600), (250, 250, 250))
    photo.paste((200, 30, 30), (100, 50, 200, 550))  # 1 to 5
    framed = np.asarray(opened(png(photo)).framed(150).convert("RGB"), dtype=int)
    red = (framed[:, :, 0] > 150) & (framed[:, :, 1] < 90)
    high, wide = red.any(axis=1).sum(), red.any(axis=0).sum()
    assert high / wide == pytest.approx(5, rel=0.1)
    assert framed[75, 10].tolist() == [250, 250, 250]


def test_transparency_is_white_and_the_orientation_is_applied() -> None:
    image = Image.new("RGBA", (40, 20), (0, 0, 0, 0))
    assert opened(png(image)).image.getpixel((5, 5)) == (255, 255, 255)
    out = io.BytesIO()
    turned = Image.new("RGB", (40, 20), "red")
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(out, "JPEG", exif=exif)
    assert opened(out.getvalue()).image.size == (20, 40)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(Rejected, match="a picture that can be read"):
        opened(b"<html>")


def test_the_photo_takes_the_place_of_the_drawing() -> None:
    photo = opened(png(Image.new("RGB", (100, 100), (10, 200, 10))))
    picture = np.asarray(Image.open(io.BytesIO(compose(BRIEF, photo))).convert("RGB"), dtype=int)
    assert picture[125, 218].tolist() == [10, 200, 10]


@pytest.mark.parametrize(("said", "name"), [("#12345", "Rot"), ("red; url(x)", "rot/blau"), ("", "ROT")])
def test_a_colour_that_is_no_number_is_taken_by_its_name(said: str, name: str) -> None:
    assert colour_hex_of(said, name) == "#b3403a"

"""A photo is shown whole, upright and unstretched."""

import io

import numpy as np
import pytest
from PIL import Image

from services.composer.brief import Brief
from services.composer.compose import compose
from services.composer.drawing.colour_names import colour_hex_of
from services.composer.photos.cut_out import NoCutOut
from services.composer.photos.frame import framed
from services.composer.photos.prepare import prepared

BRIEF = Brief("300x250", "studio", "other", "#3f6fb5", "Tall lamp", "€29.00", "Shop now")


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_tall_photo_stays_tall_on_its_own_ground() -> None:
    photo = Image.new("RGB", (300, 600), (250, 250, 250))
    photo.paste((200, 30, 30), (100, 50, 200, 550))  # 1 to 5
    square = np.asarray(framed(photo.convert("RGBA"), 150).convert("RGB"), dtype=int)
    red = (square[:, :, 0] > 150) & (square[:, :, 1] < 90)
    high, wide = red.any(axis=1).sum(), red.any(axis=0).sum()
    assert high / wide == pytest.approx(5, rel=0.1)
    assert square[75, 10].tolist() == [250, 250, 250]


def test_the_photo_takes_the_place_of_the_drawing() -> None:
    photo = prepared(png(Image.new("RGB", (100, 100), (10, 200, 10))), NoCutOut())
    assert photo.kind == "framed"
    picture = np.asarray(Image.open(io.BytesIO(compose(BRIEF, photo))).convert("RGB"), dtype=int)
    assert picture[125, 218].tolist() == [10, 200, 10]


@pytest.mark.parametrize(("said", "name"), [("#12345", "Rot"), ("red; url(x)", "rot/blau"), ("", "ROT")])
def test_a_colour_that_is_no_number_is_taken_by_its_name(said: str, name: str) -> None:
    assert colour_hex_of(said, name) == "#b3403a"

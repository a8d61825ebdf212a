"""A photo is shown whole, upright and unstretched."""

import io

import numpy as np
import pytest
from PIL import Image

from services.composer.brief import Brief
from services.composer.compose import compose
from services.composer.drawing.colour_names import colour_hex_of
from services.composer.photos.cut_out import NoCutOut
from services.composer.photos.prepare import prepared

BRIEF = Brief("300x250", "studio", "other", "#3f6fb5", "Tall lamp", "€29.00", "Shop now")


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_the_photo_takes_the_place_of_the_drawing() -> None:
    photo = prepared(png(Image.new("RGB", (100, 100), (10, 200, 10))), NoCutOut())
    assert photo.kind == "framed"
    picture = np.asarray(Image.open(io.BytesIO(compose(BRIEF, photo))).convert("RGB"), dtype=int)
    assert picture[125, 218].tolist() == [10, 200, 10]


@pytest.mark.parametrize(("said", "name"), [("#12345", "Rot"), ("red; url(x)", "rot/blau"), ("", "ROT")])
def test_a_colour_that_is_no_number_is_taken_by_its_name(said: str, name: str) -> None:
    assert colour_hex_of(said, name) == "#b3403a"

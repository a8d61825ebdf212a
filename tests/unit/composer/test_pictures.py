"""Pictures: sizes, reproducibility, and visible differences."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from services.assets.house import HOUSE_FORMATS, house_picture
from services.assets.house_creatives import house_creatives
from services.common.errors import Rejected
from services.composer.brief import Brief
from services.composer.compose import compose
from services.composer.drawing.palette import LEAST_CONTRAST, contrast
from services.composer.drawing.schemes import SCHEMES, palette_of
from services.composer.formats import FORMATS, checked, size_of
from services.composer.illustrations.draw import NAMES
from services.composer.templates.read_template import templates


def brief(format_: str = "300x250", template: str = "studio", **change: str) -> Brief:
    fields = {"category": "pullover/fine", "colour_hex": "#2f4d73", "headline": "Warm", "price": "EUR 9.00"} | change
    return Brief(format_, template, fields["category"], fields["colour_hex"], fields["headline"], fields["price"], "Go")


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=np.int16)


@pytest.mark.parametrize("format_", FORMATS)
def test_picture_has_the_size_of_its_format(format_: str) -> None:
    width, height = size_of(format_)
    assert pixels(compose(brief(format_))).shape == (height, width, 3)


def test_same_brief_gives_the_same_bytes() -> None:
    assert compose(brief()) == compose(brief())


def test_every_kind_of_thing_is_drawn_differently() -> None:
    drawn = [pixels(compose(brief(category=kind))) for kind in {name.split("/")[0] for name in NAMES}]
    for number, one in enumerate(drawn):
        for other in drawn[number + 1 :]:
            assert np.abs(one - other).mean() > 1.0


def test_headline_is_visible_in_every_template() -> None:
    for template in templates():
        with_words, without = (pixels(compose(brief(template=template, headline=text))) for text in ("Warm coat", "."))
        changed = np.abs(with_words - without).max(axis=2) > 60
        assert changed.sum() > 300


def test_inks_of_each_scheme_can_be_read_on_their_surfaces_whatever_the_product_s_colour() -> None:
    shades = range(0, 256, 51)
    for scheme in SCHEMES:
        for red, green, blue in itertools.product(shades, shades, shades):
            colour = (red, green, blue)
            made = palette_of(scheme, colour, colour)
            pairs = [(made.ink, made.ground), (made.soft, made.ground), (made.on_panel, made.panel)]
            pairs += ((made.on_accent, made.accent), (made.on_deep, made.deep))
            assert min(contrast(*pair) for pair in pairs) >= LEAST_CONTRAST, (scheme, colour)


def test_given_artwork_takes_the_place_of_the_drawn_product() -> None:
    artwork = np.full((32, 32), 255, dtype=np.uint8)
    artwork[8:24, 8:24] = 0
    picture = pixels(compose(brief(), artwork))
    assert picture[125, 220].max() < 40


@pytest.mark.parametrize(
    ("headline", "reason"),
    [("W" * 200, "too_wide"), ("many words " * 60, "too_long"), ("\u1200\u1201", "glyphs")],
)
def test_what_cannot_be_read_is_not_drawn(headline: str, reason: str) -> None:
    with pytest.raises(Rejected, match="an ad that can be read") as refused:
        compose(brief(headline=headline))
    assert refused.value.reason == reason


@pytest.mark.parametrize("format_", ["300x49", "1300x100", "2000x2000", "2001x900"])
def test_a_format_in_which_nothing_is_drawn_is_rejected_with_what_would_be(format_: str) -> None:
    with pytest.raises(Rejected, match="sides from 50 to 2,000, none more than 12 times the other"):
        checked(format_)


def test_an_ad_is_drawn_in_any_other_size() -> None:
    assert Image.open(io.BytesIO(compose(brief("468x60")))).size == (468, 60)


def test_what_is_no_size_is_no_format() -> None:
    with pytest.raises(Rejected, match="a size like"):
        size_of("wide")


@pytest.mark.parametrize("format_", HOUSE_FORMATS)
def test_house_picture_has_the_size_of_its_format(format_: str) -> None:
    width, height = size_of(format_)
    assert pixels(house_picture(format_)).shape == (height, width, 3)


def test_the_house_is_drawn_in_every_format_that_has_ads() -> None:
    assert {house.format for house in house_creatives()} == set(FORMATS)

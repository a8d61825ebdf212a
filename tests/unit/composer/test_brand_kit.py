"""A brand kit makes ads the shop's, and says what is wrong in it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from services.assets.ads import Setup, all_ads_of
from services.catalogue.catalogue import demo_products
from services.common.errors import Misconfigured
from services.composer.brand_kit import kit_in
from services.composer.brief import Brief
from services.composer.compose import composition
from services.copywriter.offer_words import Moment

KIT = """
name: Linden & Co
colours: {primary: "#1f4d3a", accent: "#b3401f"}
headline_type: serif
logo: logo.png
call_to_action: {de: "Ansehen"}
allowed_claims: {en: ["free returns"]}
"""


def written(folder: Path, text: str) -> Path:
    Image.new("RGBA", (200, 80), (10, 20, 200, 255)).save(folder / "logo.png")
    path = folder / "brand.yaml"
    path.write_text(text)
    return path


def test_an_ad_has_the_kits_logo_colours_and_type(tmp_path: Path) -> None:
    kit = kit_in(written(tmp_path, KIT))
    made = composition(Brief("300x600", "studio", "pullover", "#8a3b6b", "Warm coat", "€89.00", "Shop now", kit=kit))
    assert made.image is not None
    colours = {colour for _, colour in made.image.getcolors(1 << 20) or []}
    assert {(10, 20, 200), (179, 64, 31)} <= colours
    assert made.elements["type"] == "serif"


def test_a_kit_without_a_logo_shows_the_shops_name(tmp_path: Path) -> None:
    kit = kit_in(written(tmp_path, KIT.replace("logo: logo.png", "")))
    made = composition(Brief("1200x628", "card", "pullover", "#8a3b6b", "Warm coat", "€89.00", "Shop now", kit=kit))
    assert made.placed["logo"].text == "Linden & Co"


@pytest.mark.parametrize(
    ("said", "wrong", "error"),
    [
        ('"#1f4d3a"', "green", "brand.yaml: colours.primary: 'green' where a colour like"),
        ("primary", "main", "brand.yaml: colours.main: '#1f4d3a' where no such key"),
        ("serif", "gothic", "brand.yaml: headline_type: 'gothic' where one of"),
        ("headline_type: serif", "backdrop: lava", "brand.yaml: backdrop: 'lava' where one of plain, .*texture_paper"),
        ("logo.png", "none.png", "brand.yaml: logo: 'none.png' where a picture in"),
        ("name: Linden & Co", "", "brand.yaml: name is missing"),
        ('["free returns"]', "1", "brand.yaml: allowed_claims.en: 1 where a list of texts"),
    ],
)
def test_an_error_names_key_value_and_what_was_expected(tmp_path: Path, said: str, wrong: str, error: str) -> None:
    with pytest.raises(Misconfigured, match=error):
        kit_in(written(tmp_path, KIT.replace(said, wrong, 1)))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="a brand kit in YAML was expected"):
        kit_in(tmp_path / "brand.yaml")


@pytest.mark.parametrize(
    ("said", "other", "drawn", "is_another"),
    [
        ("serif", "serif  # as on the sign", False, False),
        ('["free returns"]', '["free delivery"]', False, True),
        ('call_to_action: {de: "Ansehen"}', "tone: warm", False, True),
        ("name: Linden & Co", "name: Linden", False, True),  # its logo stands for it
        ("#b3401f", "#b3401e", True, True),
        ("logo: logo.png", "", True, True),
        ("serif", "grotesk", True, True),
    ],
)
def test_only_what_is_drawn_makes_another_look(
    tmp_path: Path, said: str, other: str, drawn: bool, is_another: bool
) -> None:
    before, after = (kit_in(written(tmp_path, KIT.replace(said, text, 1))) for text in (said, other))
    assert (before.look_version != after.look_version, before.version != after.version) == (drawn, is_another)


def test_an_ad_keeps_its_identity_when_words_of_the_kit_change_and_not_when_a_colour_does(tmp_path: Path) -> None:
    def recipe(text: str) -> str:
        setup = Setup(Moment(datetime(2026, 11, 28, tzinfo=UTC)), kit=kit_in(written(tmp_path, text)))
        draft, _ = next(all_ads_of(demo_products()[0], "300x250", setup))
        return draft.recipe

    assert recipe(KIT) == recipe(f"# since May\n{KIT}\nforbidden_words: [cheap]")
    assert recipe(KIT) != recipe(KIT.replace("#1f4d3a", "#1f4d3b"))

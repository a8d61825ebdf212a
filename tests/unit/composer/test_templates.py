"""Templates are data: all that ship are whole, and what is wrong in one is refused by name."""

from importlib import resources

import pytest

from services.common.errors import Misconfigured, Rejected
from services.composer.formats import FAMILIES
from services.composer.templates.read_template import read_template, template_of, templates
from services.composer.templates.template import CHARACTERS, PICTURE_STYLES

STUDIO = (resources.files("services.composer.templates") / "studio.yaml").read_text("utf-8")


def test_at_least_ten_templates_ship_of_every_character_and_each_fits_all_families() -> None:
    assert len(templates()) >= 10
    assert {template.character for template in templates().values()} == set(CHARACTERS)
    assert {template.picture_style for template in templates().values()} == set(PICTURE_STYLES)
    assert all(set(template.families) == set(FAMILIES) for template in templates().values())


@pytest.mark.parametrize(
    ("said", "wrong", "error"),
    [
        ("type: grotesk", "type: gothic", r"t.yaml: type: 'gothic' where one of grotesk, serif"),
        ("frame: round", "fram: round", r"t.yaml: fram: 'round' where no such key, but some of alone"),
        ("shadow: 0.6", "shadow: dark", r"t.yaml: shadow: 'dark' where a number from 0 to 1"),
        ("drop: [description", "drop: [headline", r"t.yaml: drop: .* where a list of description, logo, regular"),
        ("name: studio", "nam: studio", r"t.yaml: name is missing; a text was expected"),
        ("  tower:", "  towers:", r"t.yaml: families.tower: None where an arrangement was expected"),
        ("region: [0.12, 0.38", "region: [-0.1, 0.38", r"families.tall.product.region: .* from 0 to 1, left < right"),
        ("region: [0.08, 0.05, 0.92", "region: [0.08, 0.05, 1.2", r"families.tall.stacks\[0\].region: "),
        (
            "items: [headline, prices, button]",
            "items: [prices, button]",
            r"families.strip.stacks: .* hold headline",
        ),
        ("name: studio", "name: [studio", r"t.yaml: YAML was expected"),
    ],
)
def test_an_error_names_file_key_value_and_what_was_expected(said: str, wrong: str, error: str) -> None:
    assert said in STUDIO
    with pytest.raises(Misconfigured, match=error):
        read_template("t.yaml", STUDIO.replace(said, wrong, 1))


def test_an_unknown_template_is_rejected_with_those_that_exist() -> None:
    with pytest.raises(Rejected, match="one of card, catalogue"):
        template_of("grand")

"""A card says what the manifest says."""

from services.models.manifest import Manifest
from services.training.card import card

FACTS = Manifest(
    model="ctr",
    version="ctr-0123456789ab",
    sha256={"weights.safetensors": "0123"},
    data="some traffic",
    command="adloom train ctr",
    recipe={"seed": 20},
    metrics={
        "gain_over_blind": {"value": 0.01, "low": 0.005, "high": 0.0151234},
        "tenths": [{"impressions": 7, "observed": {"value": 0.5, "low": 0.25, "high": 0.75}}],
    },
)


def test_card_names_version_data_command_recipe_and_checksum() -> None:
    text = card(FACTS)
    for said in ("`ctr-0123456789ab`", "some traffic", "`adloom train ctr`", '"seed": 20', "`0123`", "`dense`"):
        assert said in text


def test_card_shows_intervals_and_tables() -> None:
    text = card(FACTS)
    assert "- gain over blind: 0.01 (0.005 to 0.01512)" in text
    assert "| 7 | 0.5 (0.25 to 0.75) |" in text

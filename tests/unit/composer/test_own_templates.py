"""A shop's own templates: checked as ours are, beside ours, and part of the identity of their ads."""

import json
import re
from datetime import UTC, datetime
from importlib import resources
from itertools import islice
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.assets.ads import Setup, all_ads_of
from services.catalogue.catalogue import demo_products
from services.cli.main import build
from services.common.errors import Misconfigured
from services.composer.compose import composition
from services.composer.drawing.schemes import SCHEMES
from services.composer.templates import template as nouns
from services.composer.templates.own_templates import own_template, own_templates
from services.composer.templates.read_template import templates
from services.composer.type.faces import TYPES
from services.copywriter.offer_words import Moment

FOLDER = resources.files("services.composer.templates")
OURS = (FOLDER / "studio.yaml").read_text("utf-8")
OWN = OURS.replace("name: studio", "name: linden")


def written(folder: Path, text: str = OWN, name: str = "linden.yaml") -> Path:
    (folder / name).write_text(text)
    return folder / name


def recipes(folder: Path | str) -> dict[str, set[str]]:
    """Of the first ads of a product, by template."""
    setup = Setup(Moment(datetime(2026, 11, 28, tzinfo=UTC)), own=own_templates(str(folder)).by_name)
    found: dict[str, set[str]] = {}
    for draft, _ in islice(all_ads_of(demo_products()[0], "300x250", setup), 60):
        found.setdefault(draft.elements["template"], set()).add(draft.recipe)
    return found


def test_a_shops_own_template_is_used_beside_ours_and_what_it_says_is_part_of_its_ads_identity(tmp_path: Path) -> None:
    written(tmp_path)
    before = recipes(tmp_path)
    assert set(before) == {*templates(), "linden"}
    written(tmp_path, f"# ours since May\n{OWN}")
    assert recipes(tmp_path) == before
    written(tmp_path, OWN.replace("shadow: 0.6", "shadow: 0.7"))
    assert {name for name, its in recipes(tmp_path).items() if its != before[name]} == {"linden"}


def test_ads_in_our_templates_are_the_same_whether_a_shop_may_have_its_own_or_not() -> None:
    drafts = islice(all_ads_of(demo_products()[0], "300x250", Setup(Moment(datetime(2026, 11, 28, tzinfo=UTC)))), 60)
    assert all("template" not in draft.lineage and draft.recipe.count(":") == 7 for draft, _ in drafts)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (OURS, "own.yaml: name: 'studio' where a name of at most 40 small letters"),
        (OWN.replace("name: linden", "name: 'a:b'"), "own.yaml: name: 'a:b' where a name"),
        (OWN.replace("frame: round", "fram: round"), "own.yaml: fram: 'round' where no such key"),
        (re.sub(r"backdrops: \[.*\]", "backdrops: []", OWN), r"own.yaml: backdrops: \[\] where at least one of plain"),
        (re.sub(r"palettes: \[.*\]", "palettes: [[tint]]", OWN), r"own.yaml: palettes: \[\['tint'\]\] where a list of"),
        ("a: " + "[" * 2000, "own.yaml: YAML was expected"),
        ("a: 2026-13-45", "own.yaml: YAML was expected"),
        ("a: &a [*a]", "own.yaml: "),
        ("#" * 100_001, "own.yaml: 100,001 bytes where a template of at most 100,000"),
        ("name: linden", "own.yaml: character is missing"),
        ("- linden", "own.yaml: the file: .* where a mapping was expected"),
    ],
)
def test_a_broken_one_is_named_and_the_others_go_on(tmp_path: Path, text: str, error: str) -> None:
    written(tmp_path)
    with pytest.raises(Misconfigured, match=error):
        own_template(written(tmp_path, text, "own.yaml"))
    found = own_templates(str(tmp_path))
    assert list(found.by_name) == ["linden"]
    (broken,) = found.broken
    assert re.match(error, broken)


def test_two_files_of_one_name_and_a_folder_that_is_not_there_are_told(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, name="other.yaml")
    assert own_templates(str(tmp_path)).broken == (
        "other.yaml: name: 'linden' where one that no other file has was expected",
    )
    with pytest.raises(Misconfigured, match="ADLOOM_TEMPLATES: '.*none' where a folder"):
        own_templates(str(tmp_path / "none"))


@pytest.mark.parametrize("region", ["[0, 0, 0.001, 0.001]", "[0.5, 0, 0.501, 1]", "[0, 0.999, 1, 1]", "[0, 0, 1, 1]"])
def test_any_region_that_the_schema_takes_is_drawn_or_refused_by_a_check(tmp_path: Path, region: str) -> None:
    text = re.sub(r"region: \[[^\]]*\]", f"region: {region}", OWN)
    setup = Setup(Moment(datetime(2026, 11, 28, tzinfo=UTC)), own={"linden": own_template(written(tmp_path, text))})
    for format_ in ("300x250", "728x90", "160x600"):
        ads = all_ads_of(demo_products()[0], format_, setup)
        brief = next(brief for _, brief in ads if brief.template == "linden")
        composition(brief)


def test_compose_shows_an_ad_in_a_template_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADLOOM_STATE_DIR", str(tmp_path / "none"))
    said = ["compose", "--product", demo_products()[0].product_id, "--format", "300x250", "--json"]
    said += ["--template", str(written(tmp_path)), "--out", str(tmp_path / "ad.png")]
    result = CliRunner().invoke(build(), said)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["elements"]["template"] == "linden"


def test_every_word_of_the_schema_is_written_down() -> None:
    written_down = set(re.findall(r"[a-z_]+", (FOLDER / "TEMPLATES.md").read_text("utf-8")))
    words = {*SCHEMES, *TYPES, *nouns.CHARACTERS, *nouns.PICTURE_STYLES, *nouns.BUTTONS, *nouns.PRICES, *nouns.FRAMES}
    words |= {*nouns.SHAPES, *nouns.BACKDROPS, *nouns.SURFACES, *nouns.COLOURS, *nouns.ITEMS, *nouns.DROPPABLE}
    words |= {*nouns.ALIGNS, *nouns.PLACES, *nouns.Template.__dataclass_fields__, *nouns.Stack.__dataclass_fields__}
    assert words - {"version"} <= written_down

"""`adloom library ...` on a library in a state folder of its own."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from services.assets.creative import Draft
from services.assets.library import Library
from services.cli import creatives as command_creatives
from services.cli import library as command_library
from services.common.clock import FixedClock
from services.common.errors import AdloomError, Misconfigured, Rejected
from tests.contract.assets.conftest import Deployment


@pytest.fixture
def state_dir(tmp_path: Path, deployment: Deployment) -> Path:
    """A state folder, and beside it a folder of banners."""
    (tmp_path / "ads").mkdir()
    Image.new("RGB", (300, 250), "red").save(tmp_path / "ads" / "a.png")
    Image.new("RGB", (970, 250), "blue").save(tmp_path / "ads" / "b.jpg")
    (tmp_path / "ads" / "c.gif").touch()
    return tmp_path


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 5, 1, tzinfo=UTC))


@pytest.fixture
def opened(deployment: Deployment) -> Library:
    """The library as another process has it."""
    return deployment.library()


def adloom(state_dir: Path, *arguments: str) -> Result:
    app = typer.Typer()
    command_library.register(app)
    command_creatives.register(app)
    return CliRunner().invoke(app, arguments, env={"ADLOOM_HOME": str(state_dir), "ADLOOM_ASSETS_DIR": ""})


def library(state_dir: Path, *arguments: str) -> Result:
    return adloom(state_dir, "library", *arguments)


def said(result: Result) -> list[dict[str, Any]]:
    assert result.exception is None, result.exception
    return [json.loads(line) for line in result.stdout.splitlines()]


def add(state_dir: Path, *more: str) -> Result:
    return library(state_dir, "add", str(state_dir / "ads"), "--product", "bag-tote", "--json", *more)


def test_of_a_folder_the_good_banners_wait_for_approval_and_bad_ones_are_told(state_dir: Path) -> None:
    result = add(state_dir)
    found = {entry["format"]: entry for entry in said(result)}
    assert set(found) == {"300x250", "970x250"}
    assert found["300x250"]["state"] == "DRAFT"
    assert found["300x250"]["texts"]["headline"] == "Canvas market tote"
    assert [json.loads(line) for line in result.stderr.splitlines()] == [
        {"file": "c.gif", "field": "bytes", "value": "0", "expected": "a picture"}
    ]
    assert said(add(state_dir)) == said(result)


def test_a_banner_that_somebody_approves_is_served(state_dir: Path, opened: Library) -> None:
    (banner, _) = said(add(state_dir, "--by", "bob"))
    assert banner["creative_id"] in {creative.creative_id for creative in opened.all_eligible()}


def test_the_only_banner_that_is_refused_fails_the_command(state_dir: Path) -> None:
    unknown = library(state_dir, "add", str(state_dir / "ads" / "a.png"), "--product", "teapot").exception
    assert isinstance(unknown, Rejected)
    assert unknown.field == "product_id"
    missing = library(state_dir, "add", str(state_dir / "none.png"), "--product", "bag-tote").exception
    assert "file: " in str(missing)
    assert "none of 3" in str(library(state_dir, "add", str(state_dir / "ads")).exception)
    assert isinstance(add(state_dir, "--by", " ").exception, AdloomError)


def test_withdrawn_creatives_are_listed_with_who_and_why(state_dir: Path) -> None:
    first, second = (entry["creative_id"] for entry in said(add(state_dir, "--by", "bob")))
    assert library(state_dir, "withdraw", first, second, "--by", "eve", "--why", "old logo").exception is None
    gone = said(library(state_dir, "list", "--state", "retired", "--json"))
    assert sorted(entry["creative_id"] for entry in gone) == sorted((first, second))
    assert [(event["by"], event["why"]) for event in gone[0]["life"]] == [("eve", "old logo")]
    assert "(withdrawn)" in adloom(state_dir, "creatives", "--product", "bag-tote").stdout
    assert said(adloom(state_dir, "creatives", "--waiting", "--json")) == []


def test_a_paused_creative_is_resumed(state_dir: Path) -> None:
    (banner, _) = said(add(state_dir, "--by", "bob"))
    states = []
    for action in ("pause", "resume"):
        changed = library(state_dir, action, banner["creative_id"], "--by", "eve", "--why", "late", "--json")
        states.append(said(changed)[0]["state"])
    assert states == ["PAUSED", "APPROVED"]


@pytest.mark.parametrize("arguments", [["--state", "gone"], ["--format", "big"], ["--product", "teapot"]])
def test_a_wrong_choice_is_reported_by_name(state_dir: Path, arguments: list[str]) -> None:
    wrong = library(state_dir, "list", *arguments).exception
    assert isinstance(wrong, Rejected)
    assert repr(arguments[1]) in str(wrong)


def test_the_page_shows_the_newest_and_escapes_what_people_wrote(
    state_dir: Path, opened: Library, clock: FixedClock
) -> None:
    for number in range(3):
        opened.add(Draft("bag-tote", "300x250", f"<script>{number}", "", ""), (state_dir / "ads/a.png").read_bytes())
    clock.advance(timedelta(seconds=1))
    opened.add(Draft("bag-tote", "300x250", "Lost", "", ""), b"no picture")
    page = state_dir / "page.html"
    result = library(state_dir, "browse", "--out", str(page), "--state", "DRAFT", "--most", "3")
    assert "3 of 4 creatives" in result.stdout
    text = page.read_text()
    assert "3 of 4 creatives, the newest" in text
    assert "&lt;script&gt;" in text
    assert "<script" not in text
    assert 'src="data:image/webp;base64,' in text
    assert "http" not in text  # it needs no server
    assert "the picture cannot be read" in text
    assert isinstance(library(state_dir, "browse", "--out", "/none/x.html").exception, Misconfigured)

"""`adloom library ...` on a library in a state folder of its own."""

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from services.assets.creative import Draft
from services.assets.house_creatives import house_pictures
from services.assets.library import Library
from services.assets.pictures.picture_store import pictures_in
from services.cli import creatives as command_creatives
from services.cli import library as command_library
from services.cli import own_library
from services.common.clock import FixedClock
from services.common.errors import AdloomError, Misconfigured, Rejected
from services.common.verdict import Check, Verdict
from tests.contract.assets.conftest import Deployment
from tests.good_banner import good_banner


@pytest.fixture
def state_dir(tmp_path: Path, deployment: Deployment) -> Path:
    """A state folder, and beside it a folder of banners."""
    (tmp_path / "ads").mkdir()
    good_banner((300, 250), "red").save(tmp_path / "ads" / "a.png")
    good_banner((970, 250), "blue").save(tmp_path / "ads" / "b.png", "JPEG")  # its content decides
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
    assert (found["300x250"]["state"], found["300x250"]["verdict"]["passes"]) == ("SCREENED", True)
    assert found["300x250"]["texts"]["headline"] == "Canvas market tote"
    assert [json.loads(line) for line in result.stderr.splitlines()] == [
        {"file": "c.gif", "field": "bytes", "value": "0", "expected": "a picture"}
    ]
    assert said(add(state_dir)) == said(result)


def test_a_banner_that_somebody_approves_is_served(state_dir: Path, opened: Library) -> None:
    (banner, _) = said(add(state_dir, "--by", "bob"))
    assert banner["creative_id"] in {creative.creative_id for creative in opened.all_eligible()}


def test_a_banner_that_fails_its_screen_waits_until_a_named_person_overrules_it_with_a_reason(
    state_dir: Path, opened: Library
) -> None:
    Image.new("RGB", (300, 250), "red").save(state_dir / "ads" / "a.png")
    one = ("add", str(state_dir / "ads" / "a.png"), "--product", "bag-tote", "--by", "bob")
    told = library(state_dir, *one)
    assert "not served: sharp: the finest detail has 0% of a sharp picture's" in told.stderr
    (banner,) = said(library(state_dir, *one, "--json"))
    assert (banner["state"], banner["approved_by"]) == ("SCREENED", "")
    refused = library(state_dir, "approve", banner["creative_id"], "--by", "eve").exception
    assert "a reason to serve it although its screen failed (sharp" in str(refused)
    whole = said(
        library(state_dir, "approve", banner["creative_id"], "--by", "eve", "--why", "a plain poster", "--json")
    )
    assert [(event["state"], event["by"], event["why"]) for event in whole[0]["life"]] == [
        ("APPROVED", "eve", "a plain poster"),
    ]  # fmt: skip
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


def test_the_page_says_why_a_screen_stopped_an_ad(state_dir: Path, opened: Library) -> None:
    stopped = Verdict((Check("claims", 0.0, 1.0, False, "'the best' has no source", "claims/1"),))
    opened.add(Draft("bag-tote", "300x250", "The best", "", "", verdict=stopped), b"no picture")
    page = state_dir / "page.html"
    library(state_dir, "browse", "--out", str(page), "--product", "bag-tote")
    assert "its screen stopped it: claims: &#x27;the best&#x27; has no source" in page.read_text()


def test_a_banner_may_lead_to_a_page_of_the_shop_instead_of_a_product(state_dir: Path, opened: Library) -> None:
    banner = (str(state_dir / "ads" / "b.png"), "--headline", "Have a look", "--by", "bob", "--json")
    page = "https://shop.example/sale"
    (added,) = said(library(state_dir, "add", *banner, "--link", page))
    assert (added["product_id"], added["link"], added["media_type"]) == ("", page, "image/jpeg")
    (eligible,) = opened.eligible("970x250")
    assert (eligible.creative_id, eligible.is_house) == (added["creative_id"], False)
    assert opened.picture(eligible).startswith(b"\xff\xd8")
    assert opened.png(eligible).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--link", "https://evil.example/sale"], "link: .* on a host of the catalogue's links \\(shop.example\\)"),
        (["--link", "https://evil.example\\@shop.example/"], "link: .* an http or https address"),
        (["--link", "https://shop.example@evil.example/"], "link: "),
        (["--link", "javascript:alert(1)"], "link: "),
        (["--link", "https://shop.example/"], "headline: "),
        ([], "product_id: "),
        (["--product", "bag-tote", "--starts", "2026-12-02", "--ends", "2026-12-01"], "ends: .* after its start"),
        (["--product", "bag-tote", "--ends", "tomorrow"], "ends: 'tomorrow' where a day like"),
        (["--product", "bag-tote", "--starts", "2026-12-01T10:00"], "starts: '2026-12-01T10:00' .* with its offset"),
    ],
)
def test_a_banner_that_leads_nowhere_or_never_runs_is_refused(state_dir: Path, options: list[str], told: str) -> None:
    wrong = library(state_dir, "add", str(state_dir / "ads" / "a.png"), *options).exception
    assert isinstance(wrong, Rejected)
    assert re.search(told, str(wrong)), wrong


def test_a_creative_is_eligible_between_its_dates_only(state_dir: Path, opened: Library, clock: FixedClock) -> None:
    dates = ("--starts", "2026-05-02", "--ends", "2026-05-03")
    said(add(state_dir, "--by", "bob", *dates))
    days = []
    for _ in range(4):
        days.append(len(opened.all_eligible()))
        clock.advance(timedelta(days=1))
    assert days == [0, 2, 2, 0]  # from the first of May on


def test_creatives_are_found_by_text_and_by_category(state_dir: Path, opened: Library) -> None:
    picture = (state_dir / "ads/a.png").read_bytes()
    for product, headline in (("bag-tote", "Straße"), ("boot-suede", "Strasse"), ("bag-leather", "Weg")):
        opened.add(Draft(product, "300x250", headline, "", ""), picture)

    def found(*options: str) -> list[str]:
        return [entry["texts"]["headline"] for entry in said(library(state_dir, "list", "--json", *options))]

    assert sorted(found("--text", "STRASSE")) == ["Strasse", "Straße"]
    assert sorted(found("--category", "bag")) == ["Straße", "Weg"]
    assert found("--category", "bag", "--text", "weg") == ["Weg"]
    assert isinstance(library(state_dir, "list", "--category", "tea").exception, Rejected)


def test_garbage_is_named_first_and_then_removed(
    state_dir: Path, opened: Library, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = opened.add(Draft("bag-tote", "300x250", "Kept", "", ""), b"kept")
    opened.change("withdraw", [kept.creative_id], "bob", "ugly")  # its picture stays: it may be approved again
    pictures = pictures_in(deployment.assets)
    lost = pictures.put(b"lost")
    for path in deployment.assets.rglob("*.png"):
        os.utime(path, (0, 0))
    named = {creative.image_sha256 for creative in deployment.creatives.table.all(lambda _: True)} | set(
        house_pictures()
    )
    monkeypatch.setattr(own_library, "own_store", lambda *_: (pictures, named))
    assert said(library(state_dir, "gc", "--dry-run", "--json")) == [{"pictures": 1, "bytes": 4, "removed": False}]
    assert pictures.has(lost)
    assert f"{lost}.png" in library(state_dir, "gc").stdout
    assert (pictures.has(lost), opened.picture(kept)) == (False, b"kept")
    assert said(library(state_dir, "gc", "--json")) == [{"pictures": 0, "bytes": 0, "removed": True}]

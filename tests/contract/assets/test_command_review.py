"""`adloom library review ...`: what waits is listed with its reason, approved by two, or refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from services.assets.changes import FIRST
from services.assets.creative import Draft
from services.cli import library as command_library
from services.common.errors import Misconfigured, Rejected
from services.common.verdict import STAND_IN, Check, Verdict
from tests.contract.assets.conftest import Deployment

BLURRED = Verdict((Check("sharp", 0.1, 0.3, False, "it is blurred"),))


@pytest.fixture
def waiting(deployment: Deployment) -> list[str]:
    """The ids of two ads that wait."""
    drafts = [
        Draft(
            "bag-tote",
            "300x250",
            f"Tote {name}",
            "",
            "Look",
            elements={"template": name},
            recipe=f"r{name}",
            verdict=STAND_IN,
        )
        for name in ("poster", "card")
    ]
    return [creative.creative_id for creative in deployment.library().add_all([(draft, b"1") for draft in drafts])]


def review(state_dir: Path, *arguments: str, four_eyes: str = "", typed: str | None = None) -> Result:
    app = typer.Typer()
    command_library.register(app)
    environ = {"ADLOOM_HOME": str(state_dir), "ADLOOM_ASSETS_DIR": "", "ADLOOM_FOUR_EYES": four_eyes}
    return CliRunner().invoke(app, ["library", "review", *arguments], input=typed, env=environ)


def said(result: Result) -> list[dict[str, Any]]:
    assert result.exception is None, result.exception
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_two_persons_approve_or_one_refuses_what_waits(tmp_path: Path, waiting: list[str]) -> None:
    queue = said(review(tmp_path, "list", "--json"))
    assert [(ad["elements"]["template"], ad["waits_because"]) for ad in queue] == [
        ("card", "nobody has approved it yet"),
        ("poster", "nobody has approved it yet"),
    ]
    poster, card = waiting
    by_ada = ("approve", card, "--by", "ada")
    assert "waits for a second approval, after ada's" in review(tmp_path, *by_ada, four_eyes="1").stdout
    assert said(review(tmp_path, "list", "--template", "card", "--json"))[0]["waits_because"] == FIRST
    assert isinstance(review(tmp_path, *by_ada, four_eyes="1").exception, Rejected)
    assert "APPROVED, grace" in review(tmp_path, "approve", card, "--by", "grace", four_eyes="1").stdout
    assert "RETIRED, ada" in review(tmp_path, "refuse", poster, "--by", "ada", "--why", "dull").stdout
    assert said(review(tmp_path, "list", "--json")) == []
    assert isinstance(review(tmp_path, "list", four_eyes="perhaps").exception, Misconfigured)


def test_a_person_is_asked_about_each_ad_and_shown_what_its_screen_found(
    tmp_path: Path, waiting: list[str], deployment: Deployment
) -> None:
    poster, card = waiting
    blurred = replace(deployment.library().get(card), verdict=BLURRED)
    deployment.creatives.put([blurred])
    typed = ["?", "a", "", "approve", "the blur is the product", "r", "dull", ""]
    asked = review(tmp_path, "--by", "ada", "--interactive", typed="\n".join(typed))
    assert asked.exception is None, asked.exception
    for line in ("2 ads wait", "headline  Tote card", "FAILS sharp: it is blurred", "1 approved, 1 rejected, 0 left"):
        assert line in asked.stdout
    assert deployment.library().get(card).life[-1].why == "the blur is the product"
    assert (deployment.library().get(poster).state, deployment.library().get(card).state) == ("RETIRED", "APPROVED")


def test_where_the_shop_asks_for_four_eyes_the_same_person_is_not_asked_twice(
    tmp_path: Path, waiting: list[str], deployment: Deployment
) -> None:
    ask = ("--interactive", "--template", "card", "--by")
    assert "after ada's" in review(tmp_path, *ask, "ada", four_eyes="1", typed="a\n").stdout
    again = review(tmp_path, *ask, " Ada", four_eyes="1", typed="")
    assert "0 ads wait" in again.stdout
    assert "1 that Ada has approved wait for somebody else" in again.stdout
    assert "APPROVED, grace" in review(tmp_path, *ask, "grace", four_eyes="1", typed="a\n").stdout
    assert deployment.library().get(waiting[1]).is_approved


def test_without_a_terminal_nobody_is_asked(tmp_path: Path, waiting: list[str]) -> None:
    told = review(tmp_path, "--by", "ada")
    assert told.exit_code == 2
    assert "Usage:" in told.stdout

"""`adloom library review ...`: what waits is listed with its reason, approved by two, or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from services.assets.changes import FIRST
from services.assets.creative import Draft
from services.cli import library as command_library
from services.common.errors import Misconfigured, Rejected
from services.common.verdict import STAND_IN
from tests.contract.assets.conftest import Deployment


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


def review(state_dir: Path, *arguments: str, four_eyes: str = "") -> Result:
    app = typer.Typer()
    command_library.register(app)
    environ = {"ADLOOM_HOME": str(state_dir), "ADLOOM_ASSETS_DIR": "", "ADLOOM_FOUR_EYES": four_eyes}
    return CliRunner().invoke(app, ["library", "review", *arguments], env=environ)


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

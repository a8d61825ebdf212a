"""`adloom creatives | picture` on a library in a state folder of its own."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from services.assets.creative import Draft
from services.assets.house import HOUSE_FORMATS
from services.assets.library import Library
from services.cli import catalogue as command_catalogue
from services.cli import creatives as command_creatives
from services.common.errors import Misconfigured, Rejected
from services.common.verdict import STAND_IN
from services.composer.brief import Brief
from services.composer.compose import compose

PNG = compose(Brief("300x250", "studio", "bag", "#aa3311", "A bag", "EUR 1.00", "Go"))


@pytest.fixture
def state_dir(tmp_path: Path, library: Library) -> Path:
    library.add(Draft("bag-tote", "300x250", "Waiting bag", "", "Go", ai_generated=True), PNG)
    library.add(Draft("boot-suede", "728x90", "A boot", "", "Go", approved_by="alice", verdict=STAND_IN), PNG)
    return tmp_path


def adloom(state_dir: Path, *arguments: str) -> Result:
    app = typer.Typer()
    command_catalogue.register(app)
    command_creatives.register(app)
    return CliRunner().invoke(app, arguments, env={"ADLOOM_HOME": str(state_dir), "ADLOOM_ASSETS_DIR": ""})


def test_creatives_are_chosen_by_product_format_and_approval(state_dir: Path) -> None:
    def headlines(*arguments: str) -> list[str]:
        return [
            json.loads(line)["headline"]
            for line in adloom(state_dir, "creatives", "--json", *arguments).stdout.splitlines()
        ]

    assert len(headlines()) == 2 + len(HOUSE_FORMATS)
    assert headlines("--product", "boot-suede") == ["A boot"]
    assert headlines("--format", "300x250", "--product", "bag-tote", "--product", "boot-suede") == ["Waiting bag"]
    assert headlines("--waiting") == ["Waiting bag"]
    assert "(waiting)" in adloom(state_dir, "creatives").stdout


def test_a_picture_is_written_whole(state_dir: Path, tmp_path: Path) -> None:
    found = json.loads(adloom(state_dir, "creatives", "--json", "--waiting").stdout)
    assert adloom(state_dir, "picture", found["creative_id"], str(tmp_path / "bag.png")).exit_code == 0
    assert (tmp_path / "bag.png").read_bytes() == PNG


def test_a_wrong_value_is_reported_by_name(state_dir: Path) -> None:
    unknown = adloom(state_dir, "picture", "c-none", "x.png").exception
    assert isinstance(unknown, Rejected)
    assert "creative_id: 'c-none'" in str(unknown)
    assert isinstance(adloom(state_dir, "creatives", "--product", "teapot").exception, Rejected)
    assert isinstance(adloom(state_dir, "picture", "house-300x250", "/none/x.png").exception, Misconfigured)

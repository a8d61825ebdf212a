"""`adloom screen` as a marketer sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.catalogue.catalogue import DEMO_SHOP
from services.cli.main import build
from services.cli.screen import text_of
from services.common.errors import Misconfigured, Rejected


def screened(*arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(build(), ["screen", *arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    found: dict[str, Any] = json.loads(done.output)
    return found


def test_a_text_is_held_against_the_product_of_a_feed() -> None:
    feed = ("--product", "tee-breton", "--feed", str(DEMO_SHOP))
    assert screened("Heavy cotton, knitted in Brittany. €29.00", *feed)["passes"] is True
    failed = screened("Breton tee, now €19", *feed)
    (check,) = failed["checks"]
    assert (failed["passes"], check["check"], check["score"], check["threshold"], check["passes"]) == (
        False, "claims", 1.0, 0.0, False,
    )  # fmt: skip
    assert '"€19"' in check["why"]


def test_without_a_product_the_shops_allowed_claims_alone_support_a_text() -> None:
    assert screened("Free returns within 30 days")["passes"] is False
    assert screened("Free returns within 30 days", "--allow", "free returns within 30 days")["passes"] is True


def test_a_file_is_read_and_one_without_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "ad.txt").write_text("The best tee", "utf-8")
    assert screened(str(tmp_path / "ad.txt"))["passes"] is False
    assert text_of("x" * 5_000) == "x" * 5_000
    (tmp_path / "ad.png").write_bytes(b"\x89PNG\xff")
    with pytest.raises(Misconfigured, match="ad.png: a text in UTF-8 was expected"):
        screened(str(tmp_path / "ad.png"))


def test_an_unknown_product_is_refused_by_its_id() -> None:
    with pytest.raises(Rejected, match="tee-nothing"):
        screened("A tee", "--product", "tee-nothing", "--feed", str(DEMO_SHOP))

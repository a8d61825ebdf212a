"""`adloom screen` as a marketer sees it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.catalogue.catalogue import DEMO_SHOP, demo_catalogue
from services.cli.main import build
from services.cli.screen import content_of
from services.common.errors import Misconfigured, Rejected
from services.composer.brief import Brief
from services.composer.compose import compose


def screened(*arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(build(), ["screen", *arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    found: dict[str, Any] = json.loads(done.output)
    return found


def test_a_text_is_held_against_the_product_of_a_feed() -> None:
    feed = ("--product", "tee-breton", "--feed", str(DEMO_SHOP))
    assert screened("Heavy cotton, knitted in Brittany. €29.00", *feed)["passes"] is True
    failed = screened("Breton tee, now €19", *feed)
    (check,) = [check for check in failed["checks"] if not check["passes"]]
    assert (check["check"], check["score"], check["threshold"], check["measured"]) == ("claims", 1.0, 0.0, True)
    assert '"€19"' in check["why"]


def test_without_a_product_the_shops_allowed_claims_alone_support_a_text() -> None:
    assert screened("Free returns within 30 days")["passes"] is False
    assert screened("Free returns within 30 days", "--allow", "free returns within 30 days")["passes"] is True


def test_a_file_is_read_and_one_without_text_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "ad.txt").write_text("The best tee", "utf-8")
    assert screened(str(tmp_path / "ad.txt"))["passes"] is False
    assert content_of("x" * 5_000) is None
    (tmp_path / "ad.bin").write_bytes(b"\xff\xfe")
    with pytest.raises(Misconfigured, match="ad.bin: a PNG, JPEG, WebP or GIF picture or a text in UTF-8"):
        screened(str(tmp_path / "ad.bin"))


def test_a_picture_is_read_and_its_wrong_price_is_named(tmp_path: Path) -> None:
    tee = demo_catalogue().product("tee-breton").message
    brief = Brief("300x250", "catalogue", tee.product_type, "#2f4d73", tee.title, "€19.00", "Shop now")
    (tmp_path / "ad.png").write_bytes(compose(brief))
    feed = ("--product", "tee-breton", "--feed", str(DEMO_SHOP))
    found = screened(str(tmp_path / "ad.png"), *feed, "--format", "300x250", "--headline", brief.headline)
    failed = {check["check"]: check["why"] for check in found["checks"] if not check["passes"]}
    assert list(failed) == ["claims_seen"]
    assert "19.00" in failed["claims_seen"]


def test_the_brand_kits_forbidden_words_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kit.yaml").write_text("name: Linden\nforbidden_words: [cosy]\nallowed_claims: {en: [free returns]}\n")
    monkeypatch.setenv("ADLOOM_BRAND", str(tmp_path / "kit.yaml"))
    assert [check["check"] for check in screened("Cosy. Free returns")["checks"] if not check["passes"]] == [
        "forbidden"
    ]


def test_an_unknown_product_is_refused_by_its_id() -> None:
    with pytest.raises(Rejected, match="tee-nothing"):
        screened("A tee", "--product", "tee-nothing", "--feed", str(DEMO_SHOP))

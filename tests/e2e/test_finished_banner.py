"""A finished banner on a running stack: added, approved, shown on a page, withdrawn and gone."""

from __future__ import annotations

import io
import json
import uuid
from pathlib import Path

from PIL import Image

from tests.e2e.conftest import Outside
from tests.e2e.test_page_by_http import Browser
from tests.good_banner import good_banner
from tests.waiting import wait_for

WIDE = "970x90"  # nothing else is drawn in it: the banner is all that there is of its product


def asked(browser: Browser) -> str:
    """The URL of the picture on a page, empty where the house creative fills."""
    placement = {"placement_id": "front", "format": WIDE}
    request = {"user_id": uuid.uuid4().hex, "placements": [placement], "product_ids": ["bag-tote"]}
    answer = browser.json("POST", "/v1/select", request)
    (selection,) = answer["selections"]
    return str(selection["image"]["uri"]) if selection["product_id"] else ""


def test_a_finished_banner_is_shown_until_it_is_withdrawn(outside: Outside, tmp_path: Path) -> None:
    browser = Browser(outside.running.web)
    good_banner((970, 90), "teal").save(tmp_path / "wide.png")
    said = outside.adloom("library", "add", str(tmp_path / "wide.png"), "--product", "bag-tote", "--json")
    banner = json.loads(said)["creative_id"]
    assert not any(asked(browser) for _ in range(10))
    outside.adloom("library", "approve", banner, "--by", "ada")
    url = wait_for("the banner on a page", lambda: asked(browser))
    with Image.open(io.BytesIO(browser.ask("GET", url)[1])) as picture:
        assert (picture.size, picture.getpixel((1, 1))) == ((970, 90), (0, 128, 128))
    outside.adloom("library", "withdraw", banner, "--by", "ada", "--why", "the campaign is over")
    wait_for("a page without it", lambda: not asked(browser))
    again = outside.adloom(
        "library", "add", str(tmp_path / "wide.png"), "--product", "bag-tote", "--by", "ada", "--json"
    )
    assert json.loads(again)["state"] == "RETIRED"
    assert not any(asked(browser) for _ in range(20))

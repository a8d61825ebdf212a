"""A campaign on a running stack: applied, served, counted, paused within a second, and deleted."""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path

from tests.e2e.conftest import Outside
from tests.e2e.test_page_by_http import Browser
from tests.good_banner import good_banner
from tests.waiting import wait_for

FORMAT = "990x90"  # nothing else is drawn in it, so nothing else wins
PAUSED_S = 1.0


def asked(browser: Browser) -> str | None:
    """The campaign of what a new shopper is shown; None where the house creative fills."""
    placement = {"placement_id": "front", "format": FORMAT}
    request = {"user_id": uuid.uuid4().hex, "placements": [placement], "product_ids": ["bag-tote"]}
    (selection,) = browser.json("POST", "/v1/select", request)["selections"]
    return selection.get("campaign_id", "") if selection.get("product_id") else None


def test_a_campaign_is_served_counted_explained_paused_within_a_second_and_deleted(
    outside: Outside, tmp_path: Path
) -> None:
    browser, name = Browser(outside.running.web), f"k-{uuid.uuid4().hex[:8]}"
    good_banner((990, 90), "navy").save(tmp_path / "wide.png")
    banner = ("library", "add", str(tmp_path / "wide.png"), "--product", "bag-tote", "--by", "ada", "--json")
    creative = json.loads(outside.adloom(*banner))["creative_id"]
    wait_for("the banner", lambda: asked(browser) == "")  # no campaign names it yet
    file = tmp_path / "campaigns.yaml"
    file.write_text(
        f"- {{campaign_id: {name}, creative_ids: [{creative}], impression_budget: 100, placements: [front]}}"
    )
    outside.adloom("campaigns", "apply", str(file))
    wait_for("an answer in the campaign", lambda: asked(browser) == name)
    wait_for("its count", lambda: f'"campaign_id": "{name}", "status": "running", "impressions": 1,' in listed(outside))
    reasons = json.loads(outside.adloom("why-not", creative, "--placement", "top", "--format", FORMAT, "--json"))
    assert [rule["rule"] for rule in reasons["rules"] if not rule["holds"]] == [f"{name}: placement", "campaign"]
    outside.adloom("campaigns", "pause", name, "--by", "ada", "--why", "wrong picture")
    time.sleep(PAUSED_S)
    assert [asked(browser) for _ in range(20)] == [None] * 20
    outside.adloom("campaigns", "resume", name, "--by", "ada")
    wait_for("an answer in the campaign again", lambda: asked(browser) == name)
    outside.adloom("campaigns", "delete", name)
    wait_for("an answer in no campaign", lambda: asked(browser) == "")
    assert name not in listed(outside)
    outside.adloom("library", "withdraw", creative, "--by", "ada", "--why", "the test is over")


def listed(outside: Outside) -> str:
    return outside.adloom("campaigns", "list", "--json")

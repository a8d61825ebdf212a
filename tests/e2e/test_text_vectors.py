"""On a running stack ads get the vectors of their headlines, whoever made them, and decisions hold them."""

from __future__ import annotations

import json
from pathlib import Path

from services.assets.creative import Creative
from services.assets.kafka_creatives import creatives_now
from services.features.vector import TEXT_ENCODED
from services.models.text_encoder.axes import served_axes
from tests.e2e.conftest import Outside
from tests.good_banner import good_banner
from tests.waiting import wait_for

ENCODER = served_axes().encoder


def lacking(outside: Outside) -> set[str]:
    """Creatives that have no vector of the encoder that is served."""
    ads = creatives_now(outside.running.kafka).all(lambda row: row.state != "RETIRED")
    return {ad.creative_id for ad in ads if not is_encoded(ad)}


def is_encoded(ad: Creative) -> bool:
    return ad.text_vector is not None and ad.text_vector.encoder == ENCODER


def test_an_agencys_banner_and_the_shops_own_ads_get_their_vectors(outside: Outside, tmp_path: Path) -> None:
    good_banner((970, 71), "teal").save(tmp_path / "wide.png")
    added = outside.adloom("library", "add", str(tmp_path / "wide.png"), "--product", "bag-tote", "--json")
    banner = json.loads(added)["creative_id"]
    wait_for("vectors of all ads", lambda: not lacking(outside), within_s=60)
    found = creatives_now(outside.running.kafka).get(banner)
    assert found is not None and is_encoded(found)


def test_a_decision_holds_the_text_vector_of_the_ad_that_it_chose(outside: Outside) -> None:
    def recorded() -> bool:
        outside.adloom("ask", "--user", "vera", "--placement", "top", "--format", "300x250")
        user = outside.pseudonym("vera")
        records = [record for record in outside.messages("ad.impressions") if record["user_id"] == user]
        return any(record["text_encoder"] == ENCODER and record["features"][TEXT_ENCODED] == 1.0 for record in records)

    wait_for("a decision with a text vector", recorded)

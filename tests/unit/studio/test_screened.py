"""The studio's ads are screened: one that fails is kept with its reason, and the next look is tried."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from services.assets.creative import Draft, finished
from services.assets.screened import Screener
from services.common.verdict import STAND_IN
from services.screening.judges import Given
from services.screening.policy import policy, with_own
from tests.unit.screening.ads import Thinks, judges
from tests.unit.studio.bench import NOON, Bench, product


def test_every_ad_carries_its_verdict_and_its_look(tmp_path: Path) -> None:
    bench = Bench(tmp_path, screener=Screener(judges(), with_own("", {"sample": 10**6})))
    bench.say(product())
    bench.work()
    ads = bench.shown().values()
    assert len(ads) == 4
    for ad in ads:
        assert ad.verdict is not None
        names = [check.check for check in ad.verdict.checks]
        assert {"contrast", "stands_out", "weight", "duplicate", "claims", "unsafe_words", "offence"} <= set(names)
        assert ad.lineage["look"].startswith(tuple("0123456789abcdef"))
        assert "image_safety" not in names  # there is no photo: all of it is drawn


def test_an_ad_with_an_unsafe_photo_is_kept_with_its_reason_and_few_are_tried(tmp_path: Path) -> None:
    bench = Bench(tmp_path, screener=Screener(judges(score=0.7), with_own("", {"sample": 10**6})))
    bench.photograph("tee.jpg", "navy")
    bench.say(product(image_links=["tee.jpg"]))
    bench.work()
    assert bench.shown() == {}
    refused = bench.shown("SCREENED").values()
    assert len(refused) == 4  # as many as were wanted, and no more of each format
    assert {check.check for ad in refused for check in ad.verdict.checks if not check.passes} == {"image_safety"}  # type: ignore[union-attr]
    assert bench.studio.not_made["screen"] == 4
    bench.say(product(image_links=["tee.jpg"]))
    bench.work()
    assert len(bench.shown("SCREENED")) == 4


def test_without_models_nothing_is_served_and_the_reason_says_so(tmp_path: Path) -> None:
    bench = Bench(tmp_path, screener=Screener(Given(images=Thinks(0.0)), with_own("", {"sample": 10**6})))
    bench.say(product())
    bench.work()
    assert bench.shown() == {}
    ad = next(iter(bench.shown("SCREENED").values()))
    assert [check.check for check in ad.verdict.checks if not check.measured] == ["unsafe_words", "offence"]  # type: ignore[union-attr]


def test_ads_from_before_the_screen_are_screened_and_served_again_or_ended(tmp_path: Path) -> None:
    asks_nothing = {name: {"finished": "never"} for name in policy().rules if name != "claims"}
    bench = Bench(tmp_path, screener=Screener(judges(), with_own("", {"sample": 10**6, "checks": asks_nothing})))
    bench.say(product())
    bench.work()
    ads = bench.shown()
    picture = next(iter(ads.values())).image_sha256
    wrong = Draft("tee", "300x250", "Only 19 EUR", "", "", verdict=STAND_IN, approved_by="eve", recipe="banner")
    page = Draft(
        "", "300x250", "Our new shop", "", "", verdict=STAND_IN, approved_by="eve", link="https://shop.example"
    )
    banners = finished([wrong, page], [picture] * 2, NOON)
    bench.creatives.put([replace(one, verdict=None) for one in (*ads.values(), *banners)])
    assert not any(ad.is_approved for ad in bench.shown().values())
    assert bench.studio.waits() == {"screen": 6}
    bench.desk.look_at(["tee", ""])
    bench.work()
    assert bench.studio.waits() == {}
    shown = bench.shown()
    assert all(ad.is_approved for ad in shown.values())
    assert set(shown) == {*ads, banners[1].creative_id}
    (failed,) = bench.shown("SCREENED").values()
    assert failed.creative_id == banners[0].creative_id
    assert failed.life[-1].why.startswith('its screen failed: claims: "19 EUR"')

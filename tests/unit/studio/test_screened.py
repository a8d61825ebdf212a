"""The studio's ads are screened: one that fails is kept with its reason, and the next look is tried."""

from __future__ import annotations

from pathlib import Path

from services.assets.screened import Screener
from services.screening.judges import Given
from services.screening.policy import with_own
from tests.unit.screening.ads import Thinks, judges
from tests.unit.studio.bench import Bench, product


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

"""A person looks at what is new, and at a sample of the rest; until then what was approved before stays."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from services.assets.creative import Creative
from services.common.clock import FixedClock
from services.studio.approval import SETTLED, Approval, Verdicts, style_of
from services.studio.settings import StudioSettings
from services.studio.shop_files import ShopFiles
from tests.unit.studio.bench import NOON, Bench, product


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path, who="policy")


def waiting(bench: Bench) -> list[Creative]:
    return list(bench.shown("SCREENED").values())


def settle(bench: Bench) -> tuple[str, str]:
    """A template whose first ads a person has approved."""
    bench.say(*(product(f"p{number:02}") for number in range(40)))
    bench.work()
    for creative in waiting(bench):
        bench.verdicts.take(creative)
    style = max({style_of(ad) for ad in waiting(bench)}, key=[style_of(ad) for ad in waiting(bench)].count)
    for creative in [ad for ad in waiting(bench) if style_of(ad) == style][:SETTLED]:
        bench.judge(creative, "approve")
    bench.work()
    return style


def test_everything_of_a_new_template_waits_and_says_why_until_people_have_approved_some(bench: Bench) -> None:
    bench.say(product())
    bench.work()
    first = waiting(bench)[0]
    assert not bench.shown()
    assert first.life[-1].why == f"template {first.elements['template']} is new"
    style = settle(bench)
    assert {style_of(ad) for ad in bench.shown().values()} == {style}
    assert style not in {style_of(ad) for ad in waiting(bench)}
    assert {ad.approved_by for ad in bench.shown().values()} == {"ada", "studio"}


def test_a_new_brand_kit_makes_a_template_new_and_a_refusal_counts_against_it(bench: Bench) -> None:
    template, _ = settle(bench)
    assert not bench.verdicts.is_settled((template, "other"))
    bench.judge(next(ad for ad in bench.shown().values() if style_of(ad)[0] == template), "withdraw")
    assert not bench.verdicts.is_settled((template, ""))


def test_a_sample_of_the_rest_waits_always_the_same(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.say(*(product(f"p{number}") for number in range(10)))
    bench.work()
    ads = list(bench.shown().values())
    sampled = [ad.creative_id for ad in ads if Approval("policy", 0.5).waits_for(ad, is_settled=True)]
    assert 8 <= len(sampled) <= 32  # of 40: half, give or take four standard deviations
    assert all(Approval("policy", 1.0).waits_for(ad, is_settled=True) == "it is in the sample" for ad in ads)


def test_an_approved_ad_stays_until_a_person_has_approved_what_replaces_it_unless_it_is_untrue(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.say(product())
    bench.work()
    before = bench.shown()
    bench.who = "person"
    bench.start()
    bench.say(product(attributes={"colour_hex": "#225577"}))
    bench.work()
    assert bench.shown().keys() == before.keys()
    for creative in waiting(bench):
        bench.judge(creative, "approve")
    bench.work()
    assert len(bench.shown()) == 4
    assert not bench.shown().keys() & before.keys()
    bench.say(product(attributes={"colour_hex": "#225577"}, material="Linen"))
    bench.work()
    assert bench.shown()
    assert not [ad for ad in bench.shown().values() if "otton" in ad.headline + ad.body]  # whoever approved it then
    bench.say(product(attributes={"colour_hex": "#225577"}, price_minor=1900))
    bench.work()
    assert not [ad for ad in bench.shown().values() if ad.price]


def test_what_a_person_refused_stays_away_and_what_one_approved_comes_back_with_its_product(bench: Bench) -> None:
    bench.who = "person"
    bench.start()
    bench.say(product())
    bench.work()
    refused, *approved = waiting(bench)
    bench.judge(refused, "withdraw")
    for creative in approved:
        bench.judge(creative, "approve")
    bench.end("tee")
    bench.work()
    assert not bench.shown()
    bench.say(product())
    bench.work()
    assert bench.shown().keys() == {ad.creative_id for ad in approved}
    assert {ad.approved_by for ad in bench.shown().values()} == {"ada"}


def test_ads_that_others_made_say_nothing_of_templates(bench: Bench) -> None:
    verdicts = Verdicts()
    bench.say(product())
    bench.work()
    foreign = waiting(bench)[0]
    object.__setattr__(foreign, "made_by", "agency")
    assert not verdicts.take(foreign)
    assert not verdicts.waiting()


def test_a_shops_own_template_is_new_again_when_it_says_something_else(bench: Bench) -> None:
    bench.say(product())
    bench.work()
    ad = replace(waiting(bench)[0], elements={"template": "linden"}, lineage={"template": "0a1b"})
    assert style_of(ad) == ("linden 0a1b", "")


def test_the_studio_takes_a_shops_own_templates_and_tells_the_broken_ones(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ours = (resources.files("services.composer.templates") / "studio.yaml").read_text("utf-8")
    (tmp_path / "linden.yaml").write_text(ours.replace("name: studio", "name: linden"))
    (tmp_path / "other.yaml").write_text(ours)
    files = ShopFiles(StudioSettings(templates=str(tmp_path)), FixedClock(NOON))
    own = files.start().arguments[-1]
    assert isinstance(own, dict)
    assert list(own) == ["linden"]
    assert "not used: other.yaml: name: 'studio' where a name" in caplog.text

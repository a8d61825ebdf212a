"""The studio keeps the ads of each product as its row says them."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.assets.changes import changed
from services.assets.screened import zone_of
from services.common.errors import Misconfigured, Unavailable
from services.runtime.health import Readiness
from services.studio.budget import Budget
from services.studio.maker import Job, Made, Maker
from services.studio.progress import Progress
from services.studio.settings import approval_of, counts_of
from services.studio.share import Share, share_of
from services.wire.codec.envelope import Position
from services.wire.codec.ports import Sink
from tests.unit.studio.bench import NOON, Bench, at_once, product


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_product_gets_its_ads_screened_and_approved_by_the_studio(bench: Bench) -> None:
    bench.say(product())
    bench.work()
    ads = bench.shown().values()
    assert Counter(ad.format for ad in ads) == {"300x250": 3, "320x50": 1}
    assert {(ad.approved_by, ad.verdict is not None and ad.verdict.passes) for ad in ads} == {("studio", True)}
    assert all(bench.pictures.has(ad.image_sha256) for ad in ads)
    assert bench.studio.ads == 4


def test_a_restart_makes_nothing_again(bench: Bench) -> None:
    bench.say(product())
    bench.work()
    before, messages = bench.shown(), bench.creatives.table.revision()
    bench.start()
    bench.say(product())
    bench.work()
    assert bench.shown().keys() == before.keys()
    assert bench.creatives.table.revision() == messages
    assert bench.studio.ads == 4


def test_a_new_price_replaces_the_ads_that_state_it(bench: Bench) -> None:
    bench.say(product())
    bench.work()
    before = bench.shown()
    bench.say(product(price_minor=2500))
    bench.work()
    after = bench.shown()
    assert {ad.price.minor for ad in after.values() if ad.price} == {2500}
    assert {before[name].format for name in before.keys() & after.keys()} == {"320x50"}  # states no price
    assert {ad.life[-1].why for ad in bench.shown("RETIRED").values()} == {"the product's ads say something else now"}


def test_a_change_that_no_ad_shows_changes_no_ad(bench: Bench) -> None:
    bench.say(product(quantity=80))
    bench.work()
    revision = bench.creatives.table.revision()
    bench.say(product(quantity=79, link="https://shop.example/tee"))
    bench.work()
    assert bench.creatives.table.revision() == revision


def test_ads_of_a_product_that_is_gone_are_retired_and_come_back_with_it(bench: Bench) -> None:
    bench.say(product())
    bench.work()
    before = bench.shown()
    bench.end("tee")
    bench.work()
    assert not bench.shown()
    assert bench.shown("RETIRED").keys() == before.keys()
    assert bench.studio.ads == 0
    bench.say(product())
    bench.work()
    assert bench.shown().keys() == before.keys()


def test_the_end_of_one_product_leaves_all_others_as_they_are(bench: Bench) -> None:
    bench.say(*(product(f"p{number}") for number in range(22)))
    bench.work()
    others = {name for name, ad in bench.shown().items() if ad.product_id != "p0"}
    bench.end("p0")
    bench.work()
    assert bench.shown().keys() == others


def test_what_a_person_withdrew_is_not_made_again(bench: Bench) -> None:
    bench.say(product())
    bench.work()
    withdrawn = next(iter(bench.shown().values()))
    bench.creatives.put([changed(withdrawn, "withdraw", "alice", "ugly", NOON)])
    bench.say(product(brand="Kerstin"))
    bench.work()
    assert withdrawn.creative_id not in bench.shown()
    assert len(bench.shown()) == 3


def test_a_photo_that_comes_later_replaces_the_drawing(bench: Bench) -> None:
    bench.say(product(image_links=["tee.jpg"]))
    bench.work()
    drawn = bench.shown()
    bench.photograph("tee.jpg", "navy")
    bench.work()
    assert len(bench.shown()) == 4
    assert not bench.shown().keys() & drawn.keys()
    assert all(ad.lineage["photo"] for ad in bench.shown().values())


def test_a_small_photo_is_shown_in_small_ads_alone(bench: Bench) -> None:
    bench.start(counts="320x50:1,1080x1080:2")
    bench.say(product(image_links=["tee.jpg"]))
    bench.photograph("tee.jpg", "navy", side=88)
    bench.work()
    ads = bench.shown().values()
    assert Counter((ad.format, bool(ad.lineage.get("photo"))) for ad in ads) == {
        ("320x50", True): 1,
        ("1080x1080", False): 2,
    }
    assert bench.studio.not_made == {"photo_detail": 1}
    before = bench.creatives.table.revision()
    bench.start(counts="320x50:1,1080x1080:2")
    bench.say(product(image_links=["tee.jpg"]))
    bench.photograph("tee.jpg", "navy", side=88)
    bench.work()
    assert bench.creatives.table.revision() == before


def test_a_picture_under_many_unrelated_products_shows_none_of_them(bench: Bench) -> None:
    titles = ("Breton tee", "Desk lamp", "Wool hat", "Blue mug", "Oak table")
    shop = [product(f"p{number}", title=title, image_links=[f"{number}.jpg"]) for number, title in enumerate(titles)]
    bench.say(*shop[:4])
    for number in range(5):
        bench.photograph(f"{number}.jpg", "grey")
    bench.work()
    assert all(ad.lineage["photo"] for ad in bench.shown().values())
    bench.say(shop[4])
    bench.work()
    assert Counter(ad.product_id for ad in bench.shown().values()) == {f"p{number}": 4 for number in range(5)}
    assert not any("photo" in ad.lineage for ad in bench.shown().values())
    assert bench.desk.repeated() == 1
    bench.photograph("4.jpg", "red")
    bench.work()
    assert all(ad.lineage["photo"] for ad in bench.shown().values())


def test_a_sale_begins_and_ends_by_itself(bench: Bench) -> None:
    one = product(sale_price_minor=1900)
    one.sale_from.FromDatetime(NOON + timedelta(hours=1))
    one.sale_until.FromDatetime(datetime(2026, 12, 24, 23, tzinfo=UTC))
    bench.say(one)
    bench.work()
    assert {ad.price.minor for ad in bench.shown().values() if ad.price} == {2900}
    bench.work(later=timedelta(hours=1))
    assert {ad.price.minor for ad in bench.shown().values() if ad.price} == {1900}
    assert any("Dec 24, 2026" in ad.headline for ad in bench.shown().values())
    bench.work(later=timedelta(days=40))
    assert {ad.price.minor for ad in bench.shown().values() if ad.price} == {2900}


def test_of_what_is_sold_out_no_ad_is_made_and_none_is_ended(bench: Bench) -> None:
    bench.say(product("never", availability=2), product())
    bench.work()
    before = bench.shown()
    assert {ad.product_id for ad in before.values()} == {"tee"}
    bench.say(product(availability=2))
    bench.work()
    assert bench.shown().keys() == before.keys()


def test_what_cannot_be_read_is_counted_by_reason_and_a_later_look_takes_its_place(bench: Bench) -> None:
    bench.say(
        product("unsettable", title="ሰላም", material="", product_type=""),
        product("long", title="W" * 40, material="", language="fr", product_type=""),
    )
    bench.work()
    assert {(ad.product_id, ad.format) for ad in bench.shown().values()} <= {("long", "320x50")}  # with the title cut
    assert bench.studio.not_made.keys() == {"glyphs", "too_wide"}
    bench.say(product("long", title="Short", material=""))
    bench.work()
    assert Counter(ad.product_id for ad in bench.shown().values()) == {"long": 4}
    assert bench.studio.not_made.keys() == {"glyphs"}


def test_a_reason_whose_products_are_gone_is_told_no_more(bench: Bench) -> None:
    progress, reason = Progress(Readiness(), bench.desk, bench.studio, 4), {"reason": "too_wide"}
    bench.say(product("long", title="W" * 30, material="", language="fr", colour="navy"))
    bench.work()
    progress.tell()
    assert REGISTRY.get_sample_value("adloom_studio_not_made", reason)
    bench.end("long")
    bench.work()
    progress.tell()
    assert REGISTRY.get_sample_value("adloom_studio_not_made", reason) == 0


def test_what_was_made_is_published_once_kafka_is_back(bench: Bench) -> None:
    connect, is_back = bench.creatives._connect, False

    def connected() -> Sink:
        if not is_back:
            raise Unavailable("kafka", "away")
        return connect()

    bench.creatives._connect = connected
    bench.say(product())
    with pytest.raises(Unavailable):
        bench.work()
    is_back = True
    bench.work()
    assert len(bench.shown()) == 4


def test_a_product_over_which_makers_are_lost_keeps_no_other_from_its_ads(bench: Bench) -> None:
    def lost(maker: Maker, job: Job) -> Future[Made]:
        if b"lamp" in job.product:
            future = Future[Made]()
            future.set_exception(Unavailable("child", "a job was lost"))
            return future
        return at_once(maker, job)

    bench.start(lost)
    bench.say(product("lamp"), product("bag"))
    with pytest.raises(Unavailable, match="child"):
        bench.work()
    bench.work()
    assert Counter(ad.product_id for ad in bench.shown().values()) == {"bag": 4}
    assert bench.studio.not_made == {"bug": 1}


def test_the_best_products_get_what_the_budget_allows_and_the_next_one_gets_what_becomes_free(bench: Bench) -> None:
    bench.start(budget=Budget(ads=6))
    bench.say(product("few", rating_count=2), product("many", rating_count=900), product("some", rating_count=30))
    bench.work()
    assert Counter(ad.product_id for ad in bench.shown().values()) == {"many": 4, "some": 2}
    assert bench.studio.waits() == {"ads": 2}
    bench.end("many")
    bench.work()
    assert Counter(ad.product_id for ad in bench.shown().values()) == {"some": 4, "few": 2}


def test_a_product_that_got_fewer_ads_gets_another_once_a_single_place_is_free(bench: Bench) -> None:
    bench.start(budget=Budget(ads=6))
    bench.say(product("many", rating_count=900))
    bench.work()
    bench.say(product("some"))
    bench.work()
    assert Counter(ad.product_id for ad in bench.shown().values()) == {"many": 4, "some": 2}
    ended = next(ad for ad in bench.shown().values() if ad.product_id == "many")
    bench.creatives.put([changed(ended, "withdraw", "ada", "dull", NOON)])
    bench.work()
    assert Counter(ad.product_id for ad in bench.shown().values()) == {"many": 3, "some": 3}


def test_a_product_has_no_more_ads_than_its_own_budget_one_in_each_format_first(bench: Bench) -> None:
    bench.start(budget=Budget(each=2))
    bench.say(product())
    bench.work()
    assert Counter(ad.format for ad in bench.shown().values()) == {"300x250": 1, "320x50": 1}
    assert not bench.studio.waits()


def test_once_the_hour_is_used_up_products_wait_for_the_next(bench: Bench) -> None:
    def slow(maker: Maker, job: Job) -> Future[Made]:
        future = Future[Made]()
        future.set_result(replace(maker.made(job), seconds=8.0))
        return future

    bench.start(slow, budget=Budget(hour_s=10))
    bench.say(*(product(f"p{number}") for number in range(3)))
    bench.work()
    assert len(bench.shown()) == 8
    assert bench.studio.waits() == {"hour": 1}
    bench.work(later=timedelta(hours=1))
    assert len(bench.shown()) == 12


def test_shares_make_each_product_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for index in range(2):
        bench.start(share=Share(index, 2))
        for partition in range(6):
            one = product(f"p{partition}")
            bench.desk.put_product(one.product_id, one, Position(partition, 1, 1), 0)
        bench.work()
        assert bench.desk.alive() == 3
        assert len(bench.desk.products()) == 6  # of which the vocabulary is made
    assert len(bench.shown()) == 24


@pytest.mark.parametrize("text", ["88x31", "300x250:0", "300x250:13", "", "300x250;320x50"])
def test_formats_that_are_not_drawn_are_refused_by_name(text: str) -> None:
    with pytest.raises(Misconfigured, match="ADLOOM_FORMATS"):
        counts_of(text)


def test_wrong_settings_are_named() -> None:
    with pytest.raises(Misconfigured, match="ADLOOM_APPROVE: 'alice'"):
        approval_of("alice", 0.1)
    with pytest.raises(Misconfigured, match="ADLOOM_TIME_ZONE: 'Mars'"):
        zone_of("Mars")
    with pytest.raises(Misconfigured, match="ADLOOM_STUDIO_INDEX: 2"):
        share_of(2, 2)
    with pytest.raises(Misconfigured, match="ADLOOM_STUDIO_SHARES: 7"):
        share_of(0, 7)

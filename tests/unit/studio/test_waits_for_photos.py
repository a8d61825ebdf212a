"""A product's first ads wait for its photo, but not for long, and not for one that cannot be had."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from services.catalogue.photos.get_photo import Result
from services.catalogue.photos.photo_messages import refused
from services.common.clock import to_ms
from services.common.errors import Rejected
from tests.unit.studio.bench import NOON, PHOTO_WAIT_MS, Bench, product

LINK = "https://shop.example/tee.jpg"
WAIT = timedelta(milliseconds=PHOTO_WAIT_MS)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A product has just come."""
    bench = Bench(tmp_path, messages=to_ms(NOON) - 1)
    bench.say(product(image_links=[LINK]))
    bench.work()
    return bench


def test_its_first_ads_show_the_photo(bench: Bench) -> None:
    bench.work(later=WAIT / 2)
    assert not bench.shown()
    assert bench.studio.waits() == {"photo": 1}
    bench.photograph(LINK, "navy")
    bench.work()
    assert len(bench.shown()) == 4
    assert all(ad.lineage["photo"] for ad in bench.shown().values())
    assert not bench.shown("RETIRED")
    assert not bench.studio.waits()


def test_after_a_minute_its_ads_show_none_until_the_photo_comes(bench: Bench) -> None:
    bench.work(later=WAIT)
    typed = bench.shown()
    assert len(typed) == 4
    bench.photograph(LINK, "navy")
    bench.work()
    assert bench.shown("RETIRED").keys() == typed.keys()
    assert all(ad.lineage["photo"] for ad in bench.shown().values())


def test_a_photo_that_cannot_be_had_is_not_waited_for(bench: Bench) -> None:
    (wanted,) = bench.ledger.due(to_ms(NOON))
    bench.ledger.done(Result(wanted, "http_404", "gone", is_final=False), to_ms(NOON))
    bench.desk.look_at(bench.ledger.products_of(LINK))
    bench.work()
    assert len(bench.shown()) == 4


def test_a_file_that_is_no_photo_is_not_waited_for(bench: Bench) -> None:
    bench.desk.put_photo(LINK, refused(LINK, Rejected("empty", "bytes", 0, "a picture"), NOON), bench.next())
    bench.work()
    assert len(bench.shown()) == 4


def test_a_product_that_changes_all_the_time_waits_no_longer(bench: Bench) -> None:
    bench.clock.advance(WAIT)
    bench.messages = to_ms(bench.clock.now())
    bench.say(product(image_links=[LINK], price_minor=2500))
    bench.work()
    assert len(bench.shown()) == 4


def test_what_is_named_by_a_file_of_a_folder_is_not_waited_for(bench: Bench) -> None:
    bench.say(product("bag", image_links=["bag.jpg"]))
    bench.work()
    assert {ad.product_id for ad in bench.shown().values()} == {"bag"}


def test_what_is_gone_is_forgotten(bench: Bench) -> None:
    bench.photograph(LINK, "navy")
    bench.say(product(image_links=[f"{LINK}?2"]))
    bench.work()
    assert LINK not in bench.desk._of_link
    bench.end("tee")
    bench.work()
    bench.desk.put_photo(LINK, None, bench.next())
    assert not bench.desk._of_link
    assert not bench.desk._photos
    assert not bench.desk._held._until

"""Campaigns and the brand kit are followed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from services.assets.brand_file import BrandFile
from services.common.clock import to_ms
from services.composer.brand_kit import kit_in
from services.studio.budget import Budget
from services.studio.wishes import EACH
from tests.unit.studio.bench import NOON, Bench, product


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def formats_of(bench: Bench, product_id: str) -> Counter[str]:
    return Counter(ad.format for ad in bench.shown().values() if ad.product_id == product_id)


def test_formats_that_a_running_campaign_asks_for_are_made_of_its_products(bench: Bench) -> None:
    bench.say(product(), product("bag", product_type="Bags"))
    bench.work()
    bench.campaign(product_types=["Clothing"], formats=["728x90", "300x250", "88x31"])
    bench.work()
    assert formats_of(bench, "tee") == {"300x250": 3, "320x50": 1, "728x90": EACH}
    assert formats_of(bench, "bag") == {"300x250": 3, "320x50": 1}
    assert bench.wishes.not_drawn() == {"spring": ["88x31"]}
    bench.campaign(product_types=["Clothing"], formats=["728x90"], paused=True)
    bench.work()
    assert formats_of(bench, "tee") == {"300x250": 3, "320x50": 1}


def test_products_of_a_campaign_come_first(bench: Bench) -> None:
    bench.start(budget=Budget(ads=4))
    bench.campaign(product_ids=["plain"])
    bench.say(product("famous", rating_count=900), product("plain"))
    bench.work()
    assert Counter(ad.product_id for ad in bench.shown().values()) == {"plain": 4}


def test_a_campaign_counts_from_an_hour_before_it_begins_until_its_end(bench: Bench) -> None:
    bench.say(product())
    begins, ends = NOON + timedelta(hours=3), NOON + timedelta(hours=5)
    bench.campaign(product_ids=["tee"], starts_at=begins, ends_at=ends)
    wanted = []
    for hours in (1, 2, 4, 5):
        bench.wishes.follow(to_ms(NOON + timedelta(hours=hours)), bench.desk.products)
        wanted.append(bench.wishes.wants(product()))
    assert wanted == [False, True, True, False]


def test_a_changed_brand_kit_is_taken_and_a_broken_one_is_not(tmp_path: Path) -> None:
    path, now = tmp_path / "brand.yaml", 0.0
    path.write_text("name: Linden\n")
    brand = BrandFile(str(path), kit_in(path), lambda: now)
    now += 5
    assert not brand.changed()
    path.write_text("name: Linden\ntone: warm\n")
    assert not brand.changed()  # it was just read
    now += 5
    assert brand.changed()
    assert brand.kit.tone == "warm"
    path.write_text("name: Linden\ntone: shrill\n")
    now += 5
    assert not brand.changed()
    assert "shrill" in brand.broken
    assert brand.kit.tone == "warm"

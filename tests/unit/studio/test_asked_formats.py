"""Ads are made in formats that only placements ask for: of few formats, once they are asked for again and again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.common.topics import IMPRESSIONS
from services.studio.asked_formats import ENOUGH, KEPT_MS, AskedFormats
from services.studio.budget import Budget
from services.studio.follow_asked import see
from services.studio.wishes import ASKED, EACH, PLACEMENTS
from tests.unit.creative.house import House, page, with_demo
from tests.unit.studio.bench import Bench, product

LEADERBOARD = "970x90"


def asked_for(format_: str, most: int = 2, times: int = ENOUGH, **seen: int) -> AskedFormats:
    asked = AskedFormats(most, ["300x250"])
    for _ in range(times):
        asked.see(format_, lacked=True, now_ms=seen.get("now_ms", 0))
    asked.follow(0)
    return asked


def test_a_format_is_made_once_it_was_asked_for_often_and_for_a_week_after() -> None:
    assert asked_for(LEADERBOARD, times=ENOUGH - 1).made() == ()
    asked = asked_for(LEADERBOARD)
    assert asked.made() == (LEADERBOARD,)
    asked.see(LEADERBOARD, lacked=False, now_ms=KEPT_MS)  # it gets ads now, and is still asked for
    assert not asked.follow(2 * KEPT_MS)
    assert asked.follow(2 * KEPT_MS + 1)
    assert asked.made() == ()


@pytest.mark.parametrize("format_", ["300x250", "88x31", "9000x9000", "wide"])
def test_what_is_made_already_or_cannot_be_drawn_is_no_wish(format_: str) -> None:
    assert asked_for(format_).made() == ()


def test_strangers_make_the_studio_draw_few_formats_and_remember_few_more() -> None:
    asked = AskedFormats(2)
    for width in range(50, 600):
        for _ in range(ENOUGH):
            asked.see(f"{width}x100", lacked=True, now_ms=0)
        asked.follow(0)
    assert asked.made() == ("50x100", "51x100")
    assert len(asked.left_out()) < 100
    assert asked_for(LEADERBOARD, most=0).made() == ()


@pytest.mark.asyncio
async def test_a_placement_that_got_no_ad_gets_one_made(tmp_path: Path) -> None:
    house = House(with_demo(tmp_path / "assets"), tmp_path)
    large = [pb.Placement(placement_id="top", format=LEADERBOARD, count=1)]
    async with house.asked() as stub:
        for number in range(ENOUGH):
            await stub.SelectCreatives(page(request_id=f"r-{number}", placements=large))
        await stub.SelectCreatives(page())
    bench = Bench(tmp_path / "studio")
    bench.say(product())
    bench.work()
    for raw in house.sink.read(IMPRESSIONS):
        see(raw, bench.asked)
    assert bench.asked.follow(0)
    bench.desk.look_at(["tee"])
    bench.work()
    shown = bench.shown().values()
    assert Counter(ad.format for ad in shown) == {"300x250": 3, "320x50": 1, LEADERBOARD: EACH}
    assert {ad.format for ad in shown if ad.lineage.get(ASKED) == PLACEMENTS} == {LEADERBOARD}


def test_formats_of_placements_come_last_in_the_budget(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    for each, left in ((4, {}), (5, {LEADERBOARD: 1})):
        bench.start(budget=Budget(each=each))
        bench.asked.begin_with([LEADERBOARD], 0)
        bench.say(product())
        bench.work()
        assert Counter(ad.format for ad in bench.shown().values()) == {"300x250": 3, "320x50": 1, **left}

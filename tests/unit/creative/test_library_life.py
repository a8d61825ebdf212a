"""What people do with the library while the service answers: an ad ends with its approval (law 10)."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.banners.add_banners import add_banner
from services.assets.banners.banner_rows import About, BannerRow
from services.assets.screened import Screener
from services.screening.judges import Given
from services.screening.policy import policy, with_own
from tests.demo_shop import DemoShop
from tests.unit.creative.house import House, page

UNASKED = Screener(Given(), with_own("test", {"checks": {name: {"finished": "never"} for name in policy().rules}}))
"""Passes a plain red banner."""


@pytest.fixture
def own(house: House, tmp_path: Path) -> House:
    """A house whose library the test may change, as a command does in another process."""
    house.assets = house.assets.copied(tmp_path / "assets")
    return house


async def until(ask: Callable[[], Any], holds: Callable[[list[str]], bool]) -> list[str]:
    for _ in range(400):
        shown = [selection.creative_id for selection in (await ask()).selections]
        if holds(shown):
            return shown
        await asyncio.sleep(0.02)
    raise AssertionError(f"never came; the last answer was {shown}")


@pytest.mark.asyncio
@pytest.mark.parametrize("action", ["withdraw", "pause"])
async def test_an_ended_creative_is_not_served_not_even_to_a_repeated_request(own: House, action: str) -> None:
    whole = [pb.Placement(placement_id="top", format="300x250", count=4)]
    async with own.asked() as stub:

        def ask(request_id: str = "same") -> Any:
            return stub.SelectCreatives(page(request_id=request_id, product_ids=["boot-chelsea"], placements=whole))

        first, *rest = await until(ask, lambda shown: len(set(shown)) == 4)
        own.assets.library().change(action, [first], "eve", "old logo")  # type: ignore[arg-type]
        await until(ask, lambda shown: first not in shown)
        for number in range(20):
            assert first not in await until(lambda n=number: ask(f"{n}"), bool)  # type: ignore[misc]
        ended = await stub.GetCreative(pb.GetCreativeRequest(creative_id=first))
        assert ended.creative.approved_by == ""
        still = await until(lambda: ask("last"), bool)
    assert set(rest) <= set(still)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "about", [About("bag-tote"), About(link="https://shop.example/sale", headline="Sale", ends="2999-01-01")]
)
@pytest.mark.parametrize("kind", ["webp", "jpeg"])
async def test_a_finished_banner_is_served_in_a_format_that_nothing_is_drawn_in(
    own: House, tmp_path: Path, about: About, kind: str
) -> None:
    Image.new("RGB", (970, 250), "red").save(tmp_path / "wide", kind)
    wide = page(placements=[pb.Placement(placement_id="top", format="970x250", count=1)], inline_images=True)
    async with own.asked() as stub:
        row = BannerRow("wide", tmp_path / "wide", about)
        assert add_banner(own.assets.library(), DemoShop(), row, "", UNASKED).state == "SCREENED"
        banner = add_banner(own.assets.library(), DemoShop(), row, "eve", UNASKED)
        for number in range(400):
            wide.request_id = f"{number}"
            (selection,) = (await stub.SelectCreatives(wide)).selections
            if selection.creative_id == banner.creative_id:
                break
            await asyncio.sleep(0.02)
    assert (selection.creative_id, selection.product_id) == (banner.creative_id, about.product_id)
    assert not selection.degraded
    with Image.open(io.BytesIO(selection.image.png)) as picture:
        assert (picture.format, picture.size) == ("PNG", (970, 250))
        assert picture.getpixel((5, 5))[0] > 250  # type: ignore[index]

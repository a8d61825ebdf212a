"""An ad ends with the price, the stock and the product that it rests on (law 10)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import grpc
import pytest

from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from services.assets.banners.add_banners import add_banner
from services.assets.banners.banner_rows import About, BannerRow
from services.assets.screened import Screener
from services.catalogue.catalogue import demo_catalogue
from services.catalogue.offer import Offer, Price, offer_of
from services.screening.policy import policy
from services.wire.codec.envelope import Position
from tests.demo_shop import DemoShop
from tests.unit.creative.house import Assets, House, page
from tests.unit.screening.ads import banner, judges, png

TEE = "tee-breton"
EUR = Price(2900, "EUR")


async def shown(stub: object, tries: int, name: str = "r", **fields: object) -> Counter[str]:
    """The products that were shown in so many answers."""
    answers = [await stub.SelectCreatives(page(request_id=f"{name}-{n}", **fields)) for n in range(tries)]  # type: ignore[attr-defined]
    return Counter(answer.selections[0].product_id for answer in answers)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "ended", [None, Offer(False, EUR), Offer(True, Price(1900, "EUR"))], ids=["gone", "out", "price"]
)
async def test_an_ad_is_not_shown_once_its_product_is_offered_otherwise(
    assets: Assets, tmp_path: Path, ended: Offer | None
) -> None:
    house = House(assets, tmp_path)
    async with house.asked() as stub:
        assert (await shown(stub, 20, product_ids=[TEE]))[TEE] == 20
        house.offers.apply(TEE, ended, Position(0, 1, 1), 0)
        house.settle()
        assert await shown(stub, 20, product_ids=[TEE]) == {"": 20}  # also where the request is a repeat
        assert TEE not in await shown(stub, 60, "open")
        house.offers.apply(TEE, Offer(True, EUR), Position(0, 2, 2), 0)
        house.settle()
        assert (await shown(stub, 20, "later", product_ids=[TEE]))[TEE] == 20


@pytest.mark.asyncio
async def test_a_banner_ends_once_its_picture_says_what_the_row_does_not(assets: Assets, tmp_path: Path) -> None:
    house = House(assets.copied(tmp_path / "assets"), tmp_path)
    rated = replace(offer_of(demo_catalogue().product(TEE).message), rating_tenths=46)
    house.offers.apply(TEE, rated, Position(0, 1, 1), 0)
    path = tmp_path / "stars.png"
    path.write_bytes(png(banner().resize((336, 280))))
    screener = Screener(judges(("Rated 4.6 of 5",)), policy())
    row = BannerRow("stars.png", path, About(TEE))
    creative = add_banner(house.assets.library(), DemoShop(), row, "eve", screener)
    assert creative.is_approved, creative.verdict
    large = [pb.Placement(placement_id="top", format="336x280", count=1)]
    async with house.asked() as stub:
        house.settle()
        assert (await shown(stub, 5, product_ids=[TEE], placements=large))[TEE] == 5
        house.offers.apply(TEE, replace(rated, rating_tenths=45), Position(0, 2, 2), 0)
        house.settle()
        assert await shown(stub, 5, "later", product_ids=[TEE], placements=large) == {"": 5}


@pytest.mark.asyncio
async def test_a_generated_ad_states_what_its_own_headline_says(assets: Assets, tmp_path: Path) -> None:
    house = House(assets.copied(tmp_path / "assets"), tmp_path)
    said = "Rated 4.6 of 5"
    asked = pb.GenerateCreativesRequest(product_id=TEE, format="320x50", count=1, seed=9, headline=said)
    async with house.asked() as stub:
        (made,) = (await stub.GenerateCreatives(asked, timeout=60)).creatives
    stated = house.assets.library().get(made.creative.creative_id).stated
    assert (stated.price, stated.rating_tenths) == (None, 46)


@pytest.mark.asyncio
async def test_ads_without_a_price_outlive_a_change_of_price(assets: Assets, tmp_path: Path) -> None:
    house = House(assets, tmp_path)
    house.offers.apply(TEE, Offer(True, Price(1900, "EUR")), Position(0, 1, 1), 0)
    banner = [pb.Placement(placement_id="top", format="320x50", count=1)]
    async with house.asked() as stub:
        assert (await shown(stub, 20, product_ids=[TEE], placements=banner))[TEE] == 20


@pytest.mark.asyncio
async def test_where_all_ads_have_ended_the_house_creative_fills_outside_all_policies(
    assets: Assets, tmp_path: Path
) -> None:
    house = House(assets, tmp_path)
    for number, product in enumerate(demo_catalogue().products):
        house.offers.apply(product.product_id, None, Position(0, number, 1), 0)
    async with house.asked() as stub:
        answer = await stub.SelectCreatives(page())
    assert [(s.policy_id, list(s.degraded)) for s in answer.selections] == [("house", ["candidates", "house_creative"])]


@pytest.mark.asyncio
async def test_before_all_products_were_read_one_that_is_not_known_is_not_refused(
    assets: Assets, tmp_path: Path
) -> None:
    read: list[bool] = []
    house = House(assets, tmp_path, products_whole=lambda: bool(read))
    async with house.asked() as stub:
        answer = await stub.SelectCreatives(page(product_ids=["teapot"]))
        assert [(s.policy_id, s.product_id) for s in answer.selections] == [("house", "")]
        read.append(True)
        with pytest.raises(grpc.aio.AioRpcError, match="teapot"):
            await stub.SelectCreatives(page(request_id="r-2", product_ids=["teapot"]))

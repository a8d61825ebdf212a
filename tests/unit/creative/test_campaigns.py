"""A creative that campaigns name is served only in one of them, and answers and records say in which."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign, FrequencyCap
from protos.gen.adloom.creative.v1 import creative_service_pb2 as pb
from protos.gen.adloom.creative.v1.creative_service_pb2_grpc import CreativeServiceStub
from services.assets.campaigns.campaign_messages import CampaignRead
from services.assets.campaigns.spending.lease_keeper import LeaseKeeper
from services.assets.campaigns.spending.memory_caps import MemoryCaps
from services.assets.campaigns.spending.memory_counters import MemoryCounters, MemoryRecords
from services.assets.campaigns.terms import Terms, terms_of
from services.catalogue.offer import Offer, Price
from services.common.clock import SystemClock
from services.creative.campaigns.at_request import CampaignParts
from services.wire.codec.envelope import Position
from tests.unit.creative.house import House, page

TEE, BOOT = "tee-breton", "boot-chelsea"
NOW = datetime.now(UTC)
NUMBERS = count(1)


def run(house: House, campaign_id: str = "spring", **fields: Any) -> Terms:
    """The campaign is so from now on."""
    terms = terms_of(Campaign(campaign_id=campaign_id, created_at=NOW - timedelta(hours=1), **fields), 0)
    house.campaigns.table.apply(CampaignRead(campaign_id, terms, Position(0, next(NUMBERS), 1)))
    return terms


async def served(stub: CreativeServiceStub, tries: int = 60, **fields: object) -> Counter[tuple[str, str]]:
    """Product and campaign of so many answers to different shoppers."""
    names = [f"r-{next(NUMBERS)}" for _ in range(tries)]
    answers = [await stub.SelectCreatives(page(**{"request_id": name, "user_id": name} | fields)) for name in names]
    return Counter((chosen.product_id, chosen.campaign_id) for answer in answers for chosen in answer.selections)


def slots(number: int, placement: str = "top") -> list[pb.Placement]:
    return [pb.Placement(placement_id=placement, format="300x250", count=number)]


@pytest.mark.asyncio
async def test_a_paused_campaign_ends_its_ads_also_in_repeats_and_resumed_they_come_back(house: House) -> None:
    async with house.asked() as stub:
        run(house, product_ids=[TEE])
        first = await stub.SelectCreatives(page(product_ids=[TEE]))
        assert first.selections[0].campaign_id == "spring"
        run(house, product_ids=[TEE], paused=True)
        again = await stub.SelectCreatives(page(product_ids=[TEE]))
        assert again.selections[0].product_id == ""  # the house creative
        assert TEE not in {product for product, _ in await served(stub)}
        run(house, product_ids=[TEE])
        assert await served(stub, 5, product_ids=[TEE]) == {(TEE, "spring"): 5}
    assert Counter(record.campaign_id for record in house.records() if record.product_id == TEE) == {"spring": 6}


@pytest.mark.asyncio
async def test_of_eligible_campaigns_the_highest_priority_is_chosen_from(house: House) -> None:
    run(house, "low", product_ids=[TEE, BOOT], priority=1)
    run(house, "high", product_ids=[BOOT], priority=2, placements=["front"])
    async with house.asked() as stub:
        assert set(await served(stub, placements=slots(1, "front"))) <= {(BOOT, "high"), ("", "")}
        assert set(await served(stub)) <= {(TEE, "low"), (BOOT, "low"), ("", "")}
        house.offers.apply(BOOT, None, Position(0, 1, 1), 0)  # gone: the next priority is asked
        house.settle()
        assert set(await served(stub, placements=slots(1, "front"))) <= {(TEE, "low"), ("", "")}


@pytest.mark.asyncio
async def test_a_campaign_of_a_category_follows_the_products_of_the_feed(house: House) -> None:
    run(house, product_types=["Clothing > Tops"], paused=True)
    async with house.asked() as stub:
        assert await served(stub, 5, product_ids=[TEE]) == {(TEE, ""): 5}
        offer = Offer(True, Price(2900, "EUR"), product_type="clothing > TOPS > Tees")
        house.offers.apply(TEE, offer, Position(0, 1, 1), 0)
        house.settle()
        assert await served(stub, 5, product_ids=[TEE]) == {("", ""): 5}


@pytest.mark.asyncio
async def test_a_budget_is_served_to_the_last_impression_and_no_further(house: House) -> None:
    terms, counters = run(house, product_ids=[TEE], impression_budget=7), MemoryCounters()
    counters.begin(terms.counter, 0)
    keeper = LeaseKeeper(house.campaigns.leases, house.campaigns.table.all, counters, MemoryRecords(), SystemClock())
    found: Counter[tuple[str, str]] = Counter()
    async with house.asked() as stub:
        for _ in range(10):
            keeper.step()
            found += await served(stub, 2, product_ids=[TEE], placements=slots(2))
    keeper.step()
    assert found[TEE, "spring"] == counters.served[terms.counter] == 7
    assert found[TEE, ""] == 0


@pytest.mark.asyncio
async def test_a_repeat_gives_the_same_impression_until_the_campaign_has_had_its_clicks(house: House) -> None:
    terms, counters = run(house, product_ids=[TEE], click_budget=1, impression_budget=1), MemoryCounters()
    counters.begin(terms.counter, 0)
    keeper = LeaseKeeper(house.campaigns.leases, house.campaigns.table.all, counters, MemoryRecords(), SystemClock())
    keeper.step()
    async with house.asked() as stub:
        first = await stub.SelectCreatives(page(product_ids=[TEE]))
        keeper.step()  # the budget of impressions is spent
        assert first == await stub.SelectCreatives(page(product_ids=[TEE]))
        assert first.selections[0].campaign_id == "spring"
        counters.clicks[terms.counter] = {"one"}
        keeper.step()
        again = await stub.SelectCreatives(page(product_ids=[TEE]))
        assert again.selections[0].product_id == ""  # the house creative
        run(house, product_ids=[TEE], click_budget=2, impression_budget=5)
        keeper.step()
        assert await served(stub, 1, product_ids=[TEE]) == {(TEE, "spring"): 1}


@pytest.mark.asyncio
async def test_a_cap_holds_within_one_answer_and_over_answers_and_without_a_shopper_to_count(house: House) -> None:
    caps = MemoryCaps()
    house.campaigns = CampaignParts(seen=caps)
    run(house, product_ids=[TEE], frequency_caps=[FrequencyCap(impressions=3, within_s=3600)])
    async with house.asked() as stub:
        asked = {"product_ids": [TEE], "user_id": "alice", "placements": slots(2)}
        found = [await served(stub, 1, **asked) for _ in range(3)]
        assert [one[TEE, "spring"] for one in found] == [2, 1, 0]
        assert await served(stub, 1, product_ids=[TEE], user_id="bob") == {(TEE, "spring"): 1}
        assert await served(stub, 1, product_ids=[TEE], user_id="") == {("", ""): 1}
        caps.is_down = True
        answer = await stub.SelectCreatives(page(request_id="down", product_ids=[TEE], user_id="carol"))
        assert (answer.selections[0].product_id, answer.selections[0].degraded[0]) == ("", "redis")


@pytest.mark.asyncio
async def test_drills_take_from_no_budget(house: House) -> None:
    house.settings = {"allow_seeds": True}
    terms = run(house, product_ids=[TEE], impression_budget=7)
    house.campaigns.leases.grant(terms.counter, 1)
    async with house.asked() as stub:
        for number in range(3):
            request = page(request_id=f"drill-{number}", product_ids=[TEE])
            answer = await stub.SelectCreatives(request, metadata=[("adloom-seed", f"{number:032x}")])
            assert answer.selections[0].campaign_id == "spring"
    assert house.campaigns.leases.left(terms.counter) == 1

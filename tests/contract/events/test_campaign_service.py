"""CampaignService over real gRPC, with the topic in memory: what marketers' tools rely on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest
import pytest_asyncio

from protos.gen.adloom.campaigns.v1 import campaign_service_pb2 as pb
from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
from protos.gen.adloom.campaigns.v1.campaign_service_pb2_grpc import CampaignServiceStub
from services.assets.campaigns.ports import Counts
from services.catalogue.product_table import ProductTable
from services.common.clock import FixedClock
from services.common.pseudonym import PseudonymKey
from services.events.catalogue_servicer import CatalogueServicer
from services.events.publish import Publisher
from services.events.server import Servicers, build_server
from services.events.servicer import EventServicer
from services.events.settings import EventsSettings
from services.runtime.health import Readiness
from services.wire.codec.memory_sink import MemorySink
from tests.contract.events.campaign_parts import MemoryCampaigns, campaign_servicer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Endpoint:
    """A running CampaignService and a caller at it; the shop has one product, `tee`."""

    channel: grpc.aio.Channel
    campaigns: MemoryCampaigns
    clock: FixedClock

    @property
    def stub(self) -> Any:
        return CampaignServiceStub(self.channel)

    async def upsert(self, *campaigns: Campaign) -> list[Campaign]:
        answer = await self.stub.UpsertCampaigns(pb.UpsertCampaignsRequest(campaigns=campaigns), timeout=10)
        return list(answer.campaigns)

    async def list(self) -> list[pb.CampaignStatus]:
        return list((await self.stub.ListCampaigns(pb.ListCampaignsRequest(), timeout=10)).campaigns)

    async def pause(self, campaign_id: str = "spring", why: str = "wrong price") -> Campaign:
        request = pb.PauseCampaignRequest(campaign_id=campaign_id, by="mara", why=why)
        found: Campaign = (await self.stub.PauseCampaign(request, timeout=10)).campaign
        return found

    async def resume(self) -> Campaign:
        request = pb.ResumeCampaignRequest(campaign_id="spring", by="mara")
        found: Campaign = (await self.stub.ResumeCampaign(request, timeout=10)).campaign
        return found

    async def delete(self) -> Campaign:
        request = pb.DeleteCampaignRequest(campaign_id="spring")
        found: Campaign = (await self.stub.DeleteCampaign(request, timeout=10)).campaign
        return found


@pytest_asyncio.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    clock = FixedClock(NOW)
    campaigns = MemoryCampaigns(clock)
    with ThreadPoolExecutor(2) as threads:
        publisher = Publisher(MemorySink(clock), threads)
        servicers = Servicers(
            EventServicer(publisher, PseudonymKey(1, b"test"), clock, lambda: "made"),
            CatalogueServicer(publisher, ProductTable(), lambda: True, clock),
            campaign_servicer(campaigns, clock, lambda product_id: product_id == "tee"),
        )
        server = build_server(servicers, EventsSettings(), Readiness())
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Endpoint(channel, campaigns, clock)
        await server.stop(1)


def spring(**fields: Any) -> Campaign:
    given: dict[str, Any] = {"campaign_id": "spring", "product_ids": ["tee"], "impression_budget": 5} | fields
    return Campaign(**given)


@pytest.mark.asyncio
async def test_campaigns_are_listed_with_what_they_have_spent(endpoint: Endpoint) -> None:
    await endpoint.upsert(spring(), spring(campaign_id="autumn", starts_at=NOW + timedelta(days=1)))
    (counter,) = [terms.counter for terms in endpoint.campaigns.table.all() if terms.campaign_id == "spring"]
    endpoint.campaigns.spent[counter] = Counts(4, 4, 2)
    found = [(one.campaign.campaign_id, one.status, one.impressions, one.clicks) for one in await endpoint.list()]
    assert found == [("autumn", "not_begun", 0, 0), ("spring", "running", 4, 2)]
    endpoint.campaigns.spent[counter] = Counts(5, 5, 2)
    assert [one.status for one in await endpoint.list()] == ["not_begun", "spent"]


@pytest.mark.asyncio
async def test_a_campaign_given_again_is_the_same_message_and_keeps_when_it_was_first_taken(endpoint: Endpoint) -> None:
    (first,) = await endpoint.upsert(spring())
    endpoint.clock.advance(timedelta(days=1))
    assert await endpoint.upsert(spring()) == [first]
    (changed,) = await endpoint.upsert(spring(impression_budget=9))
    assert changed.created_at == first.created_at
    assert [len(sent) for sent in endpoint.campaigns.sent] == [1, 1]


@pytest.mark.asyncio
async def test_a_paused_campaign_says_who_and_why_and_only_resume_lets_it_run(endpoint: Endpoint) -> None:
    await endpoint.upsert(spring())
    paused = await endpoint.pause()
    assert (paused.paused, paused.changed_by, paused.changed_why) == (True, "mara", "wrong price")
    (again,) = await endpoint.upsert(spring(name="given again"))
    assert again.paused
    assert [one.status for one in await endpoint.list()] == ["paused"]
    assert not (await endpoint.resume()).paused
    assert [one.status for one in await endpoint.list()] == ["running"]


@pytest.mark.asyncio
async def test_a_deleted_campaign_is_gone_and_one_of_its_id_begins_anew(endpoint: Endpoint) -> None:
    (first,) = await endpoint.upsert(spring())
    (terms,) = endpoint.campaigns.table.all()
    endpoint.campaigns.spent[terms.counter] = Counts(5, 5, 2)
    assert await endpoint.delete() == first
    assert (await endpoint.list(), endpoint.campaigns.spent) == ([], {})
    with pytest.raises(grpc.aio.AioRpcError, match="'spring' where a campaign"):
        await endpoint.delete()
    endpoint.clock.advance(timedelta(days=1))
    (again,) = await endpoint.upsert(spring())
    assert again.created_at.ToDatetime(UTC) == NOW + timedelta(days=1)
    assert [(one.status, one.impressions) for one in await endpoint.list()] == [("running", 0)]


BAD = {
    "no id": (spring(campaign_id=""), "campaigns[1].campaign_id: ''"),
    "the same id": (spring(campaign_id="other"), "campaigns[1].campaign_id: 'other'"),
    "no budget": (spring(impression_budget=0), "campaigns[1] (spring).impression_budget: 0"),
    "end before start": (
        spring(starts_at=NOW, ends_at=NOW),
        "campaigns[1] (spring).ends_at: '2026-03-01T12:00:00Z' where a moment after starts_at",
    ),
    "unknown product": (spring(product_ids=["tea"]), "campaigns[1] (spring).product_ids[0]: 'tea'"),
    "unknown blocked product": (spring(blocked_product_ids=["tea"]), "(spring).blocked_product_ids[0]: 'tea'"),
    "unknown zone": (spring(time_zone="Europe/Atlantis"), "(spring).time_zone: 'Europe/Atlantis'"),
    "unknown segment": (spring(segments=["rich"]), "(spring).segments[0]: 'rich' where one of buyer"),
    "unknown device": (spring(devices=["fridge"]), "(spring).devices[0]: 'fridge'"),
    "no language": (spring(languages=["german!"]), "(spring).languages[0]: 'german!'"),
    "no format": (spring(formats=["big"]), "(spring).formats[0]: 'big' where a size in pixels"),
    "hour 24": (spring(hours=[24]), "(spring).hours[0]: 24"),
    "an empty word": (spring(blocked_words=[" "]), "(spring).blocked_words[0]: ' '"),
    "a cap of nothing": (
        spring(frequency_caps=[{"impressions": 0, "within_s": 1}]),
        "frequency_caps[0].impressions: 0",
    ),
}


@pytest.mark.asyncio
@pytest.mark.parametrize(("bad", "words"), BAD.values(), ids=BAD)
async def test_one_bad_campaign_refuses_all_and_names_campaign_field_and_value(
    endpoint: Endpoint, bad: Campaign, words: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await endpoint.upsert(spring(campaign_id="other"), bad)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert words in (refused.value.details() or "")
    assert await endpoint.list() == []


@pytest.mark.asyncio
async def test_a_campaign_that_there_is_not_cannot_be_paused(endpoint: Endpoint) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await endpoint.pause("winter")
    assert refused.value.code() == grpc.StatusCode.NOT_FOUND
    assert "'winter'" in (refused.value.details() or "")

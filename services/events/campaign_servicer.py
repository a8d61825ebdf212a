"""Implements CampaignService: checks campaigns, puts them on Kafka all or none, and tells what they have spent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from protos.gen.adloom.campaigns.v1 import campaign_service_pb2 as pb
from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
from services.assets.campaigns.campaign_table import CampaignTable
from services.assets.campaigns.check_campaign import check_all
from services.assets.campaigns.ports import Counts
from services.assets.campaigns.status import NOTHING, status_of
from services.assets.campaigns.succession import changed, taken
from services.assets.campaigns.terms import Terms
from services.common.clock import Clock, to_ms
from services.common.errors import Rejected, Unavailable
from services.wire.codec.rules import check_fields

MOST_CAMPAIGNS: Final = 1000
"""Most campaigns in one request, as in the proto's rules."""

_LOG = logging.getLogger(__name__)
_LOOK_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Shop:
    """What the shop has now; `is_whole` says whether all that the topics held at the start was read."""

    campaigns: CampaignTable
    has_product: Callable[[str], bool]
    is_whole: Callable[[], bool]


class CampaignSink(Protocol):
    """Takes campaigns."""

    def send(self, campaigns: Sequence[Campaign]) -> None:
        """Takes all or none. May block; raises `Unavailable`."""
        ...

    def delete(self, campaign_id: str) -> None:
        """The campaign is gone. May block; raises `Unavailable`."""
        ...


class Spending(Protocol):
    """Knows what campaigns have spent."""

    def counts(self, counters: Sequence[str]) -> Mapping[str, Counts]:
        """What was counted, by counter. May block; raises `Unavailable`."""
        ...

    def forget(self, counter: str) -> None:
        """Nothing is counted there any more. May block; raises `Unavailable`."""
        ...


class CampaignServicer:
    """Belongs to one event loop."""

    def __init__(self, shop: Shop, sink: CampaignSink, spending: Spending, clock: Clock) -> None:
        self._shop = shop
        self._sink = sink
        self._spending = spending
        self._clock = clock

    async def upsert_campaigns(self, request: pb.UpsertCampaignsRequest) -> pb.UpsertCampaignsResponse:
        """Takes all or none; raises `Rejected` for the first fault."""
        if not 0 < len(request.campaigns) <= MOST_CAMPAIGNS:
            shown = f"{len(request.campaigns)} campaigns"
            raise Rejected("invalid", "campaigns", shown, f"1 to {MOST_CAMPAIGNS} campaigns")
        self._require_whole()
        await asyncio.to_thread(check_all, request.campaigns, self._shop.has_product)
        now = self._clock.now()
        campaigns = [taken(given, self._before(given.campaign_id), now) for given in request.campaigns]
        await self._send(campaigns)
        return pb.UpsertCampaignsResponse(campaigns=campaigns)

    async def list_campaigns(self, request: pb.ListCampaignsRequest) -> pb.ListCampaignsResponse:
        """All campaigns with what they have spent."""
        self._require_whole()
        campaigns = self._shop.campaigns.all()
        counts = await asyncio.to_thread(self._spending.counts, [terms.counter for terms in campaigns])
        now_ms = to_ms(self._clock.now())
        statuses = [_status(terms, counts.get(terms.counter, NOTHING), now_ms) for terms in campaigns]
        return pb.ListCampaignsResponse(campaigns=statuses)

    async def pause_campaign(self, request: pb.PauseCampaignRequest) -> pb.PauseCampaignResponse:
        """The campaign serves nothing from then on."""
        check_fields(request)
        return pb.PauseCampaignResponse(campaign=await self._change(request, paused=True))

    async def resume_campaign(self, request: pb.ResumeCampaignRequest) -> pb.ResumeCampaignResponse:
        """The campaign serves again."""
        check_fields(request)
        return pb.ResumeCampaignResponse(campaign=await self._change(request, paused=False))

    async def delete_campaign(self, request: pb.DeleteCampaignRequest) -> pb.DeleteCampaignResponse:
        """The campaign is gone, and what it has spent is forgotten."""
        check_fields(request)
        terms = self._found(request.campaign_id)
        await asyncio.to_thread(self._sink.delete, terms.campaign_id)
        while self._before(terms.campaign_id) is not None:
            await asyncio.sleep(_LOOK_S)
        try:
            await asyncio.to_thread(self._spending.forget, terms.counter)
        except Unavailable as lost:  # no campaign is counted under this name again, and the counters expire
            _LOG.warning("What the deleted campaign %r has spent stays for now: %s", terms.campaign_id, lost)
        return pb.DeleteCampaignResponse(campaign=terms.campaign)

    async def _change(self, request: pb.PauseCampaignRequest | pb.ResumeCampaignRequest, *, paused: bool) -> Campaign:
        campaign = changed(self._found(request.campaign_id).campaign, paused, request.by, request.why)
        await self._send([campaign])
        return campaign

    def _found(self, campaign_id: str) -> Terms:
        self._require_whole()
        terms = self._shop.campaigns.get(campaign_id)
        if terms is None:
            raise Rejected("not_found", "campaign_id", campaign_id, "a campaign on ad.campaigns")
        return terms

    async def _send(self, campaigns: Sequence[Campaign]) -> None:
        """Sends what is new, and waits until it was read back: the next call sees it."""
        new = [campaign for campaign in campaigns if self._before(campaign.campaign_id) != campaign]
        if new:
            await asyncio.to_thread(self._sink.send, new)
        while any(self._before(campaign.campaign_id) != campaign for campaign in new):
            await asyncio.sleep(_LOOK_S)

    def _before(self, campaign_id: str) -> Campaign | None:
        terms = self._shop.campaigns.get(campaign_id)
        return None if terms is None else terms.campaign

    def _require_whole(self) -> None:
        if not self._shop.is_whole():
            raise Unavailable("kafka", "the campaigns and products were not all read yet; ask again")


def _status(terms: Terms, counts: Counts, now_ms: int) -> pb.CampaignStatus:
    return pb.CampaignStatus(
        campaign=terms.campaign,
        impressions=counts.impressions,
        clicks=counts.clicks,
        status=status_of(terms, counts, now_ms),
    )

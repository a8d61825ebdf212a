"""What campaigns allow a request: which creatives of a placement, in which campaign, and how often.

    begin    counts the shopper's impressions of campaigns with caps, before the choice (`RequestCampaigns`)
    rule     for each placement, which rows may be shown (`PlacementCampaigns`)
    use      for each draw, the campaign that serves it, and which candidates its end leaves
    settle   gives back what was not used

Belongs to one event loop; the leases are filled up by a thread of their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.campaigns.allowance import Allowance
from services.campaigns.campaign_index import CampaignIndex, Here, Mask, Served
from services.campaigns.campaign_table import CampaignTable
from services.campaigns.leases import Leases
from services.campaigns.ports import CapAsk, FormatRows, SeenCampaigns
from services.campaigns.rules import VISIT_RULES, Visit, all_hold
from services.campaigns.terms import Terms
from services.catalogue.offers import Offers
from services.common.clock import Clock, to_ms
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.creative.ad_request import AdRequest
from services.features.vector import RequestFacts
from services.policies.arms import Arms

_BEFORE_CHOICE = tuple(rule for rule in VISIT_RULES if rule.name not in ("segment", "frequency_cap"))


@dataclass(frozen=True, slots=True)
class CampaignParts:
    """What campaigns stand on."""

    table: CampaignTable = field(default_factory=CampaignTable)
    leases: Leases = field(default_factory=Leases)
    seen: SeenCampaigns | None = None  # None: campaigns with caps are not served


class Campaigns:
    """The campaigns as of the newest table, for all requests."""

    def __init__(self, parts: CampaignParts, offers: Offers, texts_of: Callable[[str], str], clock: Clock) -> None:
        self._parts = parts
        self._offers = offers
        self._clock = clock
        self._index = CampaignIndex(offers.product_type, texts_of)
        self._revision = 0
        self._offers_revision = 0

    def refresh(self) -> int:
        """Follows the tables; now, in milliseconds."""
        now_ms = to_ms(self._clock.now())
        self._revision, changed = self._parts.table.changed_since(self._revision)
        for campaign_id, terms in changed.items():
            self._index.set_campaign(campaign_id, terms)
        self._offers_revision, products = self._offers.changed_since(self._offers_revision, now_ms)
        for product_id in products:
            self._index.retype(product_id)
        return now_ms

    async def begin(self, ad_request: AdRequest, budget_s: float) -> RequestCampaigns:
        """What the request may serve; where the store does not answer within the budget, nothing that has caps."""
        now_ms = self.refresh()
        most = sum(placement.count for placement in ad_request.placements)
        caps = {terms.campaign_id: terms.caps for terms in self._capped(ad_request, now_ms)}
        if ad_request.drill_seed:
            drill = Allowance(self._parts.leases, dict.fromkeys(caps, most), most, counts=False)
            return RequestCampaigns(self._index, drill, dict.fromkeys(caps, most), True, None, None)
        asked = CapAsk(ad_request.user_id, secrets.token_hex(8), caps, most, now_ms)
        seen, countable = await self._reserved(asked, budget_s) if caps and ad_request.personal else ({}, False)
        allowance = Allowance(self._parts.leases, seen, most)
        return RequestCampaigns(self._index, allowance, seen, countable, self._parts.seen, asked)

    def may_repeat(self, rows: FormatRows, format_: str, creative_id: str, campaign_id: str) -> bool:
        """Whether an answer with this creative, served in this campaign or in none, may be given again now."""
        return self._index.may_repeat(rows, format_, creative_id, campaign_id, self.refresh())

    async def _reserved(self, asked: CapAsk, budget_s: float) -> tuple[Mapping[str, int], bool]:
        if self._parts.seen is None:
            return {}, False
        try:
            return await self._parts.seen.reserve(asked, budget_s), True
        except Unavailable as lost:
            METRICS.degraded.labels(lost.part).inc()
            return {}, False

    def _capped(self, ad_request: AdRequest, now_ms: int) -> list[Terms]:
        """Running campaigns with caps of which the request may show something, whoever asks."""
        capped = [terms for terms in self._index.running(now_ms) if terms.caps]
        visits = [
            Visit(placement.placement_id, ad_request.page, ad_request.device, ad_request.locale)
            for placement in (ad_request.placements if capped else ())
        ]
        return [terms for terms in capped if any(all_hold(_BEFORE_CHOICE, terms, visit) for visit in visits)]


@dataclass(slots=True)
class RequestCampaigns:
    """What one request may serve; has to be settled."""

    index: CampaignIndex
    allowance: Allowance
    seen: Mapping[str, int]
    countable: bool
    store: SeenCampaigns | None
    asked: CapAsk | None

    def at(self, facts: RequestFacts, now_ms: int) -> PlacementCampaigns:
        """For one placement."""
        visit = Visit(
            facts.placement_id,
            facts.page,
            facts.device,
            facts.locale,
            facts.segment,
            self.seen,
            self.countable,
        )
        return PlacementCampaigns(self, facts.format, visit, now_ms)

    def settle(self) -> None:
        """Gives back what was not used; a second call changes nothing."""
        used = self.allowance.settle()
        if self.store is not None and self.asked is not None and self.seen:
            self.store.settle(self.asked, self.seen, used)
        self.seen = {}


@dataclass(slots=True)
class PlacementCampaigns:
    """What one placement may serve: a rule for the index of candidates, then the campaign of each draw."""

    request: RequestCampaigns
    format: str
    visit: Visit
    now_ms: int
    _served: Served = field(default_factory=Served)
    _rows: FormatRows | None = None

    def rule(self, rows: FormatRows, any_shown: Callable[[Mask], bool]) -> Mask | None:
        """The rows that may be shown, (N,); None: all of them."""
        here = Here(any_shown, lambda terms: self.request.allowance.left(terms) > 0)
        self._rows, self._served = rows, self.request.index.serve(rows, self.format, self.visit, self.now_ms, here)
        return self._served.mask

    def use(self, creative_id: str) -> str:
        """The campaign in which the creative is served now; empty: in none."""
        terms = next((terms for terms in self._serving(creative_id) if self.request.allowance.left(terms) > 0), None)
        if terms is None:
            return ""
        self.request.allowance.use(terms)
        return terms.campaign_id

    def left(self, arms: Arms, index: int) -> Arms | None:
        """The arms that the draw of one leaves: without it, and without those whose campaigns have nothing left."""
        rest = [number for number in range(len(arms.creative_ids)) if number != index]
        if all(self.request.allowance.left(terms) > 0 for terms in self._served.campaigns):
            return arms.without(index) if rest else None
        kept = [number for number in rest if number == arms.guard_index or self._may_follow(arms.creative_ids[number])]
        return arms.without(index).only([number - (number > index) for number in kept]) if kept else None

    def _may_follow(self, creative_id: str) -> bool:
        serving = self._serving(creative_id)
        return not serving or any(self.request.allowance.left(terms) > 0 for terms in serving)

    def _serving(self, creative_id: str) -> Sequence[Terms]:
        row = None if self._rows is None else self._rows.row_of.get(creative_id)
        return [] if row is None else self.request.index.serving(self._served.campaigns, self.format, row)

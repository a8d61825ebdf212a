"""What campaigns allow a request: which creatives of a placement, in which campaign, and how often.

    begin    what the request may serve (`RequestCampaigns`)
    count    counts the shopper's impressions of campaigns with caps, before the choice
    rule     for each placement, which rows may be shown (`PlacementCampaigns`)
    use      for each draw, the campaign that serves it, and which candidates its end leaves
    settle   gives back what was not used

Belongs to one event loop; the leases are filled up by a thread of their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from services.assets.campaigns.campaign_index import CampaignIndex, Here, Mask, Served
from services.assets.campaigns.campaign_table import CampaignTable
from services.assets.campaigns.ports import CapAsk, FormatRows, SeenCampaigns
from services.assets.campaigns.rules import VISIT_RULES, Visit, all_hold
from services.assets.campaigns.spending.allowance import Allowance
from services.assets.campaigns.spending.leases import Leases
from services.assets.campaigns.terms import Terms
from services.catalogue.offers import Offers
from services.common.clock import Clock, to_ms
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.creative.ad_request import AdRequest
from services.features.vector import RequestFacts
from services.policies.arms import Arms
from services.policies.slate import without_drawn

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

    def follow(self, pools: Mapping[str, FormatRows]) -> None:
        """All creatives that there are now, by format."""
        self.refresh()
        for format_, rows in pools.items():
            self._index.follow(rows, format_)

    def begin(self, ad_request: AdRequest) -> RequestCampaigns:
        """What the request may serve; before the choice, `count` has to be awaited where it `has_caps`."""
        now_ms = self.refresh()
        most = sum(placement.count for placement in ad_request.placements)
        caps = {terms.campaign_id: terms.caps for terms in self._capped(ad_request, now_ms)}
        drill = bool(ad_request.drill_seed)
        may_count = ad_request.personal and ad_request.consent.profile  # what was seen is kept, and used for the choice
        asked = CapAsk(ad_request.user_id, secrets.token_hex(8), caps, most, now_ms) if caps and may_count else None
        seen = dict.fromkeys(caps, most) if drill else {}
        allowance = Allowance(self._parts.leases, seen, most, counts=not drill)
        return RequestCampaigns(self._index, allowance, seen, drill, self._parts.seen, None if drill else asked)

    def may_repeat(self, rows: FormatRows, format_: str, creative_id: str, campaign_id: str) -> bool:
        """Whether an answer with this creative, served in this campaign or in none, may be given again now."""
        now_ms = self.refresh()
        terms = self._index.terms(campaign_id)
        if terms is not None and not self._parts.leases.may_be_clicked(terms.counter):
            return False  # a budget of impressions does not matter: it is the same impression again
        return self._index.may_repeat(rows, format_, creative_id, campaign_id, now_ms)

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
    seen: dict[str, int]  # what caps leave the shopper, by campaign
    countable: bool
    store: SeenCampaigns | None
    asked: CapAsk | None  # None: there is nothing to be counted

    @property
    def has_caps(self) -> bool:
        """Whether `count` has something to ask."""
        return self.asked is not None and self.store is not None

    async def count(self, budget_s: float) -> str:
        """Counts what may be shown to the shopper; the part that did not answer in time, empty where it did.

        Without an answer nothing that has caps is shown.
        """
        if self.asked is None or self.store is None:
            return ""
        try:
            self.seen.update(await self.store.reserve(self.asked, budget_s))
            self.countable = True
        except Unavailable as lost:
            METRICS.degraded.labels(lost.part).inc()
            return lost.part
        return ""

    def at(self, facts: RequestFacts, now_ms: int) -> PlacementCampaigns:
        """For one placement."""
        where = (facts.placement_id, facts.page, facts.device, facts.locale, facts.segment)
        return PlacementCampaigns(self, facts.format, Visit(*where, self.seen, self.countable), now_ms)

    def settle(self) -> None:
        """Gives back what was not used; a second call changes nothing."""
        used = self.allowance.settle()
        if self.store is not None and self.asked is not None and self.seen:
            self.store.settle(self.asked, self.seen, used)
        self.asked = None


def no_campaigns(facts: RequestFacts) -> PlacementCampaigns:
    """For a placement of a shop without campaigns."""
    index = CampaignIndex(lambda product_id: "", lambda creative_id: "")
    return RequestCampaigns(index, Allowance(Leases(), {}, 0), {}, False, None, None).at(facts, 0)


@dataclass(slots=True)
class PlacementCampaigns:
    """What one placement may serve: a rule for the index of candidates, then the campaign of each draw."""

    request: RequestCampaigns
    format: str
    visit: Visit
    now_ms: int
    _served: Served = field(default_factory=Served)
    _serving: Mapping[str, list[Terms]] = field(default_factory=dict)  # candidate -> campaigns that may serve it

    def rule(self, rows: FormatRows, any_shown: Callable[[Mask], bool]) -> Mask | None:
        """The rows that may be shown, (N,); None: all of them."""
        here = Here(any_shown, self._can_serve)
        self._served = self.request.index.serve(rows, self.format, self.visit, self.now_ms, here)
        return self._served.mask

    def choose_from(self, row_by_id: Callable[[], Mapping[str, int]]) -> None:
        """The candidates are these, with their rows of what `rule` was asked about."""
        index, campaigns = self.request.index, self._served.campaigns
        if campaigns:
            self._serving = {name: index.serving(campaigns, self.format, row) for name, row in row_by_id().items()}

    def use(self, creative_id: str) -> str:
        """The campaign in which the creative is served now; empty: in none."""
        terms = next(filter(self._can_serve, self._serving.get(creative_id, ())), None)
        if terms is None:
            return ""
        self.request.allowance.use(terms)
        return terms.campaign_id

    def left(self, arms: Arms, index: int) -> Arms | None:
        """The arms that the draw of one leaves: without it, and without those whose campaigns have nothing left."""
        if all(map(self._can_serve, self._served.campaigns)):
            return without_drawn(arms, index)
        rest = [row for row, name in enumerate(arms.creative_ids) if row != index and self._may_follow(name)]
        return arms.without(index).only([row - (row > index) for row in rest]) if rest else None

    def _may_follow(self, creative_id: str) -> bool:
        serving = self._serving.get(creative_id)
        return not serving or any(map(self._can_serve, serving))

    def _can_serve(self, terms: Terms) -> bool:
        return self.request.allowance.left(terms) > 0

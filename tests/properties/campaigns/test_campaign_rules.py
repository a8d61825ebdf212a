"""The index allows a creative exactly where all rules of one of its campaigns hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
from services.assets.campaigns.campaign_index import CampaignIndex, Here, Served
from services.assets.campaigns.rules import CREATIVE_RULES, TIME_RULES, VISIT_RULES, Ad, Visit, findings, names
from services.assets.campaigns.terms import Terms, terms_of
from services.common.clock import to_ms

NOW_MS = to_ms(datetime(2026, 11, 28, 12, 30, tzinfo=UTC))
TEXTS = {f"c{number}": ("Warm wool", "Cool cotton")[number % 2] for number in range(8)}
TYPES = ("Clothing", "Clothing > Dresses", "Clothing > Dresses > Maxi", "Shoes", "Clothings")


def some(*values: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2)


def moments() -> st.SearchStrategy[datetime | None]:
    return st.sampled_from([None, datetime(2026, 11, 28, 12, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC)])


CAMPAIGNS = st.builds(
    Campaign,
    campaign_id=st.sampled_from(["k0", "k1", "k2"]),
    product_ids=some("p0", "p1", "p2"),
    product_types=some(*TYPES),
    creative_ids=some(*TEXTS),
    formats=some("300x250", "728x90"),
    placements=some("top", "side"),
    starts_at=moments(),
    ends_at=moments(),
    hours=st.sampled_from([[], [12], [13]]),
    time_zone=st.sampled_from(["", "Europe/Berlin"]),
    segments=some("buyer", "new_phone"),
    devices=some("phone", "tablet"),
    languages=some("de", "en-GB"),
    priority=st.integers(0, 2),
    paused=st.booleans(),
    blocked_words=some("wool", "WARM", "coo"),
    blocked_pages=some("home", "cart*"),
    blocked_product_ids=some("p0", "p1"),
)
ADS = st.builds(
    Ad,
    creative_id=st.sampled_from(sorted(TEXTS)),
    product_id=st.sampled_from(["p0", "p1", "p2", "p3"]),
    format=st.just("300x250"),
    campaign_ids=some("k0", "k2").map(tuple),
)
VISITS = st.builds(
    Visit,
    placement_id=st.sampled_from(["top", "side"]),
    page=st.sampled_from(["home", "cart/2", "list"]),
    device=st.sampled_from(["", "phone"]),
    locale=st.sampled_from(["", "de-AT", "en_GB", "en"]),
    segment=st.sampled_from(["buyer", "looking"]),
)


def holds(terms: Terms, ad: Ad, visit: Visit) -> bool:
    """Whether every rule of the campaign holds, as `why-not` says."""
    said = [
        *findings(CREATIVE_RULES, terms, ad),
        *findings(TIME_RULES, terms, NOW_MS),
        *findings(VISIT_RULES, terms, visit),
    ]
    assert all(finding.because for finding in said)
    return names(terms, ad) and all(finding.holds for finding in said)


def served(campaigns: list[Terms], ads: list[Ad], visit: Visit) -> set[str]:
    """What may be served by the rules alone, one creative after another."""
    named = {ad.creative_id for ad in ads if any(names(terms, ad) for terms in campaigns)}
    levels = {terms.campaign.priority for terms in campaigns}
    for priority in sorted(levels | {0}, reverse=True):
        level = [terms for terms in campaigns if terms.campaign.priority == priority]
        found = {ad.creative_id for ad in ads if any(holds(terms, ad, visit) for terms in level)}
        if priority == 0:
            return found | {ad.creative_id for ad in ads if ad.creative_id not in named}
        if found:
            return found
    raise AssertionError


class Shelf:
    """Creatives of one format in rows, as the index of candidates holds them."""

    format = "300x250"

    def __init__(self, ads: list[Ad]) -> None:
        self.numbering: object = Shelf
        self.creative_ids = [ad.creative_id for ad in ads]
        self.product_ids = [ad.product_id for ad in ads]
        self.count = len(ads)
        self.row_of = {ad.creative_id: row for row, ad in enumerate(ads)}
        self._ads = ads

    def rows_of_product(self, product_id: str) -> NDArray[np.intp]:
        return np.array([row for row, ad in enumerate(self._ads) if ad.product_id == product_id], dtype=np.intp)

    def rows_for(self, campaign_id: str) -> list[int]:
        return [row for row, ad in enumerate(self._ads) if campaign_id in ad.campaign_ids]


@given(
    st.lists(CAMPAIGNS, max_size=5, unique_by=lambda campaign: campaign.campaign_id),
    st.lists(ADS, min_size=1, max_size=6, unique_by=lambda ad: ad.creative_id),
    st.fixed_dictionaries({f"p{number}": st.sampled_from(TYPES) for number in range(4)}),
    VISITS,
    st.randoms(use_true_random=False),
)
def test_the_mask_equals_the_rules_in_whatever_order_the_index_hears_of_things(
    campaigns: list[Campaign], ads: list[Ad], types: dict[str, str], visit: Visit, order: Random
) -> None:
    all_terms = [terms_of(campaign, 0) for campaign in campaigns]
    known = dict.fromkeys(types, TYPES[0])
    index = CampaignIndex(known.__getitem__, TEXTS.__getitem__)

    def ask(rows: int) -> Served:
        return index.serve(Shelf(ads[:rows]), Shelf.format, visit, NOW_MS, Here(np.any, lambda terms: True))

    steps: list[Callable[[], object]] = [partial(index.set_campaign, one.campaign_id, one) for one in all_terms]
    steps += [
        partial(index.set_campaign, one.campaign_id, terms_of(Campaign(campaign_id=one.campaign_id), 0))
        for one in all_terms[:1]
    ]
    steps += [partial(ask, rows) for rows in range(len(ads))]
    order.shuffle(steps)
    steps += [partial(index.set_campaign, one.campaign_id, one) for one in all_terms]
    for step in steps:
        step()
    for product_id, product_type in types.items():
        known[product_id] = product_type
        index.retype(product_id)
    found = ask(len(ads))
    mask = np.ones(len(ads), dtype=bool) if found.mask is None else found.mask
    full = [
        replace(ad, format=Shelf.format, product_type=types[ad.product_id], texts=TEXTS[ad.creative_id]) for ad in ads
    ]
    assert {ad.creative_id for ad, may in zip(ads, mask, strict=True) if may} == served(all_terms, full, visit)
    for row, ad in enumerate(full):
        by = index.serving(found.campaigns, Shelf.format, row)
        assert all(holds(terms, ad, visit) for terms in by)
        assert bool(by) <= bool(mask[row])

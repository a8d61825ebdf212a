"""What running campaigns ask of the studio: whose ads come first, and in which formats besides the shop's own.

A campaign counts from an hour before it begins, so that its ads are there when it does. Belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.campaigns.campaign_table import CampaignTable
from services.assets.campaigns.rules import is_within
from services.assets.campaigns.terms import Terms, levels_of
from services.composer.formats import FORMATS

AHEAD_MS: Final = 3_600_000
EACH: Final = 2
"""Ads of a product in a format that only a campaign asks for."""


class Wishes:
    """Follows the campaigns in a table."""

    def __init__(self, campaigns: CampaignTable) -> None:
        self._campaigns = campaigns
        self._running: dict[str, Terms] = {}

    def follow(self, now_ms: int, products: Callable[[], Iterable[Product]]) -> set[str]:
        """The products of which something else is asked than at the last call."""
        before = self._running
        self._running = {one.campaign_id: one for one in self._campaigns.all() if is_running(one, now_ms)}
        changed = [
            terms
            for campaign_id in before.keys() | self._running.keys()
            if _choice(before.get(campaign_id)) != _choice(self._running.get(campaign_id))
            for terms in (before.get(campaign_id), self._running.get(campaign_id))
            if terms is not None
        ]
        named = (product for product in (products() if changed else ()))
        return {one.product_id for one in named if any(names(terms, one) for terms in changed)}

    def wants(self, product: Product) -> bool:
        """Whether a campaign names the product."""
        return any(names(terms, product) for terms in self._running.values())

    def counts(self, product: Product, own: Mapping[str, int]) -> dict[str, int]:
        """Ads that the product is to have, by format: the shop's own, and those that campaigns ask for."""
        asked = {
            format_ for terms in self._running.values() if names(terms, product) for format_ in sorted(terms.formats)
        }
        first: dict[str, int] = {format_: own.get(format_, EACH) for format_ in FORMATS if format_ in asked}
        return {**first, **{format_: count for format_, count in own.items() if format_ not in first}}

    def without_layout(self) -> dict[str, list[str]]:
        """The formats that campaigns ask for and that have no layout, by campaign."""
        found = {name: sorted(terms.formats - set(FORMATS)) for name, terms in self._running.items()}
        return {name: formats for name, formats in found.items() if formats}


def is_running(terms: Terms, now_ms: int) -> bool:
    """Whether it serves ads now, or within the hour."""
    ended = terms.ends_ms is not None and terms.ends_ms <= now_ms
    return not terms.campaign.paused and not ended and terms.begins_ms <= now_ms + AHEAD_MS


def names(terms: Terms, product: Product) -> bool:
    """Whether the campaign serves ads of the product."""
    if product.product_id in terms.blocked_products:
        return False
    return product.product_id in terms.product_ids or is_within(levels_of(product.product_type), terms)


def _choice(terms: Terms | None) -> tuple[object, ...] | None:
    return None if terms is None else terms.choice

"""What is asked of the studio besides the shop's own formats: by running campaigns, of their products, which come
first, and by placements, of all products (`asked_formats.py`).

A campaign counts from an hour before it begins, so that its ads are there when it does. Belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.campaigns.campaign_table import CampaignTable
from services.assets.campaigns.rules import is_within
from services.assets.campaigns.terms import Terms, levels_of
from services.composer.formats import is_drawn
from services.studio.asked_formats import AskedFormats

AHEAD_MS: Final = 3_600_000
EACH: Final = 2
"""Ads of a product in a format that only a campaign or a placement asks for."""

ASKED: Final = "asked_by"
"""The entry of an ad's lineage for who asks for its format, where that is neither the shop nor a campaign."""

PLACEMENTS: Final = "placements"


class Wishes:
    """Follows the campaigns in a table, and what placements ask for."""

    def __init__(self, campaigns: CampaignTable, asked: AskedFormats) -> None:
        self._campaigns, self.asked = campaigns, asked
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
        """Ads that the product is to have, by format: those that campaigns ask for, the shop's own, and at last those
        that placements ask for."""
        asked = sorted(self._asked_for(product))
        first = {format_: own.get(format_, EACH) for format_ in asked if is_drawn(format_)}
        rest = {**own, **{format_: EACH for format_ in self.asked.made() if format_ not in own}}
        return {**first, **{format_: count for format_, count in rest.items() if format_ not in first}}

    def only_placements_ask_for(self, product: Product, own: Mapping[str, int]) -> frozenset[str]:
        """Formats of the product's ads that neither the shop nor a campaign asks for."""
        return frozenset(self.asked.made()) - own.keys() - self._asked_for(product)

    def not_drawn(self) -> dict[str, list[str]]:
        """The formats that campaigns ask for and in which no ads are drawn, by campaign."""
        running = self._running.items()
        found = {name: sorted(one for one in terms.formats if not is_drawn(one)) for name, terms in running}
        return {name: formats for name, formats in found.items() if formats}

    def _asked_for(self, product: Product) -> set[str]:
        """The formats that campaigns ask for."""
        return {format_ for terms in self._running.values() if names(terms, product) for format_ in terms.formats}


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

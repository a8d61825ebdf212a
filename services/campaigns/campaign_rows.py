"""The rows of one format by campaign: which it names, and which of them it may serve."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.campaigns.rules import CREATIVE_RULES, Ad, all_hold, names
from services.campaigns.terms import Levels, Terms, levels_of

Mask = NDArray[np.bool_]

_MOST_KEPT: Final = 64
"""Combinations of campaigns whose masks are kept; 64 masks of 300,000 rows take 20 MB."""


class CampaignRows:
    """Belongs to one thread; rows are numbered by their owner and never used again for another creative."""

    def __init__(self, texts_of: Callable[[str], str]) -> None:
        self._texts_of = texts_of
        self._ads: dict[int, Ad] = {}
        self._row_of: dict[str, int] = {}  # creative -> its newest row
        self._rows_of_product: dict[str, set[int]] = {}
        self._products_of_type: dict[Levels, set[str]] = {}  # exactly of this category
        self._rows_for: dict[str, set[int]] = {}  # campaign -> rows whose creatives say that they are for it
        self._terms: dict[str, Terms] = {}
        self._finders: dict[tuple[str, str | Levels], set[str]] = {}  # what is named -> campaigns that name it
        self._named: dict[str, set[int]] = {}  # campaign -> rows that it names
        self._served: dict[str, set[int]] = {}  # campaign -> those of them that its rules about creatives allow
        self._namings: dict[int, int] = {}  # row -> how many campaigns name it, where any does
        self._masks: OrderedDict[tuple[tuple[str, ...], bool], Mask] = OrderedDict()

    @property
    def are_named(self) -> bool:
        """Whether any campaign names any row."""
        return bool(self._namings)

    def has(self, campaign_id: str) -> bool:
        """Whether the campaign may serve any row."""
        return bool(self._served.get(campaign_id))

    def serves(self, campaign_id: str, creative_id: str) -> bool:
        """Whether the campaign may serve the creative."""
        return self._row_of.get(creative_id, -1) in self._served.get(campaign_id, ())

    def is_named(self, creative_id: str) -> bool:
        """Whether any campaign names the creative."""
        return self._row_of.get(creative_id, -1) in self._namings

    def mask(self, campaign_ids: tuple[str, ...], count: int, *, with_unnamed: bool) -> Mask:
        """The first `count` rows that one of the campaigns may serve, and those that no campaign names."""
        key = (campaign_ids, with_unnamed)
        found = self._masks.get(key)
        if found is None or len(found) < count:
            found = self._masks[key] = np.full(count, with_unnamed)
            found[_array(self._namings, count)] = False
            for campaign_id in campaign_ids:
                found[_array(self._served.get(campaign_id, ()), count)] = True
            if len(self._masks) > _MOST_KEPT:
                self._masks.popitem(last=False)
        self._masks.move_to_end(key)
        return found[:count]

    def place(self, row: int, ad: Ad) -> None:
        """A creative stands in this row; the row in which it stood before counts no more."""
        before = self._row_of.get(ad.creative_id)
        if before is not None:
            self._take_out(before)
        self._row_of[ad.creative_id] = row
        self._ads[row] = ad
        self._rows_of_product.setdefault(ad.product_id, set()).add(row)
        self._products_of_type.setdefault(levels_of(ad.product_type), set()).add(ad.product_id)
        for campaign_id in ad.campaign_ids:
            self._rows_for.setdefault(campaign_id, set()).add(row)
        for campaign_id in self._naming(ad):
            self._name(campaign_id, row)

    def retype(self, product_id: str, product_type: str) -> None:
        """The product is of another category now."""
        for row in list(self._rows_of_product.get(product_id, ())):
            ad = self._ads[row]
            if ad.product_type != product_type:
                self.place(row, replace(ad, product_type=product_type))

    def set_campaign(self, campaign_id: str, terms: Terms | None) -> None:
        """The campaign's new terms; None: it is gone."""
        before = self._terms.pop(campaign_id, None)
        if before is not None and terms is not None and before.choice == terms.choice:
            self._terms[campaign_id] = terms
            return
        if before is not None:
            for finder in _finders(before):
                self._finders[finder].discard(campaign_id)
            for row in self._named.pop(campaign_id, ()):
                self._unname(row)
            self._served.pop(campaign_id, None)
        if terms is not None:
            self._terms[campaign_id] = terms
            for finder in _finders(terms):
                self._finders.setdefault(finder, set()).add(campaign_id)
            for row in self._rows_named(terms):
                self._name(campaign_id, row)
        self._masks.clear()

    def _rows_named(self, terms: Terms) -> set[int]:
        """Rows that the campaign names, found by what it names."""
        rows = {self._row_of[creative] for creative in terms.creative_ids if creative in self._row_of}
        rows |= self._rows_for.get(terms.campaign_id, set())
        products = set(terms.product_ids)
        for levels, of_type in self._products_of_type.items() if terms.product_types else ():
            if any(levels[: len(wanted)] == wanted for wanted in terms.product_types):
                products |= of_type
        for product_id in products:
            rows |= self._rows_of_product.get(product_id, set())
        return {row for row in rows if names(terms, self._ads[row])}

    def _naming(self, ad: Ad) -> set[str]:
        """Campaigns that name the creative, found by what they name."""
        levels = levels_of(ad.product_type)
        keys: list[tuple[str, str | Levels]] = [("creative", ad.creative_id), ("product", ad.product_id)]
        keys += [("type", levels[:depth]) for depth in range(1, len(levels) + 1)]
        found = {campaign_id for key in keys for campaign_id in self._finders.get(key, ())}
        found |= {campaign_id for campaign_id in ad.campaign_ids if campaign_id in self._terms}
        return {campaign_id for campaign_id in found if names(self._terms[campaign_id], ad)}

    def _name(self, campaign_id: str, row: int) -> None:
        terms, ad = self._terms[campaign_id], self._ads[row]
        if terms.campaign.blocked_words:
            ad = replace(ad, texts=self._texts_of(ad.creative_id))
        self._named.setdefault(campaign_id, set()).add(row)
        self._namings[row] = self._namings.get(row, 0) + 1
        if all_hold(CREATIVE_RULES, terms, ad):
            self._served.setdefault(campaign_id, set()).add(row)
        self._masks.clear()

    def _unname(self, row: int) -> None:
        self._namings[row] -= 1
        if not self._namings[row]:
            del self._namings[row]

    def _take_out(self, row: int) -> None:
        ad = self._ads.pop(row)
        self._rows_of_product[ad.product_id].discard(row)
        for campaign_id in ad.campaign_ids:
            self._rows_for[campaign_id].discard(row)
        for campaign_id in self._naming(ad):
            self._named[campaign_id].discard(row)
            self._served.get(campaign_id, set()).discard(row)
            self._unname(row)
        self._masks.clear()


def _finders(terms: Terms) -> list[tuple[str, str | Levels]]:
    """What the campaign names, as `_naming` looks for it."""
    return [
        *(("creative", name) for name in terms.creative_ids),
        *(("product", name) for name in terms.product_ids),
        *(("type", levels) for levels in terms.product_types),
    ]


def _array(rows: Iterable[int], count: int) -> NDArray[np.intp]:
    found = np.fromiter(rows, dtype=np.intp)
    return found[found < count]

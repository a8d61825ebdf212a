"""The rows of one format by campaign: which it names, and which of them it may serve.

A campaign finds its rows by what it names, and all rows at once by the number of their category, so neither a new
campaign nor a new creative costs a look at everything.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.assets.campaigns.categories import Categories
from services.assets.campaigns.ports import FormatRows
from services.assets.campaigns.rules import CREATIVE_RULES, Ad, all_hold, is_house
from services.assets.campaigns.terms import Terms

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]

_MOST_KEPT: Final = 64
"""Combinations of campaigns whose masks are kept; 64 masks of 300,000 rows take 20 MB."""


@dataclass(slots=True)
class _Members:
    """The rows of one campaign."""

    terms: Terms
    named: Rows
    served: Rows  # those of `named` that its rules about creatives allow


class CampaignRows:
    """Belongs to one thread; follows one numbering of rows, which grows."""

    def __init__(self, format_: str, categories: Categories, texts_of: Callable[[str], str]) -> None:
        self._format = format_
        self._categories = categories
        self._texts_of = texts_of
        self._rows: FormatRows | None = None
        self._members: dict[str, _Members] = {}
        self._category = np.empty(0, dtype=np.int32)  # of each row's product
        self._namings = np.empty(0, dtype=np.int16)  # how many campaigns name each row
        self._masks: OrderedDict[tuple[tuple[str, ...], bool], Mask] = OrderedDict()

    def has(self, campaign_id: str) -> bool:
        """Whether the campaign may serve any row."""
        return campaign_id in self._members and len(self._members[campaign_id].served) > 0

    def are_named(self) -> bool:
        """Whether any campaign names any row."""
        return any(len(members.named) for members in self._members.values())

    def is_named(self, row: int) -> bool:
        """Whether any campaign names the row."""
        return bool(self._namings[row])

    def serves(self, campaign_id: str, row: int) -> bool:
        """Whether the campaign may serve the row."""
        members = self._members.get(campaign_id)
        if members is None:
            return False
        at = int(np.searchsorted(members.served, row))
        return at < len(members.served) and members.served[at] == row

    def mask(self, campaign_ids: tuple[str, ...], *, with_unnamed: bool) -> Mask:
        """(N,) the rows that one of the campaigns may serve, and those that no campaign names; the same object again
        until something has changed."""
        key = (campaign_ids, with_unnamed)
        found = self._masks.get(key)
        if found is None:
            found = self._namings == 0 if with_unnamed else np.zeros(len(self._namings), dtype=bool)
            for campaign_id in campaign_ids:
                found[self._members[campaign_id].served] = True
            self._masks[key] = found
            if len(self._masks) > _MOST_KEPT:
                self._masks.popitem(last=False)
        self._masks.move_to_end(key)
        return found

    def follow(self, rows: FormatRows, all_terms: Mapping[str, Terms]) -> None:
        """All rows that there are now; those that were there before are not looked at again."""
        if rows is self._rows:
            return
        if self._rows is None or rows.numbering is not self._rows.numbering or rows.count < len(self._category):
            self._members, self._category = {}, self._category[:0]
            self._namings = self._namings[:0]
        first = len(self._category)
        self._rows = rows
        if first == rows.count:
            return
        self._masks.clear()
        self._category = np.concatenate([self._category, self._categories.of(rows.product_ids[first : rows.count])])
        self._namings = np.concatenate([self._namings, np.zeros(rows.count - first, dtype=np.int16)])
        for campaign_id, terms in all_terms.items():
            self._members.setdefault(campaign_id, _Members(terms, _NONE, _NONE))
            self._add(campaign_id, self._named(terms, first))

    def set_campaign(self, campaign_id: str, terms: Terms | None) -> None:
        """The campaign's new terms; None: it is gone."""
        before = self._members.get(campaign_id)
        if before is not None and terms is not None and before.terms.choice == terms.choice:
            before.terms = terms
            return
        self._masks.clear()
        if before is not None:
            self._namings[before.named] -= 1
            del self._members[campaign_id]
        if terms is not None and self._rows is not None:
            self._members[campaign_id] = _Members(terms, _NONE, _NONE)
            self._add(campaign_id, self._named(terms, 0))

    def retype(self, product_id: str) -> None:
        """The product may be of another category now; looks at its rows alone."""
        rows = _NONE if self._rows is None else self._rows.rows_of_product(product_id)
        if not len(rows):
            return
        category = int(self._categories.of([product_id])[0])
        if (self._category[rows] == category).all():
            return
        self._category[rows] = category
        self._masks.clear()
        for campaign_id, members in self._members.items():
            if members.terms.product_types:
                self._namings[np.intersect1d(members.named, rows)] -= 1
                members.named, members.served = (np.setdiff1d(some, rows) for some in (members.named, members.served))
                self._add(campaign_id, self._named_of(members.terms, product_id, rows, category))

    def _named_of(self, terms: Terms, product_id: str, rows: Rows, category: int) -> Rows:
        """Those of a product's rows that the campaign names."""
        assert self._rows is not None
        if product_id in terms.product_ids or category in self._categories.within(terms):
            return rows
        ids, own = self._rows.creative_ids, set(self._rows.rows_for(terms.campaign_id))
        return _array(row for row in rows.tolist() if row in own or ids[row] in terms.creative_ids)

    def _named(self, terms: Terms, first: int) -> Rows:
        """Rows from `first` on that the campaign names, ascending."""
        assert self._rows is not None
        rows = self._rows
        named = (name for name in terms.creative_ids if not is_house(name))
        found = [_array(rows.row_of.get(creative_id, -1) for creative_id in named), *self._of_products(terms, first)]
        found.append(_array(rows.rows_for(terms.campaign_id)))
        if terms.product_types:
            within = np.isin(self._category[first:], self._categories.within(terms))
            found.append(np.flatnonzero(within) + first)
        every = _merged(found)
        return every[(every >= first) & (every < rows.count)]

    def _of_products(self, terms: Terms, first: int) -> list[Rows]:
        """Rows from `first` on of the products that the campaign names; looks at the fewer of the two."""
        assert self._rows is not None
        rows = self._rows
        if rows.count - first < len(terms.product_ids):
            new = range(first, rows.count)
            return [_array(row for row in new if rows.product_ids[row] in terms.product_ids)]
        return [rows.rows_of_product(product_id) for product_id in terms.product_ids]

    def _add(self, campaign_id: str, named: Rows) -> None:
        """Adds rows that the campaign names, and those of them that it may serve."""
        if not len(named):
            return
        members = self._members[campaign_id]
        self._namings[named] += 1
        members.named = _merged([members.named, named])
        members.served = _merged([members.served, self._allowed(members.terms, named)])
        self._masks.clear()

    def _allowed(self, terms: Terms, named: Rows) -> Rows:
        assert self._rows is not None
        if terms.formats and self._format not in terms.formats:
            return _NONE
        if not terms.blocked_products and not terms.campaign.blocked_words:
            return named
        allowed = (all_hold(CREATIVE_RULES, terms, self._ad(row, terms)) for row in named.tolist())
        found: Rows = named[np.fromiter(allowed, dtype=bool, count=len(named))]
        return found

    def _ad(self, row: int, terms: Terms) -> Ad:
        assert self._rows is not None
        creative_id = self._rows.creative_ids[row]
        texts = self._texts_of(creative_id) if terms.campaign.blocked_words else ""
        return Ad(creative_id, self._rows.product_ids[row], self._format, texts=texts)


def _merged(parts: Sequence[Rows]) -> Rows:
    """All of them, ascending, each once; `np.unique` takes ten times as long, because it hashes."""
    every: Rows = np.sort(np.concatenate(parts))
    return every[np.append(True, every[1:] != every[:-1])] if len(every) else every


def _array(rows: Iterable[int]) -> Rows:
    return np.fromiter(rows, dtype=np.intp)


_NONE: Final = np.empty(0, dtype=np.intp)

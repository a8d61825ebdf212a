"""What a request may show: the creatives of a format, or of some products in it, that are eligible now.

Small sets are made once for each state of the pools and reused. Of large ones only the mask and the rows are handed on,
so the cost of a request does not grow with the library. The language that a request asks for narrows what its rule
allows (`spoken.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from services.assets.creative import HOUSE, Creative
from services.creative.candidates.candidate_set import CandidateSet
from services.creative.candidates.pool_view import PoolView, Rows, Views
from services.creative.candidates.product_index import sold_products
from services.creative.candidates.spoken import EVERYBODY, Mask, SpokenMasks
from services.policies.arms import NO_GUARD

MOST: Final = 256
"""Most candidates that are scored."""

_MOST_KEPT: Final = 1024  # combinations of format and products

_MOST_ROWS: Final = 8_000_000  # of all that are kept, 64 MB

Rule = Callable[[PoolView, Callable[[Mask], bool]], Mask | None]
"""Tells which rows (N,) of a format's view may be shown to whom the request is about; None: all of them.

It may ask whether the request could be shown any row of a mask. The same object again says the same again.
"""


def no_rule(view: PoolView, any_shown: Callable[[Mask], bool]) -> Mask | None:
    """Everything may be shown to everybody."""
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Eligible:
    """E creatives that may be candidates of a placement."""

    view: PoolView | None  # None: the format has no creatives
    rows: Rows  # (E,) of the view; by creative id where they are few, else ascending
    guard: int  # row of the house creative, or NO_GUARD
    whole: CandidateSet | None  # all of them, with the guard last; None where they are too many
    mask: Mask  # (N,) true for `rows`; empty where all of them are candidates
    sold: Mask  # (P,) products with one of `rows`; likewise
    allowed: Mask | None = None  # what a rule said; held here, so that no other mask gets its identity


class CandidateIndex:
    """What is eligible as of the newest views; belongs to one thread."""

    def __init__(
        self,
        views: Callable[[], Views],
        creative: Callable[[str], Creative | None],
        house: Callable[[str], Creative],
    ) -> None:
        self.creative = creative
        """The creative of that id as it is now; None where it has just gone."""
        self.house = lru_cache(maxsize=_MOST_KEPT)(house)
        """The house creative of a format, which exists for every format."""
        self._views = views
        self._kept: dict[tuple[str, tuple[str, ...], int], Eligible] = {}
        self._kept_rows = 0
        self._kept_as_of: Views | None = None
        self._spoken = SpokenMasks()

    def eligible(
        self, format_: str, product_ids: tuple[str, ...], rule: Rule = no_rule, language: int = EVERYBODY
    ) -> Eligible:
        """What may be shown to who reads the language; if `product_ids` is empty, the house creative is the guard."""
        views = self._views()
        view = views.pools.get(format_)
        if view is None:
            return Eligible(None, _NONE, NO_GUARD, views.empty(), _NO_MASK, _NO_MASK)
        self._forget_before(views)
        spoken = self._spoken.of(view, format_, language)
        allowed = self._spoken.narrowed(rule(view, any_of(view, product_ids, spoken)), spoken)
        key = (format_, product_ids, id(allowed))
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = eligible_in(view, product_ids, allowed)
            self._kept_rows += len(found.rows)
        return found

    def _forget_before(self, views: Views) -> None:
        is_full = len(self._kept) > _MOST_KEPT or self._kept_rows > _MOST_ROWS or self._spoken.is_full
        if views is not self._kept_as_of or is_full:
            self._kept, self._kept_as_of, self._kept_rows, self._spoken = {}, views, 0, SpokenMasks()

    def views_with(self, creative_id: str) -> Iterator[tuple[str, PoolView]]:
        """The formats in which the creative may be shown, with their views; most often one."""
        for format_, view in self._views().pools.items():
            if len(view.rows_of([creative_id])):
                yield format_, view

    def may_show(self, creative_id: str) -> bool:
        """Whether the creative may be served, and its product is offered as it says."""
        if creative_id.startswith(HOUSE):
            return True
        return any(True for _ in self.views_with(creative_id))


def any_of(view: PoolView, product_ids: tuple[str, ...], spoken: Mask | None) -> Callable[[Mask], bool]:
    """Whether any row of a mask is eligible, `spoken`, and of one of the products if any is named."""

    def is_any(mask: Mask) -> bool:
        if product_ids:
            rows = view.rows_of_products(product_ids)
            return bool((mask[rows] if spoken is None else mask[rows] & spoken[rows]).any())
        shown = mask & view.eligible
        return bool((shown if spoken is None else shown & spoken).any())

    return is_any


def eligible_in(view: PoolView, product_ids: tuple[str, ...] = (), allowed: Mask | None = None) -> Eligible:
    """What is eligible of these products, or of all if none is named, where it is `allowed`, (N,)."""
    rows = view.rows_of_products(product_ids) if product_ids else view.rows
    if allowed is not None:
        rows = rows[allowed[rows]]
    guard = NO_GUARD if product_ids or not len(rows) else view.house_row
    if len(rows) + (guard != NO_GUARD) > MOST:
        if not product_ids and allowed is None:
            return Eligible(view, rows, guard, None, view.eligible, view.sold)
        mask = np.zeros(len(view.eligible), dtype=np.bool_)
        mask[rows] = True
        return Eligible(view, rows, guard, None, mask, sold_products(view.product_row[rows], len(view.sold)), allowed)
    rows = np.array(sorted(rows.tolist(), key=view.columns.creative_ids.__getitem__), dtype=np.intp)
    return Eligible(view, rows, guard, view.taken(rows, guard), _NO_MASK, _NO_MASK, allowed)


_NONE: Final = np.empty(0, dtype=np.intp)
_NO_MASK: Final = np.empty(0, dtype=np.bool_)

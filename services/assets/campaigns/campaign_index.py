"""Which creatives of a format may be served to a request, and in which campaign.

What the creative alone decides is kept as rows by campaign and updated by increments; what the time decides is asked
again when a moment has passed at which it may change. A request asks only campaigns that run now and have a creative of
the format, and combines their rows once: the mask of every combination that was asked for is kept. So a request costs a
few comparisons for each running campaign and one AND, however many creatives and ended campaigns there are.

Belongs to one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from services.assets.campaigns.campaign_rows import CampaignRows
from services.assets.campaigns.categories import Categories
from services.assets.campaigns.ports import FormatRows
from services.assets.campaigns.rules import TIME_RULES, VISIT_RULES, Visit, all_hold, next_change_ms
from services.assets.campaigns.terms import Terms

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Here:
    """What else a request asks."""

    any_shown: Callable[[Mask], bool]  # whether it may be shown any row of the mask, (N,)
    can_spend: Callable[[Terms], bool]  # of a campaign whose other rules hold


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """What campaigns allow for one placement."""

    mask: Mask | None = None  # (N,); None: everything. The same object as long as the answer is the same
    campaigns: tuple[Terms, ...] = ()  # those that hold, of the highest priority, in the order in which they serve


class CampaignIndex:
    """The campaigns, and the rows that they serve, by format."""

    def __init__(self, type_of: Callable[[str], str], texts_of: Callable[[str], str]) -> None:
        """`type_of` gives the product type of a product, `texts_of` all texts of a creative."""
        self._terms: dict[str, Terms] = {}
        self._rows: dict[str, CampaignRows] = {}  # by format
        self._running: list[Terms] = []  # in the order in which they serve
        self._change_ms: float = 0.0  # when that may change
        self._categories = Categories(type_of)
        self._texts_of = texts_of

    def set_campaign(self, campaign_id: str, terms: Terms | None) -> None:
        """The campaign's new terms; None: it is gone. Only what its terms name is looked at."""
        if terms is None:
            self._terms.pop(campaign_id, None)
        else:
            self._terms[campaign_id] = terms
        for rows in self._rows.values():
            rows.set_campaign(campaign_id, terms)
        self._change_ms = 0.0

    def retype(self, product_id: str) -> None:
        """The product is of another category now."""
        for rows in self._rows.values():
            rows.retype(product_id)

    def follow(self, rows: FormatRows, format_: str) -> CampaignRows | None:
        """What is known of the rows; None where there are no campaigns."""
        if not self._terms:
            self._rows.clear()
            return None
        found = self._rows.get(format_)
        if found is None:
            found = self._rows[format_] = CampaignRows(format_, self._categories, self._texts_of)
        found.follow(rows, self._terms)
        return found

    def serve(self, rows: FormatRows, format_: str, visit: Visit, now_ms: int, here: Here) -> Served:
        """What may be served of the rows of a format.

        Of campaigns that hold only those of the highest priority that has a row to show. Creatives that no campaign
        names have priority 0.
        """
        known = self.follow(rows, format_)
        if known is None or not known.are_named():
            return Served()
        with_rows = [terms for terms in self.running(now_ms) if known.has(terms.campaign_id)]
        for priority, level in groupby(with_rows, lambda terms: terms.campaign.priority):
            found = _level(known, level, visit, here, with_unnamed=priority == 0)
            if priority == 0 or (found.mask is not None and found.campaigns and here.any_shown(found.mask)):
                return found
        return _level(known, (), visit, here, with_unnamed=True)

    def running(self, now_ms: int) -> Sequence[Terms]:
        """The campaigns whose rules of time hold now."""
        if now_ms >= self._change_ms:
            self._running = sorted(
                (terms for terms in self._terms.values() if all_hold(TIME_RULES, terms, now_ms)),
                key=lambda terms: terms.order,
            )
            changes = (next_change_ms(terms, now_ms) for terms in self._terms.values())
            self._change_ms = min((at for at in changes if at is not None), default=float("inf"))
        return self._running

    def terms(self, campaign_id: str) -> Terms | None:
        """What the campaign says; None where there is none of that id."""
        return self._terms.get(campaign_id)

    def may_repeat(self, rows: FormatRows, format_: str, creative_id: str, campaign_id: str, now_ms: int) -> bool:
        """Whether an answer with this creative, served in this campaign or in none, may be given again now."""
        known, row = self.follow(rows, format_), rows.row_of.get(creative_id)
        if known is None or row is None or row >= rows.count:
            return not campaign_id
        if not campaign_id:
            return not known.is_named(row)
        terms = self._terms.get(campaign_id)
        return terms is not None and all_hold(TIME_RULES, terms, now_ms) and known.serves(campaign_id, row)

    def serving(self, campaigns: Iterable[Terms], format_: str, row: int) -> list[Terms]:
        """Those of the campaigns that may serve the row, in order."""
        known = self._rows.get(format_)
        return [] if known is None else [terms for terms in campaigns if known.serves(terms.campaign_id, row)]


def _level(rows: CampaignRows, level: Iterable[Terms], visit: Visit, here: Here, *, with_unnamed: bool) -> Served:
    """The campaigns of one priority that hold, and the rows that they serve."""
    holding = tuple(terms for terms in level if all_hold(VISIT_RULES, terms, visit) and here.can_spend(terms))
    return Served(rows.mask(tuple(terms.campaign_id for terms in holding), with_unnamed=with_unnamed), holding)

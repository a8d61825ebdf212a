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

from services.campaigns.campaign_rows import CampaignRows
from services.campaigns.rules import TIME_RULES, VISIT_RULES, Ad, Visit, all_hold, next_change_ms
from services.campaigns.terms import Terms

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Eligible:
    """What campaigns allow for one placement."""

    mask: Mask | None  # (C,); None: everything
    campaigns: tuple[Terms, ...] = ()  # those that hold, of the highest priority, in the order in which they serve


class CampaignIndex:
    """The campaigns, and the rows that they serve, by format."""

    def __init__(self, texts_of: Callable[[str], str]) -> None:
        """`texts_of` gives the texts of a creative; only campaigns with blocked words need them."""
        self._terms: dict[str, Terms] = {}
        self._rows: dict[str, CampaignRows] = {}  # by format
        self._running: list[Terms] = []  # in the order in which they serve
        self._change_ms: float = 0.0  # when that may change
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

    def place(self, row: int, ad: Ad) -> None:
        """A creative stands in this row of its format. The row in which it stood before counts no more."""
        self._of(ad.format).place(row, ad)

    def retype(self, product_id: str, product_type: str) -> None:
        """The product is of another category now."""
        for rows in self._rows.values():
            rows.retype(product_id, product_type)

    def eligible(
        self, format_: str, visit: Visit, shown: Mask, now_ms: int, can_spend: Callable[[Terms], bool]
    ) -> Eligible:
        """What may be served of the rows that may be `shown`, (C,); `can_spend` is asked of campaigns that hold.

        Of campaigns that hold only those of the highest priority that has a row to show. Creatives that no campaign
        names have priority 0.
        """
        rows = self._rows.get(format_)
        if rows is None or not rows.are_named:
            return Eligible(None)
        with_rows = (terms for terms in self.running(now_ms) if rows.has(terms.campaign_id))
        for priority, level in groupby(with_rows, lambda terms: terms.campaign.priority):
            if priority == 0:
                return self._level(rows, level, visit, len(shown), can_spend, with_unnamed=True)
            found = self._level(rows, level, visit, len(shown), can_spend, with_unnamed=False)
            if found.mask is not None and bool((found.mask & shown).any()):
                return found
        return self._level(rows, (), visit, len(shown), can_spend, with_unnamed=True)

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

    def runs(self, campaign_id: str, now_ms: int) -> bool:
        """Whether there is such a campaign, and its rules of time hold now."""
        terms = self._terms.get(campaign_id)
        return terms is not None and all_hold(TIME_RULES, terms, now_ms)

    def serves(self, terms: Terms, format_: str, creative_id: str) -> bool:
        """Whether the campaign's rules about creatives let it serve this one."""
        rows = self._rows.get(format_)
        return rows is not None and rows.serves(terms.campaign_id, creative_id)

    def is_named(self, format_: str, creative_id: str) -> bool:
        """Whether any campaign names the creative."""
        rows = self._rows.get(format_)
        return rows is not None and rows.is_named(creative_id)

    def _level(  # noqa: PLR0913 - the facts of one question
        self,
        rows: CampaignRows,
        level: Iterable[Terms],
        visit: Visit,
        count: int,
        can_spend: Callable[[Terms], bool],
        *,
        with_unnamed: bool,
    ) -> Eligible:
        """The campaigns of one priority that hold, and the rows that they serve."""
        holding = tuple(terms for terms in level if all_hold(VISIT_RULES, terms, visit) and can_spend(terms))
        mask = rows.mask(tuple(terms.campaign_id for terms in holding), count, with_unnamed=with_unnamed)
        return Eligible(mask, holding)

    def _of(self, format_: str) -> CampaignRows:
        found = self._rows.get(format_)
        if found is None:
            found = self._rows[format_] = CampaignRows(self._texts_of)
            for campaign_id, terms in self._terms.items():
                found.set_campaign(campaign_id, terms)
        return found

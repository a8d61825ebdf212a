"""Which creatives of a candidate set may still be shown: those whose product is offered as they say (law 10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.catalogue.offers import Offers
from services.creative.candidates.product_index import ProductIndex

NEVER = 0
"""The revision before every change."""


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """As of one revision of the offers."""

    mask: NDArray[np.bool_]  # (C,) True: the creative may be shown
    sold: NDArray[np.bool_]  # (P,) False: none of the product's creatives is live
    ended: int  # how many are not live
    revision: int

    @classmethod
    def of(cls, count: int, products: ProductIndex) -> Live:
        """All of them, before any offer was looked at."""
        return cls(np.ones(count, dtype=bool), np.ones(len(products.rows), dtype=bool), 0, NEVER)

    def refreshed(self, creatives: Sequence[Creative], products: ProductIndex, offers: Offers, now_ms: int) -> Live:
        """As of the newest offers; the same object if none has changed. Looks at changed products only."""
        if self.revision == NEVER:  # a set may have few of the products that ever changed
            revision, changed = offers.revision(now_ms), list(products.index_of)
        else:
            revision, changed = offers.changed_since(self.revision, now_ms)
        if revision == self.revision:
            return self
        mask, sold = self.mask.copy(), self.sold.copy()
        for product_id in changed:
            index = products.index_of.get(product_id)
            if index is not None:
                rows = products.rows[index]
                mask[rows] = [not offers.why_ended(product_id, creatives[row].stated_price, now_ms) for row in rows]
                sold[index] = mask[rows].any()
        return Live(mask, sold, int(len(mask) - mask.sum()), revision)

"""The creatives of one format as columns that grow: a changed creative gets a new row, and the old one is masked.

Rows never change, so a request that holds a view is not disturbed. Where more rows are masked than used, the used ones
are copied to a new pool (`Compaction`), which costs the time of half a pool for each whole pool of changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.catalogue.offer import NOTHING, Stated
from services.catalogue.offers import Offers
from services.creative.candidates.growing_columns import GrowingColumns
from services.creative.candidates.grown import Grown
from services.creative.candidates.pool_view import PoolView
from services.creative.candidates.product_index import GrowingProducts, sold_products
from services.creative.candidates.spoken import number_of
from services.features.creative_columns import CreativeColumns, CreativeFacts, creative_columns
from services.policies.posterior import PRIOR, Posterior, ctr_multipliers

FOREVER: Final = 1 << 62
"""The end of a creative without an end, in milliseconds."""

_WASTE: Final = 4096  # masked rows that are worth no copy
_CHUNK: Final = 1024  # rows that are copied, or believed anew, at once


@dataclass(frozen=True, slots=True)
class Entry:
    """A creative that may be served, with when and under which offer."""

    facts: CreativeFacts
    stated: Stated = NOTHING  # what its texts say of the offer
    starts_ms: int = 0
    ends_ms: int = FOREVER
    campaign_ids: Sequence[str] = ()  # that it says it is for
    language: str = ""  # "de"; empty: it speaks to everybody


class Pool:
    """Belongs to one thread; `view` makes what others read."""

    def __init__(self, house: CreativeFacts) -> None:
        self._columns = GrowingColumns()
        self._stated: list[Stated] = []
        self._dates = Grown(np.empty((0, 2), dtype=np.int64))  # (N, 2): starts_ms, ends_ms
        self._kept = Grown(np.empty(0, dtype=np.bool_))  # False: retired, or replaced by a later row
        self._live = Grown(np.empty(0, dtype=np.bool_))  # False: the product is not offered as the creative says
        self._product_row = Grown(np.empty(0, dtype=np.int32))
        self._multipliers = Grown(np.empty((0, 2), dtype=np.float64))  # (N, 2): means, variances
        self._languages = Grown(np.empty(0, dtype=np.int16))  # `number_of` each
        self._has_dates = False
        self._products = GrowingProducts()
        self._row_of: dict[str, int] = {}
        self._campaign_ids: dict[int, Sequence[str]] = {}  # by row, where there are any
        self._rows_for: dict[str, list[int]] = {}  # by campaign
        self.set_house(house)

    def __len__(self) -> int:
        return len(self._row_of)

    def add(self, entries: Sequence[Entry], posterior: Posterior, is_live: Callable[[Entry], bool]) -> None:
        """Adds creatives, or replaces them; each at most once in a call."""
        columns = creative_columns([entry.facts for entry in entries])
        for number, entry in enumerate(entries):
            self._name_campaigns(len(self._columns) + number, entry.campaign_ids)
        self._languages.append(np.array([number_of(entry.language) for entry in entries], dtype=np.int16))
        self._append(
            columns,
            [entry.stated for entry in entries],
            np.array([(entry.starts_ms, entry.ends_ms) for entry in entries], dtype=np.int64).reshape(-1, 2),
            np.array([is_live(entry) for entry in entries], dtype=np.bool_),
            np.column_stack(ctr_multipliers(posterior, columns.creative_ids)),
        )

    def set_house(self, house: CreativeFacts) -> None:
        """The house creative of the format, which is the guard; it has a row, but is not among what is eligible."""
        self._house = house
        self._house_row = len(self._columns)
        self.add([Entry(house)], PRIOR, lambda _: True)
        self.retire(house.creative_id)

    def retire(self, creative_id: str) -> bool:
        """The creative is not shown any more; False: it was not here."""
        row = self._row_of.pop(creative_id, None)
        if row is not None:
            self._kept.rows[row] = False
        return row is not None

    def refresh_live(self, product_id: str, offers: Offers, now_ms: int) -> bool:
        """Looks at what is offered of a product now; whether that changes what is shown."""
        changed = False
        for row in self._products.rows_of(product_id).tolist():
            live = not offers.why_ended(product_id, self._stated[row], now_ms)
            changed |= live != self._live.rows[row]
            self._live.rows[row] = live
        return changed

    def believe(self, posterior: Posterior, creative_ids: Sequence[str]) -> Iterator[None]:
        """Learns what a posterior says of these creatives, a few at each step; views made before keep what they had."""
        fresh = Grown(self._multipliers.rows)
        fresh.append(self._multipliers.first(self._multipliers.count))
        for first in range(0, len(creative_ids), _CHUNK):
            known = [name for name in creative_ids[first : first + _CHUNK] if name in self._row_of]
            rows = [self._row_of[name] for name in known]
            fresh.rows[rows] = np.column_stack(ctr_multipliers(posterior, known)) if rows else fresh.rows[rows]
            yield
        self._multipliers = fresh

    def creative_ids(self) -> list[str]:
        """All that are kept."""
        return list(self._row_of)

    def is_wasteful(self) -> bool:
        """Whether more rows are masked than used."""
        return len(self._columns) > 2 * len(self._row_of) + _WASTE

    def next_date_ms(self, now_ms: int) -> int:
        """The next moment at which a creative begins or ends by its dates; FOREVER where there is none."""
        if not self._has_dates:
            return FOREVER
        dates = self._dates.first(self._dates.count)
        return int(dates.min(initial=FOREVER, where=dates > now_ms))

    def view(self, now_ms: int, policy_version: int, catalogue_version: str) -> PoolView:
        """What may be shown now."""
        count, products = len(self._columns), self._products.view()
        eligible = self._kept.first(count) & self._live.first(count)
        if self._has_dates:
            dates = self._dates.first(count)
            eligible &= (dates[:, 0] <= now_ms) & (now_ms < dates[:, 1])
        rows = np.flatnonzero(eligible)
        product_row = self._product_row.first(count)
        return PoolView(
            self._columns,
            eligible,
            rows,
            product_row,
            self._languages.first(count),
            products,
            sold_products(product_row[rows], len(products.vectors)),
            self._multipliers.first(count)[:, 0],
            self._multipliers.first(count)[:, 1],
            self._row_of,
            self._rows_for,
            self._house_row,
            policy_version,
            catalogue_version,
        )

    def _name_campaigns(self, row: int, campaign_ids: Sequence[str]) -> None:
        if campaign_ids:
            self._campaign_ids[row] = campaign_ids
        for campaign_id in campaign_ids:
            self._rows_for.setdefault(campaign_id, []).append(row)

    def _append(
        self,
        columns: CreativeColumns,
        stated: Sequence[Stated],
        dates: NDArray[np.int64],
        live: NDArray[np.bool_],
        multipliers: NDArray[np.float64],
    ) -> None:
        first = len(self._columns)
        for number, creative_id in enumerate(columns.creative_ids):
            self.retire(creative_id)
            self._row_of[creative_id] = first + number
        self._product_row.append(self._products.add(columns, first))
        self._columns.append(columns)
        self._stated.extend(stated)
        self._dates.append(dates)
        self._has_dates |= bool((dates != (0, FOREVER)).any())
        self._live.append(live)
        self._multipliers.append(multipliers)
        self._kept.append(np.ones(len(live), dtype=np.bool_))


class Compaction:
    """Copies the rows of a pool that are kept to a new one, a few at a time; the pool may change meanwhile."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._fresh = Pool(pool._house)
        self._copied: list[NDArray[np.intp]] = []  # rows of the pool
        self._next = 0  # row

    def step(self) -> Pool | None:
        """Copies some rows; the new pool once all are copied, with what the old one says by then."""
        pool, fresh = self._pool, self._fresh
        rows = np.flatnonzero(pool._kept.first(pool._kept.count)[self._next : self._next + _CHUNK]) + self._next
        for number, row in enumerate(rows.tolist()):
            fresh._name_campaigns(len(fresh._columns) + number, pool._campaign_ids.get(row, ()))
        fresh._languages.append(pool._languages.rows[rows])
        fresh._append(
            pool._columns.take(rows),
            [pool._stated[row] for row in rows.tolist()],
            pool._dates.rows[rows],
            pool._live.rows[rows],
            pool._multipliers.rows[rows],
        )
        self._copied.append(rows)
        self._next += _CHUNK
        return self._finished() if self._next >= len(pool._columns) else None

    def _finished(self) -> Pool:
        """Masks and multipliers may have changed since their rows were copied."""
        pool, fresh, copied = self._pool, self._fresh, np.concatenate(self._copied)
        first = len(fresh._columns) - len(copied)  # the house creative's row comes before
        fresh._live.rows[first : fresh._live.count] = pool._live.rows[copied]
        fresh._multipliers.rows[first : fresh._multipliers.count] = pool._multipliers.rows[copied]
        for row in (np.flatnonzero(~pool._kept.rows[copied]) + first).tolist():
            creative_id = fresh._columns.creative_ids[row]
            if fresh._row_of.get(creative_id) == row:  # else a later row has replaced it
                fresh.retire(creative_id)
        if pool._house is not fresh._house:
            fresh.set_house(pool._house)
        return fresh

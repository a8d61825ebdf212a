"""The servable creatives as columns in memory: read by every request, refreshed in the background.

A request reads `SnapshotKeeper.current` once and uses only that object. A snapshot is immutable, so the cost of a
request does not depend on the disk, and a request sees either all of a change or none of it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.assets.house import nearest_house
from services.assets.library import Library
from services.catalogue.catalogue import Catalogue
from services.catalogue.product_features import ProductFacts, product_facts
from services.common.errors import Unavailable
from services.features.creative_columns import CreativeColumns, CreativeFacts, creative_columns

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Creatives of one format that may be served, with their columns; row i of both is the same creative."""

    creatives: tuple[Creative, ...]
    columns: CreativeColumns
    rows_of_product: Mapping[str, NDArray[np.intp]]

    def of_products(self, product_ids: Sequence[str]) -> Pool:
        """Only creatives of these products, in the pool's order; the pool itself where none is named."""
        if not product_ids:
            return self
        found = [self.rows_of_product[name] for name in set(product_ids) if name in self.rows_of_product]
        rows = np.sort(np.concatenate(found)) if found else np.empty(0, dtype=np.intp)
        return pool_of(tuple(self.creatives[row] for row in rows), self.columns.take(rows))


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All servable creatives as of one version of the library; immutable."""

    version: int
    catalogue: Catalogue
    pools: Mapping[str, Pool]  # by format
    houses: tuple[Creative, ...]
    by_id: Mapping[str, Creative]  # house creatives included

    def candidates(self, format_: str, product_ids: Sequence[str] = ()) -> Pool:
        """The servable creatives of the format, perhaps none; `Rejected` where a product is unknown."""
        for product_id in product_ids:
            self.catalogue.product(product_id)
        return self.pools.get(format_, _NO_POOL).of_products(product_ids)

    def house(self, format_: str) -> Creative:
        """The house creative of any format."""
        return nearest_house(format_, self.houses)


def pool_of(creatives: tuple[Creative, ...], columns: CreativeColumns) -> Pool:
    """A pool with its rows by product."""
    rows: dict[str, list[int]] = {}
    for row, creative in enumerate(creatives):
        rows.setdefault(creative.product_id, []).append(row)
    return Pool(creatives, columns, {name: np.array(at, dtype=np.intp) for name, at in rows.items()})


def columns_of(creatives: Sequence[Creative], catalogue: Catalogue) -> CreativeColumns:
    """The feature columns of some creatives, in the order given."""
    facts = facts_by_product(catalogue)
    texts = catalogue.terms.vectors([creative.headline for creative in creatives])
    return creative_columns(
        [
            CreativeFacts(
                creative_id=creative.creative_id,
                product_id=creative.product_id,
                product=facts.get(creative.product_id),
                text_embedding=text,
                ai_generated=creative.ai_generated,
                created_s=creative.created_at.timestamp(),
            )
            for creative, text in zip(creatives, texts, strict=True)
        ]
    )


def facts_by_product(catalogue: Catalogue) -> dict[str, ProductFacts]:
    """The facts of each product that features use; its `get` is a `ProductLookup` (`product_features.py`)."""
    return {
        product.product_id: product_facts(vector, product.category, product.price_minor)
        for product, vector in zip(catalogue.products, catalogue.product_vectors, strict=True)
    }


def take_snapshot(library: Library, catalogue: Catalogue) -> Snapshot:
    """A snapshot of what may be served now."""
    version = library.version()
    houses = library.houses()
    grouped: dict[str, list[Creative]] = {}
    for creative in library.all_eligible():
        grouped.setdefault(creative.format, []).append(creative)
    pools = {
        format_: pool_of(tuple(creatives), columns_of(creatives, catalogue)) for format_, creatives in grouped.items()
    }
    by_id = {creative.creative_id: creative for pool in pools.values() for creative in pool.creatives}
    by_id.update({house.creative_id: house for house in houses})
    return Snapshot(version, catalogue, pools, houses, by_id)


class SnapshotKeeper:
    """Holds the newest snapshot; a thread checks every `interval_s` whether the library has changed."""

    def __init__(self, library: Library, catalogue: Catalogue, interval_s: float = 0.5) -> None:
        self.current = take_snapshot(library, catalogue)
        self._catalogue = catalogue
        self._library = library
        self._interval_s = interval_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._refresh_until_stopped, name="assets-snapshot", daemon=True)

    def start(self) -> None:
        """Starts the thread that refreshes."""
        self._thread.start()

    def stop(self) -> None:
        """Stops the thread; the current snapshot stays."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def refresh(self) -> None:
        """Takes a new snapshot if the library has changed; may block on the disk."""
        if self._library.version() != self.current.version:
            self.current = take_snapshot(self._library, self._catalogue)

    def _refresh_until_stopped(self) -> None:
        while not self._stop.wait(self._interval_s):
            try:
                self.refresh()
            except Unavailable as error:
                _LOG.warning("The library cannot be read; the old snapshot stays in use: %s", error)


_NO_POOL = pool_of((), creative_columns(()))

"""Training traffic without a stack: shoppers browse, creatives are chosen uniformly, the truth decides on clicks.

Law 5: profiles come from `services.features.profile.apply` and rows from `services.features.vector.build`, the
functions that serve. A row's profile holds only the events before it; a click on an ad enters the profile like any
other click.

In this truth the age of a creative does not matter. In a log that ends today all ages would be nearly equal, and a
model would fit that coincidence. Each visit therefore sees creatives of a random age, from one minute to sixty days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.catalogue.catalogue import Catalogue
from services.common.clock import to_ms
from services.features.vector import CATEGORIES, DENSE_FEATURES, Vectors
from services.simulator.shoppers.offline_life import FORMAT, Impression, Life, Shop, visits_with_ads
from services.simulator.shoppers.rhythm import Span
from services.simulator.shoppers.truth import Truth


@dataclass(frozen=True, slots=True, eq=False)
class OfflineLog:
    """N impressions under uniform choice, in the order of time within a shopper, shopper by shopper."""

    dense: NDArray[np.float32]  # (N, F), order of vector.DENSE_FEATURES
    categories: NDArray[np.int64]  # (N, K), order of vector.CATEGORIES
    clicks: NDArray[np.int8]  # (N,)
    user: NDArray[np.int64]  # (N,), number of the shopper
    probability: NDArray[np.float64]  # (N,), the true click probability
    creative: NDArray[np.int64]  # (N,), index into the creatives of 300x250, in the order given
    shown_at_ms: NDArray[np.int64]  # (N,)
    propensity: float  # of each choice


def offline_log(  # noqa: PLR0913 - a recipe: every size of the log by name
    truth: Truth,
    catalogue: Catalogue,
    creatives: Sequence[Creative],
    *,
    impressions: int,
    shoppers: int,
    days: int,
    until: datetime,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> OfflineLog:
    """`impressions` rows of `shoppers` shoppers over the `days` days before `until`; same arguments, same rows."""
    shop = Shop.of(truth, catalogue, [creative for creative in creatives if creative.format == FORMAT])
    span = Span(until - timedelta(days=days), days)
    rows = _Rows(impressions, 1.0 / len(shop.columns))
    activity = np.cumsum([truth.shopper(number).activity for number in range(shoppers)])
    ends = np.rint(activity / activity[-1] * impressions).astype(int).tolist()
    for number, rows.end in enumerate(ends):
        rng = np.random.Generator(np.random.Philox(key=np.array([seed, number], dtype=np.uint64)))
        shopper = truth.shopper(number)
        life = Life(shop, shopper, rows, rng)
        for visit in visits_with_ads(shop, shopper, span, rows.left(), rng):
            life.play(visit)
        if progress is not None:
            progress(rows.count, impressions)
    return rows.log


class _Rows:
    """The arrays of a log, filled row by row up to `end`."""

    def __init__(self, size: int, propensity: float) -> None:
        self.count = 0
        self.end = 0
        self.log = OfflineLog(
            dense=np.empty((size, len(DENSE_FEATURES)), dtype=np.float32),
            categories=np.empty((size, len(CATEGORIES)), dtype=np.int64),
            clicks=np.empty(size, dtype=np.int8),
            user=np.empty(size, dtype=np.int64),
            probability=np.empty(size),
            creative=np.empty(size, dtype=np.int64),
            shown_at_ms=np.empty(size, dtype=np.int64),
            propensity=propensity,
        )

    def left(self) -> int:
        """How many more impressions this shopper is to have."""
        return self.end - self.count

    def add(self, vectors: Vectors, row: Impression) -> None:
        """Adds an impression."""
        at, log = self.count, self.log
        log.dense[at] = vectors.dense[0]
        log.categories[at] = vectors.categories[0]
        log.clicks[at] = row.clicked
        log.user[at] = row.user
        log.probability[at] = row.probability
        log.creative[at] = row.creative
        log.shown_at_ms[at] = to_ms(row.shown_at)
        self.count += 1

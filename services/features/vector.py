"""The model's input: one function over one declared order, for training and for serving (law 5).

`build` gives, for C creatives and one shopper at one moment, `dense` (C, F) float32 in the order of DENSE_FEATURES and
`categories` (C, K) int64 in the order of CATEGORIES. All sums are decayed to the same `now`. A change of the order, of
a formula or of a size needs a new FEATURE_VERSION and a new model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from services.catalogue.vocabulary import SLOTS
from services.features import profile as columns
from services.features.creative_columns import (
    ELEMENTS,
    ENCODED_FEATURES,
    NAMED,
    NAMES,
    STATIC_FEATURES,
    CreativeColumns,
    number_of,
)
from services.features.profile import HALF_LIFE_NAMES, Decayed, Kind, Profile, micros
from services.features.segments import SEGMENTS

FEATURE_VERSION = "features/4"
DEVICES = ("", "phone", "tablet", "desktop")

# Features of shopper and request, the same for all creatives.
USER_FEATURES = (
    *(f"{kind}_{life}" for life in HALF_LIFE_NAMES for kind in ("views", "clicks", "orders")),  # log(1 + sum)
    *(f"clicks_a_view_{life}" for life in HALF_LIFE_NAMES),  # smoothed
    *(f"orders_a_click_{life}" for life in HALF_LIFE_NAMES),  # smoothed
    *(f"recency_of_{kind}" for kind in ("view", "click", "order")),  # 1 / (1 + hours), 0 for never
    "known",  # 1 once anything was seen of this shopper
    "log_days_known",
    *(f"interest_strength_{life}" for life in HALF_LIFE_NAMES),  # log(1 + length of the interest vector)
    *("hour_sin", "hour_cos", "weekday_sin", "weekday_cos"),  # as the shopper's clocks show them
    *("device_unknown", "device_phone", "device_tablet", "device_desktop"),
    "searching",  # 1 where a query was typed
)
# How well this shopper and the creative's product match.
MATCH_FEATURES = (
    *(f"interest_match_{life}" for life in HALF_LIFE_NAMES),  # cosine of interest and product
    *(f"category_share_{life}" for life in HALF_LIFE_NAMES),  # of the shopper's weight that is in its category
    "price_rank_above_usual",  # minus that of the shopper's products; 0 where either is unknown, as the next three are
    "price_rank_unlike_usual",  # its absolute value
    "price_level_above_usual",
    "price_level_unlike_usual",
    "log_age_hours",  # of the creative
)
DENSE_FEATURES: tuple[str, ...] = USER_FEATURES + MATCH_FEATURES + STATIC_FEATURES
TEXT_ENCODED: Final = DENSE_FEATURES.index(ENCODED_FEATURES[0])
"""Where ENCODED_FEATURES begin: the flag."""

BEGINNINGS: Final[Mapping[str, int]] = {"features/3": TEXT_ENCODED}
"""Earlier versions whose numbers are the first so many of today's, with the same categories: the others are then 0."""


@dataclass(frozen=True, slots=True)
class Category:
    """A feature that names one of `size` things, 0 <= value < size."""

    name: str
    size: int
    table: str = ""  # those of one table share the rows of a model's embeddings, which are summed; empty: its own


CATEGORIES: tuple[Category, ...] = (
    Category("creative", NAMES),
    Category("product", NAMES),
    Category("product_category", SLOTS),
    *(Category(name, NAMES, "elements") for name in ELEMENTS),
    Category("segment", len(SEGMENTS)),
    Category("device", len(DEVICES)),
    Category("placement", NAMES),
    Category("format", NAMES),
)
TABLES: tuple[tuple[int, ...], ...] = tuple(
    tuple(k for k, category in enumerate(CATEGORIES) if (category.table or category.name) == table)
    for table in dict.fromkeys(category.table or category.name for category in CATEGORIES)
)
"""The columns of categories by the table that they share."""


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """The facts that a request declares; it has no identity in it."""

    locale: str
    device: str  # one of DEVICES; anything else is read as unknown
    page: str
    query: str
    time: datetime  # with the shopper's UTC offset, for the hour and the weekday
    segment: str  # one of SEGMENTS
    placement_id: str
    format: str  # "300x250"


@dataclass(frozen=True, slots=True)
class Vectors:
    """The model's input for C creatives."""

    dense: npt.NDArray[np.float32]  # (C, F), order of DENSE_FEATURES
    categories: npt.NDArray[np.int64]  # (C, K), order of CATEGORIES


def build(profile: Profile, facts: RequestFacts, creatives: CreativeColumns, now: datetime) -> Vectors:
    """The input of the model for each creative, C >= 0 rows, all as of `now`."""
    sums = profile.decayed_to(now)
    count, matches = len(creatives.creative_ids), len(USER_FEATURES)
    dense = np.empty((count, len(DENSE_FEATURES)), dtype=np.float32)
    dense[:, :matches] = _user(profile, sums, facts, now)
    dense[:, matches : matches + len(MATCH_FEATURES)] = _match(sums, creatives, now)
    dense[:, matches + len(MATCH_FEATURES) :] = creatives.static
    categories = np.empty((count, len(CATEGORIES)), dtype=np.int64)
    categories[:, :NAMED] = creatives.categories
    categories[:, NAMED:] = (
        SEGMENTS.index(facts.segment),
        _device(facts.device),
        number_of(facts.placement_id),
        number_of(facts.format),
    )
    return Vectors(dense, categories)


def _user(profile: Profile, sums: Decayed, facts: RequestFacts, now: datetime) -> list[float]:
    """Values of USER_FEATURES."""
    now_us = micros(now)
    values: list[float] = np.log1p(sums[:, : len(Kind)]).ravel().tolist()
    views, clicks, orders = sums[:, : len(Kind)].T.tolist()
    values += [(c + 0.5) / (v + 5.0) for v, c in zip(views, clicks, strict=True)]
    values += [(o + 0.1) / (c + 1.0) for c, o in zip(clicks, orders, strict=True)]
    values += [_recency(profile.integer(f"last_{kind}_us"), now_us) for kind in ("view", "click", "order")]
    first_us = profile.integer("first_event_us")
    values += [float(first_us > 0), math.log1p(max(now_us - first_us, 0) / 86_400e6) if first_us else 0.0]
    interest = sums[:, columns.INTEREST :]
    values += np.log1p(np.sqrt(np.einsum("hd,hd->h", interest, interest))).tolist()
    values += _rhythm(facts.time)
    device = _device(facts.device)
    values += [float(index == device) for index in range(len(DEVICES))]
    values.append(float(facts.query != ""))
    return values


def _match(sums: Decayed, creatives: CreativeColumns, now: datetime) -> npt.NDArray[np.float64]:
    """Values of MATCH_FEATURES, (C, 11)."""
    lives = len(HALF_LIFE_NAMES)
    match = np.empty((len(creatives.creative_ids), len(MATCH_FEATURES)))
    interest = sums[:, columns.INTEREST :]  # (half-lives, D)
    length = np.sqrt(np.einsum("hd,hd->h", interest, interest))[:, None]
    match[:, :lives] = creatives.product_vectors @ np.divide(interest, length + 1e-9).T
    shares = sums[:, columns.CATEGORY : columns.INTEREST] / (sums[:, columns.WEIGHT, None] + 1.0)
    match[:, lives : 2 * lives] = shares.T[creatives.categories[:, 2]] * creatives.has_product[:, None]
    match[:, 2 * lives : 2 * lives + 4] = _prices(sums[-1], creatives)
    hours = np.maximum(now.timestamp() - creatives.created_s, 0.0) / 3600.0
    match[:, 2 * lives + 4] = np.log1p(hours)
    return match


def _prices(sums: Decayed, creatives: CreativeColumns) -> npt.NDArray[np.float64]:
    """How the products' prices lie to those of the products that the shopper looked at, (C, 4)."""
    weight = sums[columns.PRICE_WEIGHT]
    if weight <= 1e-6:
        return np.zeros((len(creatives.creative_ids), 4))
    usual = sums[[columns.PRICE_RANK, columns.PRICE_LEVEL]] / weight
    above = (creatives.prices[:, :2] - usual) * creatives.prices[:, 2:]  # (C, 2)
    return np.stack([above[:, 0], np.abs(above[:, 0]), above[:, 1], np.abs(above[:, 1])], axis=1)


def _recency(last_us: int, now_us: int) -> float:
    return 1.0 / (1.0 + max(now_us - last_us, 0) / 3600e6) if last_us else 0.0


def _rhythm(local: datetime) -> list[float]:
    """Of the clock as it stands in `local`, whatever its offset."""
    hour = 2 * math.pi * (local.hour + local.minute / 60) / 24
    day = 2 * math.pi * local.weekday() / 7
    return [math.sin(hour), math.cos(hour), math.sin(day), math.cos(day)]


def _device(device: str) -> int:
    return DEVICES.index(device) if device in DEVICES else 0

"""The profile of one shopper: integer counts, and decayed sums.

A decayed sum at half-life h over events i with weights w_i at times t_i, as of time T, is

    S_h(T) = sum_i w_i * 2 ** -((T - t_i) / h)

It is stored as of the time of the newest event. Decaying it from T to T' multiplies it by 2 ** -((T' - T) / h). Events
can therefore be added in any order: the profile depends on the set of events only (up to rounding, 1e-9).

Events of declared bots are counted in the totals and do not change the decayed sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from services.catalogue.facts import ProductFacts, ProductLookup
from services.catalogue.terms import DIMENSIONS
from services.catalogue.vocabulary import SLOTS
from services.features.money import Money, added, packed, unpacked

HALF_LIVES_S = (600.0, 86_400.0, 1_209_600.0)  # 10 min, 24 h, 14 d
HALF_LIFE_NAMES = ("10m", "24h", "14d")
INTEREST_WEIGHTS = (1.0, 3.0, 5.0)  # of a view, a click, an order


class Kind(IntEnum):
    """What a shopper did."""

    VIEW = 0
    CLICK = 1
    ORDER = 2


# The integers of a profile, in their stored order. Times are microseconds since 1970, 0 where there was none yet.
INTEGERS = (
    "views_total",
    "clicks_total",
    "orders_total",
    "ad_clicks_total",  # clicks that carried an impression token
    "pieces_total",  # pieces bought
    "value_minor_unknown",  # of orders, from releases without currencies; since then in `Profile.money`
    "bot_events_total",  # events of declared bots; they are in the totals above too
    "first_event_us",
    "last_event_us",
    "last_view_us",  # this and the next two exclude declared bots
    "last_click_us",
    "last_order_us",
    "decayed_us",  # the time as of which the decayed sums are stored
    "last_bot_us",  # newest event of a declared bot
    "last_burst_us",  # start of the newest minute with too many events
)
_FIRST, _LAST, _LAST_OF_KIND = INTEGERS.index("first_event_us"), INTEGERS.index("last_event_us"), 9
_AD_CLICKS, _PIECES, _UNKNOWN_MONEY, _BOTS = 3, 4, 5, 6
_DECAYED, _LAST_BOT, _LAST_BURST = 12, 13, 14

UNKNOWN = "unknown"  # where a currency is named: the sum of orders whose currencies were not kept

# Columns of the decayed sums, the same at each half-life.
DECAYED = (
    *("views", "clicks", "orders"),
    "weight",  # of events whose product the catalogue knows
    *("price_weight", "weighted_price_rank", "weighted_price_level"),  # of those whose price can be ranked
    *(f"category_{slot}" for slot in range(SLOTS)),
    *(f"interest_{index}" for index in range(DIMENSIONS)),
)
WEIGHT, PRICE_WEIGHT, PRICE_RANK, PRICE_LEVEL, CATEGORY, INTEREST = 3, 4, 5, 6, 7, 7 + SLOTS

Integers = npt.NDArray[np.int64]
Decayed = npt.NDArray[np.float64]  # (half-lives, columns)


@dataclass(frozen=True, slots=True)
class Interaction:
    """A shopper did something with a product."""

    kind: Kind
    product_id: str
    time_us: int  # microseconds since 1970, by the event's own time
    from_ad: bool = False
    pieces: int = 0
    value_minor: int = 0
    currency: str = ""  # of `value_minor`; empty where the order names none
    by_bot: bool = False  # the user agent says so


def _nothing() -> Decayed:
    return np.zeros((len(HALF_LIVES_S), len(DECAYED)))


@dataclass(frozen=True, slots=True)
class Profile:
    """All that is known about a shopper; immutable."""

    integers: tuple[int, ...] = (0,) * len(INTEGERS)
    decayed: Decayed = field(default_factory=_nothing)
    money: Money = ()  # spent in orders, by currency

    def integer(self, name: str) -> int:
        """One of INTEGERS by its name."""
        return self.integers[INTEGERS.index(name)]

    def decayed_to(self, now: datetime) -> Decayed:
        """The decayed sums as of `now`, (half-lives, columns); an event after `now` counts in full."""
        elapsed_s = (micros(now) - self.integers[_DECAYED]) / 1e6
        if elapsed_s <= 0 or not self.integers[_DECAYED]:
            return self.decayed
        return self.decayed * _factors(elapsed_s)


def apply(profile: Profile, event: Interaction, lookup: ProductLookup) -> Profile:
    """The profile with one more event; the caller must make sure that it does not contain the event yet."""
    return apply_all(profile, (event,), lookup)


def apply_all(profile: Profile, events: Sequence[Interaction], lookup: ProductLookup) -> Profile:
    """The profile with all these events; equal to repeated `apply` up to rounding."""
    integers, money = list(profile.integers), profile.money
    for event in events:
        _count(integers, event)
        money = added(money, event.currency, event.value_minor)
    fading = [event for event in events if not event.by_bot]
    if not fading:
        return Profile(tuple(integers), profile.decayed, money)
    stands_us = integers[_DECAYED]
    newest_us = integers[_DECAYED] = max(stands_us, *(event.time_us for event in fading))
    decayed = profile.decayed
    if stands_us and newest_us > stands_us:
        decayed = decayed * _factors((newest_us - stands_us) / 1e6)
    return Profile(tuple(integers), decayed + _added(fading, newest_us, lookup), money)


def with_burst(profile: Profile, minute_us: int) -> Profile:
    """The profile, marked as having had too many events in the minute that began at `minute_us`."""
    if minute_us <= profile.integers[_LAST_BURST]:
        return profile
    integers = list(profile.integers)
    integers[_LAST_BURST] = minute_us
    return Profile(tuple(integers), profile.decayed, profile.money)


def totals(profile: Profile) -> dict[str, Any]:
    """The integers by name, with "value_minor_by_currency"; "unknown" in it sums orders without a stored currency."""
    named = dict(zip(INTEGERS, profile.integers, strict=True))
    unknown = named.pop(INTEGERS[_UNKNOWN_MONEY])
    return {**named, "value_minor_by_currency": dict(profile.money) | ({UNKNOWN: unknown} if unknown else {})}


def stored_integers(profile: Profile) -> tuple[int, ...]:
    """All integers of the profile, which do not decay, in the form that `from_stored` reads."""
    return (*profile.integers, *packed(profile.money))


def from_stored(integers: Sequence[int], decayed: Decayed) -> Profile:
    """Rebuilds a stored profile, also one without `money`; raises ValueError for wrong lengths."""
    count, lives = len(INTEGERS), len(HALF_LIVES_S)
    if len(integers) < count or decayed.size != lives * len(DECAYED):
        raise ValueError(f"no profile has {len(integers)} integers and {decayed.size} sums")
    return Profile(tuple(integers[:count]), decayed.reshape(lives, -1), unpacked(integers[count:]))


def micros(moment: datetime) -> int:
    """Microseconds since 1970.

    >>> micros(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC))
    1000005
    """
    since = moment - _EPOCH  # a division by a timedelta would take twice as long
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _count(integers: list[int], event: Interaction) -> None:
    kind, time_us = event.kind, event.time_us
    integers[kind] += 1
    integers[_AD_CLICKS] += event.from_ad and kind == Kind.CLICK
    integers[_PIECES] += event.pieces
    if not integers[_FIRST] or time_us < integers[_FIRST]:
        integers[_FIRST] = time_us
    newest = _LAST_BOT if event.by_bot else _LAST_OF_KIND + kind
    integers[_BOTS] += event.by_bot
    integers[_LAST] = max(integers[_LAST], time_us)
    integers[newest] = max(integers[newest], time_us)


def _added(events: Sequence[Interaction], as_of_us: int, lookup: ProductLookup) -> Decayed:
    """What the events add to the sums as of `as_of_us`, not before them: (half-lives, columns) or (columns,)."""
    rows = [_contribution(event.kind, lookup(event.product_id)) for event in events]
    elapsed_s = [(as_of_us - event.time_us) / 1e6 for event in events]
    if len(events) > 1:
        return np.exp2(_RATES * elapsed_s) @ np.stack(rows)  # (half-lives, events) @ (events, columns)
    return rows[0] * _factors(elapsed_s[0]) if elapsed_s[0] else rows[0]


@lru_cache(maxsize=16_384)
def _contribution(kind: Kind, product: ProductFacts | None) -> Decayed:
    """What an event adds to the sums at its own time, (columns,); a cached, read-only array."""
    row = np.zeros(len(DECAYED))
    row[kind] = 1.0
    if product is not None:
        weight = INTEREST_WEIGHTS[kind]
        row[WEIGHT] = weight
        row[PRICE_WEIGHT] = weight * product.price_known
        row[PRICE_RANK] = weight * product.price_rank
        row[PRICE_LEVEL] = weight * product.price_level
        row[CATEGORY + product.category] = weight
        row[INTEREST:] = product.vector * weight
    row.setflags(write=False)
    return row


def _factors(elapsed_s: float) -> Decayed:
    """2 ** -(elapsed / h) for each half-life, (half-lives, 1)."""
    return np.exp2(_RATES * elapsed_s)


_RATES = -1.0 / np.array(HALF_LIVES_S)[:, None]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

"""The rules of the seven personas: how likely each clicks an ad that was noticed.

Each rule tests price, then wish, then headline and hour, and returns a click probability for each of C offers. The
numbers are chosen so that the overall mean is a few per cent and shoppers differ much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.copywriter.headlines import HEADLINE_STYLES
from services.simulator.shoppers.wishes import NO_MISSION, Wishes

Floats = NDArray[np.float64]
BENEFIT, URGENCY, SOCIAL, PLAIN = range(len(HEADLINE_STYLES))
NOT_WISHED, SECONDARY, PRIMARY = range(3)


@dataclass(frozen=True, slots=True)
class Seen:
    """C offers as one shopper sees them at one moment."""

    tiers: NDArray[np.int64]  # (C,), NOT_WISHED, SECONDARY or PRIMARY
    price_minor: Floats  # (C,)
    style: NDArray[np.int64]  # (C,), index into HEADLINE_STYLES
    popular: NDArray[np.bool_]  # (C,), whether many others buy the product
    times_seen: NDArray[np.int64]  # (C,), how often the creative was shown within a day
    hour: int  # 0 to 23, UTC
    weekend: bool
    price_limit_minor: float


def tiers_of(wishes: Wishes, mission: int, category: NDArray[np.int64]) -> NDArray[np.int64]:
    """The tier of each offer's class, (C,); on a mission only the mission's class is PRIMARY."""
    tiers = np.zeros(len(category), dtype=np.int64)
    for wish in wishes.secondary:
        tiers[category == wish] = SECONDARY
    tiers[category == wishes.primary] = PRIMARY
    if mission != NO_MISSION:
        tiers = np.where(category == mission, PRIMARY, np.minimum(tiers, SECONDARY))
    return tiers


def _bargain(seen: Seen) -> Floats:
    rate = _by_tier(seen, 0.02, 0.14, 0.30)
    hunting = seen.weekend or 18 <= seen.hour < 23
    rate = np.where(seen.style == URGENCY, rate * (2.0 if hunting else 0.5), rate)
    return np.where(seen.price_minor > seen.price_limit_minor, 0.003, rate)


def _devotee(seen: Seen) -> Floats:
    return _by_tier(seen, 0.006, 0.006, 0.45)


def _follower(seen: Seen) -> Floats:
    rate = _by_tier(seen, 0.02, 0.09, 0.19)
    rate = np.where(seen.popular, np.maximum(rate, 0.05), rate * 0.6)
    return np.where(seen.style == SOCIAL, rate * np.where(seen.popular, 2.2, 0.4), rate)


def _careful(seen: Seen) -> Floats:
    rate = _by_tier(seen, 0.01, 0.12, 0.30)
    rate = np.where(seen.style == BENEFIT, rate * 1.7, rate)
    rate = np.where((seen.style == URGENCY) & (seen.hour < 18), rate * 0.3, rate)
    keen: Floats = np.select([seen.times_seen == 0, seen.times_seen <= 2], [0.7, 1.8], 0.5)
    return rate * keen


def _owl(seen: Seen) -> Floats:
    if seen.hour >= 21 or seen.hour < 4:
        affordable = seen.price_minor <= seen.price_limit_minor
        return np.where(affordable, np.where(seen.style == PLAIN, 0.06, 0.14), 0.03)
    return _by_tier(seen, 0.01, 0.05, 0.11)


def _luxury(seen: Seen) -> Floats:
    rate = _by_tier(seen, 0.03, 0.16, 0.34)
    rate = np.select([seen.style == URGENCY, seen.style == PLAIN], [rate * 0.15, rate * 1.5], rate)
    return np.where(seen.price_minor < seen.price_limit_minor, 0.004, rate)


def _indifferent(seen: Seen) -> Floats:
    return np.full(len(seen.tiers), 0.004)


def _by_tier(seen: Seen, not_wished: float, secondary: float, primary: float) -> Floats:
    rates: Floats = np.array([not_wished, secondary, primary])[seen.tiers]
    return rates


RULES: Final[Mapping[str, Callable[[Seen], Floats]]] = {
    "bargain": _bargain,
    "devotee": _devotee,
    "follower": _follower,
    "careful": _careful,
    "owl": _owl,
    "luxury": _luxury,
    "indifferent": _indifferent,
}

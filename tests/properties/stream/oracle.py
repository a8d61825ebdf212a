"""What profiles must be, computed plainly from the whole set of events. Imports nothing of ours."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

HALF_LIVES_S = {"10m": 600.0, "24h": 86_400.0, "14d": 14 * 86_400.0}
WEIGHTS = {"view": 1.0, "click": 3.0, "order": 5.0}


@dataclass(frozen=True)
class Event:
    """One event of the shop, as a test makes it up."""

    event_id: str
    kind: str  # view, click, order
    user: str
    product_id: str
    time_us: int
    bot: bool = False
    from_ad: bool = False
    pieces: int = 0
    value_minor: int = 0


@dataclass
class Expected:
    """What one shopper's profile must say."""

    totals: dict[str, int] = field(default_factory=dict)
    sums: dict[str, dict[str, float]] = field(default_factory=dict)  # half-life, name: value
    interest: dict[str, list[float]] = field(default_factory=dict)
    as_of_us: int = 0


def expected(events: list[Event], products: dict[str, tuple[list[float], str, int]], burst: int) -> Expected:
    """The profile of one shopper after all of `events` (each identity once); products: vector, category, price."""
    real = [e for e in events if not e.bot]
    found = Expected(as_of_us=max((e.time_us for e in real), default=0))
    found.totals = {f"{kind}s_total": sum(e.kind == kind for e in events) for kind in WEIGHTS}
    found.totals |= {
        "ad_clicks_total": sum(e.kind == "click" and e.from_ad for e in events),
        "pieces_total": sum(e.pieces for e in events),
        "value_minor_total": sum(e.value_minor for e in events),
        "bot_events_total": sum(e.bot for e in events),
        "first_event_us": min((e.time_us for e in events), default=0),
        "last_event_us": max((e.time_us for e in events), default=0),
        "last_bot_us": max((e.time_us for e in events if e.bot), default=0),
        "last_burst_us": _last_burst(events, burst),
        "decayed_us": found.as_of_us,
        **{f"last_{k}_us": max((e.time_us for e in real if e.kind == k), default=0) for k in WEIGHTS},
    }
    for life, half_life_s in HALF_LIVES_S.items():
        found.sums[life], found.interest[life] = _faded(real, products, found.as_of_us, half_life_s)
    return found


def _faded(
    events: list[Event], products: dict[str, tuple[list[float], str, int]], as_of_us: int, half_life_s: float
) -> tuple[dict[str, float], list[float]]:
    terms: dict[str, list[float]] = {}
    interest: list[list[float]] = [[] for _ in range(16)]
    for e in events:
        fade = 2.0 ** -((as_of_us - e.time_us) / 1e6 / half_life_s)
        terms.setdefault(f"{e.kind}s", []).append(fade)
        if e.product_id in products:
            vector, category, price = products[e.product_id]
            weight = WEIGHTS[e.kind] * fade
            terms.setdefault("weight", []).append(weight)
            terms.setdefault("weighted_log_price", []).append(weight * math.log(1 + price))
            terms.setdefault(f"category_{category}", []).append(weight)
            for position, value in enumerate(vector):
                interest[position].append(weight * value)
    return {name: math.fsum(values) for name, values in terms.items()}, [math.fsum(values) for values in interest]


def _last_burst(events: list[Event], burst: int) -> int:
    minutes: dict[tuple[str, int], int] = {}
    for e in events:
        place = (e.kind, e.time_us // 60_000_000)
        minutes[place] = minutes.get(place, 0) + 1
    return max((minute * 60_000_000 for (_, minute), count in minutes.items() if count > burst), default=0)

"""How much of a budget may be spent by a moment; pure.

An even budget follows the time in which the campaign runs: from begin to end, counting only its hours if it has some.
The share that has passed, times the budget, rounded up, is what all replicas together may have spent; what nobody asked
for in quiet hours may be caught up later, and nothing is ever spent ahead. A pause does not stop the time.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from services.assets.campaigns.rules import Spent
from services.assets.campaigns.terms import Terms
from services.common.clock import from_ms

Numbers = NDArray[np.int64]

_QUARTER_MS: Final = 900_000
"""Hours begin at multiples of it in every zone of today."""

_MOST_QUARTERS: Final = 400_000
"""Of eleven years; beyond them hours of the day make no difference that anybody could see."""


def allowed(budget: int | None, terms: Terms, now_ms: int) -> int | None:
    """How much of the budget may be spent by now; None: there is no budget."""
    if budget is None or not terms.spends_evenly:
        return budget
    return min(budget, math.ceil(budget * share_passed(terms, now_ms)))


def allowance(terms: Terms, now_ms: int, impressions: int = 0, clicks: int = 0) -> Spent:
    """What was spent beside what may be spent by now."""
    return Spent(
        impressions,
        clicks,
        allowed(terms.impression_budget, terms, now_ms),
        allowed(terms.click_budget, terms, now_ms),
    )


def share_passed(terms: Terms, now_ms: int) -> float:
    """The share of the campaign's time that has passed, in [0, 1]; the campaign must have an end."""
    assert terms.ends_ms is not None
    begin, end = terms.begins_ms, terms.ends_ms
    if now_ms >= end:
        return 1.0
    if now_ms <= begin:
        return 0.0
    if not terms.hours or (end - begin) // _QUARTER_MS > _MOST_QUARTERS:
        return (now_ms - begin) / (end - begin)
    edges, passed = _running_ms(terms.zone.key, terms.hours, begin, end)
    until = np.interp([begin, now_ms, end], edges, passed)
    return float((until[1] - until[0]) / (until[2] - until[0])) if until[2] > until[0] else 1.0


@lru_cache(maxsize=256)
def _running_ms(zone: str, hours: frozenset[int], begin: int, end: int) -> tuple[Numbers, Numbers]:
    """Moments from `begin` to `end`, and the milliseconds in those hours that have passed until each."""
    where = ZoneInfo(zone)
    edges = np.arange(begin - begin % _QUARTER_MS, end + _QUARTER_MS, _QUARTER_MS)
    runs = [from_ms(int(edge)).astimezone(where).hour in hours for edge in edges[:-1]]
    return edges, np.concatenate([[0], np.cumsum(runs) * _QUARTER_MS])

"""Decides which impressions of a shopper are a declared bot's; the rule is the same for clicked and ignored ones.

If only the clicked impressions of a bot were left out, its ignored ones would make every click rate too low. So an
impression is invalid where a declared bot's click or order was appended in the day before it was shown (counted in
whole hours) or in its window. A bot that only views is not detected here, because views are not read. Its profile is
marked instead, and the impression's record has that mark (`inputs.py`). Only impressions shown to it before its first
view was processed count as ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HOUR_MS: Final = 60 * 60 * 1000
HOURS: Final = 24


def seen(bot_ms: Mapping[int, int], at_ms: int) -> dict[int, int]:
    """`bot_ms` (the first bot event of each hour) with one more bot event.

    >>> seen({0: 50}, 40), seen({0: 50}, 60)
    ({0: 40}, {0: 50})
    """
    hour = at_ms // HOUR_MS
    return {**bot_ms, hour: min(at_ms, bot_ms.get(hour, at_ms))}


def is_bots(bot_ms: Mapping[int, int], shown_ms: int, end_ms: int) -> bool:
    """Whether an impression shown at `shown_ms`, with a window that ends at `end_ms`, is a declared bot's."""
    earliest = shown_ms // HOUR_MS - HOURS
    return any(hour >= earliest and first <= end_ms for hour, first in bot_ms.items())


def needed_until_ms(hour: int) -> int:
    """The latest `shown_ms` of an impression for which a bot event of `hour` still matters."""
    return (hour + HOURS + 1) * HOUR_MS - 1


def still_needed(bot_ms: Mapping[int, int], oldest_ms: int) -> dict[int, int]:
    """The entries that still matter for impressions shown at `oldest_ms` or later."""
    return {hour: first for hour, first in bot_ms.items() if needed_until_ms(hour) >= oldest_ms}

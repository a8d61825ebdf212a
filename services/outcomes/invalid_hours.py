"""Decides which impressions are invalid traffic: those near a declared bot's event, or near one beyond a burst's limit.

If only the clicked impressions of a bot were left out, its ignored ones would make every click rate too low. So the
rule is the same for clicked and ignored ones: an impression is invalid where such a click or order was appended in the
day before it was served (counted in whole hours) or in its window. A bot that only views is not detected here, because
views are not read. Its profile is marked instead, and the impression's record has that mark (`inputs.py`). Only
impressions served to it before its first view was processed count as ignored.

Bots' events and bursts are kept apart, each in a mapping from the hour to the time of the first such event in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HOUR_MS: Final = 60 * 60 * 1000
HOURS: Final = 24


def with_event(first_ms: Mapping[int, int], at_ms: int) -> dict[int, int]:
    """`first_ms` (by hour, the first event) with one more event.

    >>> with_event({0: 50}, 40), with_event({0: 50}, 60)
    ({0: 40}, {0: 50})
    """
    hour = at_ms // HOUR_MS
    return {**first_ms, hour: min(at_ms, first_ms.get(hour, at_ms))}


def is_invalid(first_ms: Mapping[int, int], shown_ms: int, end_ms: int) -> bool:
    """Whether an impression served at `shown_ms`, with a window that ends at `end_ms`, is invalid by these events."""
    earliest = shown_ms // HOUR_MS - HOURS
    return any(hour >= earliest and first <= end_ms for hour, first in first_ms.items())


def needed_until_ms(hour: int) -> int:
    """The latest time of serving of an impression for which an event of `hour` still matters."""
    return (hour + HOURS + 1) * HOUR_MS - 1


def still_needed(first_ms: Mapping[int, int], oldest_ms: int) -> dict[int, int]:
    """The entries that still matter for impressions served at `oldest_ms` or later."""
    return {hour: first for hour, first in first_ms.items() if needed_until_ms(hour) >= oldest_ms}

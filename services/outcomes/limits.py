"""How much is remembered of one shopper, so that a state stays well below the largest message that Kafka takes.

No person reaches these numbers; load generators and floods do. What is beyond them is refused by name (`too_many`), or
forgotten before its day is over: then a later click or order that names it ends as `unmatched`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.outcomes.state import Shown, Use

MAX_OPEN: Final = 10_000
"""Impressions of one shopper whose windows are open at the same time; about 640 KiB, compressed."""

MAX_CLOSED: Final = 5_000
"""Closed impressions that are remembered, the newest."""

MAX_ORDERS: Final = 2_000
"""Orders that are remembered."""

TOO_MANY: Final = "too_many"


def is_full(shown: Mapping[str, Shown]) -> bool:
    """Whether one more open impression would be too many."""
    return len(shown) >= MAX_OPEN and sum(not s.closed for s in shown.values()) >= MAX_OPEN


def has_no_room(orders: Mapping[str, tuple[Use, ...]]) -> bool:
    """Whether one more order would be too many."""
    return sum(map(len, orders.values())) >= MAX_ORDERS


def newest(shown: Mapping[str, Shown]) -> dict[str, Shown]:
    """All open impressions, and the newest of the closed ones."""
    closed = [key for key, s in shown.items() if s.closed]
    if len(closed) <= MAX_CLOSED:
        return dict(shown)
    closed.sort(key=lambda key: shown[key].shown_ms)
    gone = set(closed[: len(closed) - MAX_CLOSED])
    return {key: s for key, s in shown.items() if key not in gone}

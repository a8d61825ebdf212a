"""Which impressions are a script's that does not say so: more clicks, or orders, in a minute than any person makes.

The rule is the one that marks profiles (`services/features/invalid_traffic.py`): a minute is one of the events' own
time, kinds are counted apart, and every event counts, whatever its token is worth; copies of one that counted do not.
What goes beyond the limit then counts as an event of a declared bot does (`bots.py`), at its LogAppendTime: so the mark
depends on what each topic holds, not on how they interleave, and is known when the window closes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from services.outcomes.bots import HOUR_MS, needed_until_ms

MINUTE_MS: Final = 60_000

Minutes = Mapping[str, Mapping[int, int]]
"""How many events a minute had, by topic and minute."""


def counted(minutes: Minutes, topic: str, minute: int) -> dict[str, Mapping[int, int]]:
    """`minutes` with one more event.

    >>> counted({"a": {7: 1}}, "a", 7), counted({"a": {7: 1}}, "b", 7)
    ({'a': {7: 2}}, {'a': {7: 1}, 'b': {7: 1}})
    """
    known = minutes.get(topic, {})
    return {**minutes, topic: {**known, minute: known.get(minute, 0) + 1}}


def still_needed(minutes: Minutes, watermark_ms: int) -> dict[str, Mapping[int, int]]:
    """The minutes of which an event may still be read: events older than a day are refused as `too_old`."""
    kept = {
        topic: {minute: count for minute, count in known.items() if _until_ms(minute) > watermark_ms}
        for topic, known in minutes.items()
    }
    return {topic: known for topic, known in kept.items() if known}


def forgotten_at_ms(minutes: Minutes) -> Iterator[int]:
    """The watermarks at which minutes can be forgotten; those of one hour together."""
    return (_until_ms(minute) for known in minutes.values() for minute in known)


def _until_ms(minute: int) -> int:
    return needed_until_ms(minute * MINUTE_MS // HOUR_MS)

"""Which impressions are a script's that does not say so: more clicks, or orders, in a minute than any person makes.

The rule is the one that marks profiles (`services/features/invalid_traffic.py`): a minute is one of the events' own
time, kinds are counted apart, and every event counts once, whatever its token is worth and however often it is sent.
What goes beyond the limit then counts as an event of a declared bot does (`bots.py`), at its LogAppendTime: so the mark
depends on what each topic holds, not on how they interleave, and is known when the window closes. A minute that had too
many needs no ids any more: from then on each of its messages counts, copies too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from services.outcomes.bots import HOUR_MS, needed_until_ms

MINUTE_MS: Final = 60_000

TOO_MANY: Final = b"+"
"""Stands in place of the ids of a minute that had more than it may."""

_ID_BYTES: Final = 8

Minutes = Mapping[str, Mapping[int, bytes]]
"""Which events a minute had, by topic and minute: 8 bytes of each one's identity."""


def counted(minutes: Minutes, topic: str, minute: int, event: bytes, burst: int) -> dict[str, Mapping[int, bytes]]:
    """`minutes` with one more event, or as it is with one that was there already.

    >>> one = counted({}, "a", 7, b"event 01", burst=2)
    >>> counted(one, "a", 7, b"event 01", burst=2) == one, counted(one, "a", 7, b"event 02", burst=1)
    (True, {'a': {7: b'+'}})
    """
    known = minutes.get(topic, {})
    had, mark = known.get(minute, b""), event[:_ID_BYTES]
    if had == TOO_MANY or any(had[at : at + _ID_BYTES] == mark for at in range(0, len(had), _ID_BYTES)):
        return dict(minutes)
    more = had + mark if len(had) < burst * _ID_BYTES else TOO_MANY
    return {**minutes, topic: {**known, minute: more}}


def of_earlier_versions(counts: Mapping[str, Mapping[int, int]]) -> Minutes:
    """Minutes of which only the number of events is known, which then are like no other event."""
    return {topic: {minute: bytes(n * _ID_BYTES) for minute, n in known.items()} for topic, known in counts.items()}


def still_needed(minutes: Minutes, watermark_ms: int) -> dict[str, Mapping[int, bytes]]:
    """The minutes of which an event may still be read: events older than a day are refused as `too_old`."""
    kept = {
        topic: {minute: had for minute, had in known.items() if _until_ms(minute) > watermark_ms}
        for topic, known in minutes.items()
    }
    return {topic: known for topic, known in kept.items() if known}


def forgotten_at_ms(minutes: Minutes) -> Iterator[int]:
    """The watermarks at which minutes can be forgotten; those of one hour together."""
    return (_until_ms(minute) for known in minutes.values() for minute in known)


def _until_ms(minute: int) -> int:
    return needed_until_ms(minute * MINUTE_MS // HOUR_MS)

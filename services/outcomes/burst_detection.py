"""Detects undeclared scripts by their rate: more clicks, or orders, in a minute than any person makes.

The rule is the one that marks profiles (`services/features/invalid_traffic.py`): minutes are of the events' own time,
clicks and orders are counted separately, and every event counts once, valid token or not, however often it is sent.
An event beyond the limit has the effect of a declared bot's event (`invalid_hours.py`), at its LogAppendTime. So the
mark depends on the contents of each topic, not on how they interleave, and is known when the window closes. A minute
beyond the limit needs no ids any more: from then on each of its messages counts, copies too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from services.outcomes.invalid_hours import HOUR_MS, needed_until_ms

MINUTE_MS: Final = 60_000

TOO_MANY: Final = b"+"
"""Replaces the ids of a minute that had more events than the limit."""

_ID_BYTES: Final = 8

Minutes = Mapping[str, Mapping[int, bytes]]
"""The events by topic and minute: 8 bytes of the identity of each, concatenated."""


def counted(minutes: Minutes, topic: str, minute: int, event: bytes, burst: int) -> dict[str, Mapping[int, bytes]]:
    """`minutes` with one more event; unchanged where the event is there already.

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
    """Converts the states of earlier versions, which kept only counts: the ids become zeros, which match no event."""
    return {topic: {minute: bytes(n * _ID_BYTES) for minute, n in known.items()} for topic, known in counts.items()}


def still_needed(minutes: Minutes, watermark_ms: int) -> dict[str, Mapping[int, bytes]]:
    """The minutes whose events may still be read: events older than a day are refused as `too_old`."""
    kept = {
        topic: {minute: had for minute, had in known.items() if _until_ms(minute) > watermark_ms}
        for topic, known in minutes.items()
    }
    return {topic: known for topic, known in kept.items() if known}


def forgotten_at_ms(minutes: Minutes) -> Iterator[int]:
    """The watermarks at which minutes can be forgotten; all minutes of an hour at once."""
    return (_until_ms(minute) for known in minutes.values() for minute in known)


def _until_ms(minute: int) -> int:
    return needed_until_ms(minute * MINUTE_MS // HOUR_MS)

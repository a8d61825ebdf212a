"""Moved messages: published again to the partition of their key, with the LogAppendTime of their first append.

Rules of time (lateness, attribution windows, lifetimes of tokens) count from the first append, so that nothing depends
on how long a message waited in another partition. A message that is moved twice keeps the first time.

Only producers with access to the topics can forge these headers. The time is used only beside the header of a move,
and only where a message can have waited for that long: it is not later than the message's own LogAppendTime, and not
earlier than its topic has kept messages since. In every other case the message's own LogAppendTime counts, so a wrong
header is never worse than none. A forged time within the bounds dates an event back; that gives such a producer little
that a chosen `ce_time` and a fresh `ce_id` do not give. A closed window stays closed, and an event whose id may be
forgotten already is refused (`deduplicator.py`), so neither a final outcome nor a count changes.
"""

from __future__ import annotations

import re
from typing import Final

from services.common.topics import TOPICS
from services.wire.codec.envelope import RawRecord, Record
from services.wire.codec.headers import APPENDED_MS, REPARTITIONED

POSITION_FORM: Final = re.compile(rb"[a-z.]{1,40}/\d{1,6}/\d{1,20}")
TIME_FORM: Final = re.compile(rb"[1-9]\d{0,14}")

_OWN: Final = frozenset({REPARTITIONED, APPENDED_MS})
_KEPT_MS: Final = {topic.name: topic.retention_ms for topic in TOPICS}


def moved(raw: RawRecord, home: int) -> Record:
    """`raw` as it is published again, to the partition `home`."""
    kept = tuple((name, value or b"") for name, value in raw.headers if name.lower() not in _OWN)
    found_at = f"{raw.topic}/{raw.partition}/{raw.offset}".encode()
    added = (REPARTITIONED, found_at), (APPENDED_MS, str(first_appended_ms(raw)).encode())
    return Record(raw.topic, raw.key, raw.value, (*kept, *added), home)


def first_appended_ms(raw: RawRecord) -> int:
    """The LogAppendTime of the message's first append; its own, where it was not moved or its headers are not ours.

    >>> headers = (("adloom_moved", b"ad.views/3/17"), ("adloom_appended_ms", b"1000"))
    >>> first_appended_ms(RawRecord("ad.views", 0, 5, 1_500, None, None, headers))
    1000
    >>> first_appended_ms(RawRecord("ad.views", 0, 5, 999, None, None, headers))
    999
    """
    times = [value for name, value in raw.headers if name == APPENDED_MS]
    if not times:
        return raw.timestamp_ms
    positions = [value for name, value in raw.headers if name == REPARTITIONED]
    if not (_is_one(times, TIME_FORM) and _is_one(positions, POSITION_FORM)):
        return raw.timestamp_ms
    first_ms = int(times[0] or b"")
    return first_ms if 0 <= raw.timestamp_ms - first_ms <= _KEPT_MS.get(raw.topic, 0) else raw.timestamp_ms


def _is_one(values: list[bytes | None], form: re.Pattern[bytes]) -> bool:
    return len(values) == 1 and form.fullmatch(values[0] or b"") is not None

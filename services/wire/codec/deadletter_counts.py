"""Counts dead letters. One that was written twice (after a crash) counts once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from services.common.errors import Rejected
from services.wire.codec.deadletter import Origin, read_origin
from services.wire.codec.envelope import RawRecord

UNREADABLE = "unreadable"
"""The reason that is counted for messages on the topic that none of our consumers wrote."""


@dataclass(frozen=True, slots=True)
class DeadLetterCounts:
    """The number of distinct (topic, partition, offset): in total, by reason and by origin topic."""

    total: int
    by_reason: dict[str, int]
    by_topic: dict[str, int]


def count_dead_letters(records: Iterable[RawRecord]) -> DeadLetterCounts:
    """The counts over `records`; of two records with one identity, the first gives the reason.

    >>> count_dead_letters([]).total
    0
    """
    first: dict[tuple[str, int, int], Origin] = {}
    for raw in records:
        origin = _origin(raw)
        first.setdefault((origin.topic, origin.partition, origin.offset), origin)
    return DeadLetterCounts(
        len(first),
        dict(sorted(Counter(origin.reason for origin in first.values()).items())),
        dict(sorted(Counter(origin.topic for origin in first.values()).items())),
    )


def _origin(raw: RawRecord) -> Origin:
    try:
        return read_origin(raw)
    except Rejected:
        return Origin(raw.topic, raw.partition, raw.offset, UNREADABLE)

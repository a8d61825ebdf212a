"""Which offsets a reader has not seen, and how many of their messages were deleted before anybody could read them.

A jump may be harmless: markers of transactions take offsets, too. Below the earliest message that is there nobody knows
any more, so all of it counts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from services.common.metrics import METRICS
from services.wire.codec.envelope import RawRecord, TopicPartition

log = logging.getLogger(__name__)


def gaps(
    raws: Iterable[RawRecord], following: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]
) -> list[tuple[TopicPartition, int, int]]:
    """Offsets that are missing before and among `raws`, and before `ends`: place, first, and the one after the last.

    `following` says which offset each place is read from next.

    >>> def at(offset: int) -> RawRecord: return RawRecord("views", 0, offset, 0, None, None, ())
    >>> gaps([at(5), at(4), at(6), at(9)], {("views", 0): 3}, {("views", 0): 12})
    [(('views', 0), 3, 5), (('views', 0), 7, 9), (('views', 0), 10, 12)]
    """
    expected = dict(following)
    found = []
    for raw in raws:
        place = (raw.topic, raw.partition)
        if raw.offset > expected.get(place, raw.offset):
            found.append((place, expected[place], raw.offset))
        expected[place] = max(expected.get(place, 0), raw.offset + 1)
    tails = ((place, expected[place], end) for place, end in ends.items() if expected.get(place, end) < end)
    return [*found, *tails]


def deleted(
    committed: Mapping[TopicPartition, int | None], earliest: Mapping[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """How many messages between what was last finished and what is still there nobody can read any more.

    A place where nothing was ever finished begins with what is there.

    >>> deleted({("views", 0): 3, ("views", 1): None}, {("views", 0): 7, ("views", 1): 7})
    {('views', 0): 4}
    """
    lost = {place: earliest.get(place, 0) - offset for place, offset in committed.items() if offset is not None}
    return {place: count for place, count in lost.items() if count > 0}


def tell_deleted(counts: Mapping[TopicPartition, int]) -> None:
    """Logs how many messages were deleted before they were read, and counts them as events that came to that."""
    for (topic, partition), count in counts.items():
        log.error("%s/%d: %d messages were deleted before they were read (retention)", topic, partition, count)
        METRICS.events.labels(topic, "deleted").inc(count)

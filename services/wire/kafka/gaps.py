"""Finds offsets that a reader has not seen, and counts messages that were deleted before they were read.

A jump in the offsets may be harmless, because transaction markers take offsets, too. Below the earliest message of a
partition nothing tells markers from messages any more, so every offset there counts as a deleted message.
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
    """Offsets missing before and among `raws`, and before `ends`: the partition, the first, and the one after the last.

    `following` has the next offset to be read of each partition.

    >>> def at(offset: int) -> RawRecord: return RawRecord("views", 0, offset, 0, None, None, ())
    >>> gaps([at(5), at(4), at(6), at(9)], {("views", 0): 3}, {("views", 0): 12})
    [(('views', 0), 3, 5), (('views', 0), 7, 9), (('views', 0), 10, 12)]
    """
    expected = dict(following)
    found = []
    for raw in raws:
        tp = (raw.topic, raw.partition)
        if raw.offset > expected.get(tp, raw.offset):
            found.append((tp, expected[tp], raw.offset))
        expected[tp] = max(expected.get(tp, 0), raw.offset + 1)
    tails = ((tp, expected[tp], end) for tp, end in ends.items() if expected.get(tp, end) < end)
    return [*found, *tails]


def deleted(
    committed: Mapping[TopicPartition, int | None], earliest: Mapping[TopicPartition, int]
) -> dict[TopicPartition, int]:
    """How many messages between the committed offset and the earliest message of each partition were deleted.

    A partition without a committed offset starts at its earliest message and counts none.

    >>> deleted({("views", 0): 3, ("views", 1): None}, {("views", 0): 7, ("views", 1): 7})
    {('views', 0): 4}
    """
    lost = {tp: earliest.get(tp, 0) - offset for tp, offset in committed.items() if offset is not None}
    return {tp: count for tp, count in lost.items() if count > 0}


def tell_deleted(counts: Mapping[TopicPartition, int]) -> None:
    """Logs how many messages were deleted before they were read, and counts them in the metric of events."""
    for (topic, partition), count in counts.items():
        log.error("%s/%d: %d messages were deleted before they were read (retention)", topic, partition, count)
        METRICS.events.labels(topic, "deleted").inc(count)

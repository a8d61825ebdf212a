"""Tells how far the whole group has moved misplaced messages, so that no watermark passes one that is still to come.

A moved message keeps the time of its first append (`services/wire/codec/moved.py`), so it arrives behind messages that
are younger. A partition may decide for a time only once two things are true:

1. Every partition of the group, ours or another worker's, has been read past that time. A message counts as read when
   its effects are durable, so those that were misplaced have been appended to their own partition by then.
2. After that, our partition has been read to its end.

Only ends that were asked for after this worker started count for the first. So messages that workers of an earlier
number of partitions have moved, and that have to be moved again, are read before anything is decided, too.

Of other workers' partitions the group's committed offsets say how far they are: a worker that is down or behind holds
the watermarks of all others, until it or its successor has read on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter

from services.wire.codec.envelope import TopicPartition
from services.wire.faust.watermark import Watermarks

Ends = Mapping[TopicPartition, int]


class GroupProgress:
    """The time up to which every misplaced message is in our partitions and processed, by partition.

    >>> group = GroupProgress(["views"])
    >>> group.begin([0])
    {0: 0}
    >>> group.note({("views", 0): 4, ("views", 1): 7}, 5_000, {("views", 0): 4, ("views", 1): 7})
    {0: 0}
    >>> group.note({("views", 0): 5, ("views", 1): 7}, 6_000, {("views", 0): 4, ("views", 1): 7})  # one was moved to 0
    {0: 0}
    >>> group.note({("views", 0): 5, ("views", 1): 7}, 7_000, {("views", 0): 5, ("views", 1): 7})
    {0: 4999}
    """

    def __init__(self, topics: Iterable[str]) -> None:
        self._group = Watermarks(topics)  # of every partition, by ends alone
        self._moved_ms: dict[int, int] = {}
        self._next: dict[int, tuple[Ends, int]] = {}  # ends of ours not reached yet, and what is true once they are

    def begin(self, ours: Iterable[int]) -> Mapping[int, int]:
        """Starts with these partitions, for none of which anything is known."""
        self._moved_ms = dict.fromkeys(ours, 0)
        self._next = {}
        return dict(self._moved_ms)

    def note(self, ends: Ends, asked_ms: int, done: Ends) -> Mapping[int, int]:
        """Notes that every input of the group ended at `ends` at `asked_ms`, just before the request to the broker.

        `done` has the offset of each before which everything is durable. Returns the time by partition of ours.
        """
        moved_ms = min((self._group.of(partition) for _, partition in ends), default=0)  # true before `ends` were asked
        for tp in ends:
            if tp not in self._group.following:
                self._group.begin({tp: done[tp]})
            self._group.nothing_before(tp, done[tp])
        self._group.ends(ends, asked_ms)
        for partition in self._moved_ms:
            self._reach(partition, {tp: end for tp, end in ends.items() if tp[1] == partition}, moved_ms, done)
        return dict(self._moved_ms)

    def slowest(self) -> tuple[int, int]:
        """The partition that holds all others, and the time up to which it was read (0: not known yet)."""
        known = {partition for _, partition in self._group.following}
        return min(((partition, self._group.of(partition)) for partition in known), key=itemgetter(1), default=(-1, 0))

    def _reach(self, partition: int, ends: Ends, moved_ms: int, done: Ends) -> None:
        """Raises the partition's time where it was read to `ends`, or to earlier ones."""
        if _is_read(ends, done):
            self._next[partition] = ends, moved_ms
        elif moved_ms > self._moved_ms[partition]:
            self._next.setdefault(partition, (ends, moved_ms))
        earlier, then_ms = self._next.get(partition, (ends, 0))
        if _is_read(earlier, done):
            self._moved_ms[partition] = max(self._moved_ms[partition], then_ms)
            self._next.pop(partition, None)


def _is_read(ends: Ends, done: Ends) -> bool:
    return all(done[tp] >= end for tp, end in ends.items())

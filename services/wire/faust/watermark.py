"""Watermarks by LogAppendTime: nothing is decided for a time before all messages up to that time are processed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.wire.codec.envelope import TopicPartition


class Watermarks:
    """The watermark of each partition: the time up to which every input has been processed.

    The watermark of an input is just before the LogAppendTime of its last processed message (the next message may have
    the same time). Where an input has been processed to a reported end offset, its watermark is just before the time at
    which that offset was requested. The watermark of a partition is that of its slowest input, or where it is held.

    >>> marks = Watermarks(["views", "clicks"])
    >>> marks.begin({("views", 0): 0, ("clicks", 0): 7})
    >>> marks.processed("views", 0, offset=3, appended_ms=5_000)
    >>> marks.of(0)
    0
    >>> marks.ends({("views", 0): 4, ("clicks", 0): 7}, asked_ms=9_000)
    >>> marks.of(0)
    8999
    """

    def __init__(self, topics: Iterable[str]) -> None:
        self._topics = tuple(topics)
        self._next: dict[TopicPartition, int] = {}  # offset of the first message that is not processed yet
        self._progress_ms: dict[TopicPartition, int] = {}
        self._ends: dict[TopicPartition, tuple[int, int]] = {}  # an end not reached yet, and the time of its request
        self._held_ms: dict[int, int] = {}  # by partition

    def begin(self, positions: Mapping[TopicPartition, int]) -> None:
        """Starts these inputs at these offsets, with watermark 0."""
        for tp, offset in positions.items():
            self._next[tp] = offset
            self._progress_ms[tp] = 0
            self._ends.pop(tp, None)

    def end(self, partition: int) -> None:
        """Drops a partition that is not ours any more."""
        for topic in self._topics:
            self._next.pop((topic, partition), None)
            self._progress_ms.pop((topic, partition), None)
            self._ends.pop((topic, partition), None)
        self._held_ms.pop(partition, None)

    def hold(self, partition: int, until_ms: int) -> None:
        """Keeps the partition's watermark at most there, however far its inputs are processed (`group_progress.py`)."""
        self._held_ms[partition] = until_ms

    def processed(self, topic: str, partition: int, offset: int, appended_ms: int) -> None:
        """Notes that a message has been processed, after every earlier one of its input."""
        tp = (topic, partition)
        self._next[tp] = max(self._next.get(tp, 0), offset + 1)
        self._progress_ms[tp] = max(self._progress_ms.get(tp, 0), appended_ms - 1)
        self._reach(tp)

    def ends(self, ends: Mapping[TopicPartition, int], asked_ms: int) -> None:
        """Notes that the inputs ended at these offsets at `asked_ms`, the time just before the request to the broker.

        An end not reached yet counts as soon as it is reached, even if the input has grown by then. Otherwise steadily
        appended transaction markers, which are no messages, would hold the partition's watermark back.
        """
        for tp, end in ends.items():
            if tp in self._next:
                if self._next[tp] >= end:
                    self._ends[tp] = end, asked_ms
                self._ends.setdefault(tp, (end, asked_ms))
                self._reach(tp)

    def nothing_before(self, tp: TopicPartition, offset: int) -> None:
        """Notes that between the last processed message and `offset` there is none, at most transaction markers."""
        if tp in self._next:
            self._next[tp] = max(self._next[tp], offset)
            self._reach(tp)

    def behind(self, ends: Mapping[TopicPartition, int]) -> list[TopicPartition]:
        """Inputs with unprocessed messages or markers before these ends."""
        return [tp for tp, end in ends.items() if self._next.get(tp, end) < end]

    def of(self, partition: int) -> int:
        """The partition's watermark, in milliseconds since 1970; 0 where it is not known yet."""
        processed_ms = min(self._progress_ms.get((topic, partition), 0) for topic in self._topics)
        return min(processed_ms, self._held_ms.get(partition, processed_ms))

    @property
    def following(self) -> Mapping[TopicPartition, int]:
        """Offset of the first message of each input that is not processed yet."""
        return self._next

    @property
    def partitions(self) -> set[int]:
        """The partitions that are ours."""
        return {partition for _, partition in self._next}

    def _reach(self, tp: TopicPartition) -> None:
        end, asked_ms = self._ends.get(tp, (None, 0))
        if end is not None and self._next[tp] >= end:
            self._progress_ms[tp] = max(self._progress_ms[tp], asked_ms - 1)
            del self._ends[tp]

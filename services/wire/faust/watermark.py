"""How far time has come in each partition, by LogAppendTime: nothing is decided before all that matters was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.wire.codec.envelope import TopicPartition


class Watermarks:
    """For each partition the moment up to which every input has been processed.

    An input stands just before the LogAppendTime of its last processed message (the next may share it). One that has
    been read to an end that was told stands just before the moment at which that end was asked for. The partition
    stands where its slowest input stands.

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
        self._stands_ms: dict[TopicPartition, int] = {}
        self._ends: dict[TopicPartition, tuple[int, int]] = {}  # an end not reached yet, and when it was asked for

    def begin(self, positions: Mapping[TopicPartition, int]) -> None:
        """These inputs will be read from these offsets on; forgets what was known of them."""
        for place, offset in positions.items():
            self._next[place] = offset
            self._stands_ms[place] = 0
            self._ends.pop(place, None)

    def end(self, partition: int) -> None:
        """The partition is not ours any more."""
        for topic in self._topics:
            self._next.pop((topic, partition), None)
            self._stands_ms.pop((topic, partition), None)
            self._ends.pop((topic, partition), None)

    def processed(self, topic: str, partition: int, offset: int, appended_ms: int) -> None:
        """A message has been processed, after every earlier one of its input."""
        place = (topic, partition)
        self._next[place] = max(self._next.get(place, 0), offset + 1)
        self._stands_ms[place] = max(self._stands_ms.get(place, 0), appended_ms - 1)
        self._reach(place)

    def ends(self, ends: Mapping[TopicPartition, int], asked_ms: int) -> None:
        """At `asked_ms` (before the broker was asked) the inputs did not reach beyond these offsets.

        An end that lies further on counts when it is reached, although the input has gone on by then: what is added to
        it all the time, and is no message, must not hold the partition back.
        """
        for place, end in ends.items():
            if place in self._next:
                if self._next[place] >= end:
                    self._ends[place] = end, asked_ms
                self._ends.setdefault(place, (end, asked_ms))
                self._reach(place)

    def nothing_before(self, place: TopicPartition, offset: int) -> None:
        """The input holds no message between the last processed one and `offset`: a transaction's marker, perhaps."""
        if place in self._next:
            self._next[place] = max(self._next[place], offset)
            self._reach(place)

    def behind(self, ends: Mapping[TopicPartition, int]) -> list[TopicPartition]:
        """Inputs that have messages, or something else, that was not processed."""
        return [place for place, end in ends.items() if self._next.get(place, end) < end]

    def of(self, partition: int) -> int:
        """Milliseconds since 1970 up to which the partition is complete; 0 where that is not known."""
        return min(self._stands_ms.get((topic, partition), 0) for topic in self._topics)

    @property
    def following(self) -> Mapping[TopicPartition, int]:
        """Offset of the first message of each input that is not processed yet."""
        return self._next

    @property
    def partitions(self) -> set[int]:
        """Partitions that are ours."""
        return {partition for _, partition in self._next}

    def _reach(self, place: TopicPartition) -> None:
        end, asked_ms = self._ends.get(place, (None, 0))
        if end is not None and self._next[place] >= end:
            self._stands_ms[place] = max(self._stands_ms[place], asked_ms - 1)
            del self._ends[place]

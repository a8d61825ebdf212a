"""Remembers the offsets of transaction markers: no message is missing there, and none will arrive."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping

from services.wire.codec.envelope import TopicPartition

Gap = tuple[TopicPartition, int, int]  # partition, first offset, the one after the last


class Markers:
    """The markers that the fetcher has skipped, by input; safe to share between threads.

    >>> markers = Markers(["views"])
    >>> markers.note(("views", 0), 5, 6); markers.note(("views", 0), 6, 7)
    >>> markers.behind({("views", 0): 5}), markers.without([(("views", 0), 5, 9), (("views", 0), 6, 7)])
    ({('views', 0): 7}, [(('views', 0), 7, 9)])
    """

    def __init__(self, topics: Collection[str]) -> None:
        self._topics = frozenset(topics)
        self._lock = threading.Lock()
        self._ends: dict[TopicPartition, dict[int, int]] = {}  # end of each marker, by its first offset

    def note(self, tp: TopicPartition, first: int, end: int) -> None:
        """Remembers a marker from `first` to before `end`; markers of topics other than ours are ignored."""
        if tp[0] in self._topics:
            with self._lock:
                self._ends.setdefault(tp, {})[first] = end

    def behind(self, following: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        """For inputs whose next offset is a marker: the first offset after the markers."""
        with self._lock:
            found = {tp: self._end(tp, offset) for tp, offset in following.items()}
        return {tp: offset for tp, offset in found.items() if offset > following[tp]}

    def without(self, gaps: Collection[Gap]) -> list[Gap]:
        """The gaps without the known markers at their beginning; a gap of markers only is left out."""
        with self._lock:
            left = [(tp, self._end(tp, first), end) for tp, first, end in gaps]
        return [gap for gap in left if gap[1] < gap[2]]

    def forget(self, following: Mapping[TopicPartition, int]) -> None:
        """Drops markers before these offsets, and all markers of partitions not in `following`."""
        with self._lock:
            for tp, ends in list(self._ends.items()):
                kept = {first: end for first, end in ends.items() if first >= following.get(tp, end)}
                if kept:
                    self._ends[tp] = kept
                else:
                    del self._ends[tp]

    def _end(self, tp: TopicPartition, offset: int) -> int:
        ends = self._ends.get(tp, {})
        while offset in ends:
            offset = ends[offset]
        return offset

"""A `Log` over what was sent to a `MemorySink`: for tests, and for trying things out without a broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.common.errors import AdloomError
from services.common.topics import TOPICS
from services.wire.codec.envelope import RawRecord, TopicPartition
from services.wire.codec.memory_sink import MemorySink

_PARTITIONS = {topic.name: topic.partitions for topic in TOPICS}


class MemoryLog:
    """Reads a sink's topics; set `failure` to see what the reader does without a broker."""

    def __init__(self, sink: MemorySink, topics: Sequence[str], at_once: int = 100) -> None:
        self.failure: AdloomError | None = None
        self._sink = sink
        self._topics = topics
        self._at_once = at_once
        self._next: dict[TopicPartition, int] = {}
        self.seek({})

    def identity(self) -> str:
        """See `Log.identity`."""
        return self._sink.identity

    def ends(self) -> Mapping[TopicPartition, int]:
        """See `Log.ends`."""
        if self.failure:
            raise self.failure
        return {tp: self._sink.bounds(*tp)[1] for tp in self._next}

    def begins(self) -> Mapping[TopicPartition, int]:
        """See `Log.begins`."""
        if self.failure:
            raise self.failure
        return {tp: self._sink.bounds(*tp)[0] for tp in self._next}

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """See `Log.seek`."""
        tps = [(topic, partition) for topic in self._topics for partition in range(_PARTITIONS[topic])]
        self._next = {tp: offsets.get(tp, 0) for tp in tps}

    def poll(self, timeout_s: float) -> list[RawRecord]:
        """See `Log.poll`; never waits."""
        if self.failure:
            raise self.failure
        unread = [raw for raw in self._all() if raw.offset >= self._next[raw.topic, raw.partition]]
        for raw in unread[: self._at_once]:
            self._next[raw.topic, raw.partition] = raw.offset + 1
        return unread[: self._at_once]

    def positions(self) -> Mapping[TopicPartition, int]:
        """See `Log.positions`."""
        return {tp: max(offset, self._sink.bounds(*tp)[0]) for tp, offset in self._next.items()}

    def _all(self) -> list[RawRecord]:
        return [raw for topic in self._topics for raw in self._sink.read(topic)]

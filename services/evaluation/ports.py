"""The port through which evaluation reads its topics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from services.wire.codec.envelope import RawRecord, TopicPartition


class Log(Protocol):
    """All partitions of the topics that evaluation reads; the caller keeps the offsets."""

    def identity(self) -> str:
        """A unique name of these topics, which changes where they are deleted and created again; empty if unknown."""
        ...

    def ends(self) -> Mapping[TopicPartition, int]:
        """The offset after the last record of every partition now. May block; raises `Unavailable`."""
        ...

    def begins(self) -> Mapping[TopicPartition, int]:
        """The offset of the earliest record of every partition now; of an empty partition, that of its next record.

        May block; raises `Unavailable`.
        """
        ...

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Continues at these offsets; a partition that is not named starts at its earliest record."""
        ...

    def poll(self, timeout_s: float) -> list[RawRecord]:
        """The next available records, in order within a partition; waits up to `timeout_s` for the first.

        Raises `Unavailable` once it notices that the broker is away.
        """
        ...

    def positions(self) -> Mapping[TopicPartition, int]:
        """The offset of the next record to read, by partition, after any gap that holds no records."""
        ...

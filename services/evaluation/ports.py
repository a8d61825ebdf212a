"""What evaluation needs of the log it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from services.wire.codec.envelope import RawRecord, TopicPartition


class Log(Protocol):
    """All partitions of the topics that are evaluated; whoever reads them keeps the offsets."""

    def identity(self) -> str:
        """A name that no other log has, and topics that were made anew have another one; empty where none is known."""
        ...

    def ends(self) -> Mapping[TopicPartition, int]:
        """The offset after the last record of every partition now. May block; raises `Unavailable`."""
        ...

    def begins(self) -> Mapping[TopicPartition, int]:
        """The offset of the first record that is there, of every partition now; where there is none, that of the next.

        May block; raises `Unavailable`.
        """
        ...

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Reading goes on at these offsets, and at the first record there is of partitions not named."""
        ...

    def poll(self, timeout_s: float) -> list[RawRecord]:
        """The next records that are there, in order within a partition; waits up to `timeout_s` for the first.

        Raises `Unavailable` when it has been noticed that the broker is away.
        """
        ...

    def positions(self) -> Mapping[TopicPartition, int]:
        """The offset of the next record to come, by partition; beyond gaps that hold no records."""
        ...

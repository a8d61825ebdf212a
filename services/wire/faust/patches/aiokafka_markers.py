"""Reports the transaction markers that aiokafka's fetcher skips silently.

A marker takes an offset, so that the messages of a log with transactions have gaps in their offsets. A worker reads
gaps again (`gaps.py`), which is expensive: a shop whose producer committed fifty times a second slowed a worker to 300
events a second, and because of transactions without events it never reached the end of its topics.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiokafka.consumer.fetcher
from aiokafka.consumer.fetcher import PartitionRecords

Note = Callable[[tuple[str, int], int, int], None]
"""Arguments: (topic, partition), the first offset, and the one after the last."""


def note_markers(note: Note) -> None:
    """Patches aiokafka: each consumer of this process calls `note` for every marker, from any thread."""

    class Noting(PartitionRecords):  # type: ignore[misc]  # the library's types stay inside it
        def __init__(self, tp: Any, records: Any, *given: Any) -> None:
            super().__init__(tp, _Batches((tp.topic, tp.partition), records, note), *given)

    aiokafka.consumer.fetcher.PartitionRecords = Noting


class _Batches:
    """The library's batches of one fetch; reports markers as the batches are taken."""

    def __init__(self, topic_partition: tuple[str, int], records: Any, note: Note) -> None:
        self._topic_partition = topic_partition
        self._records = records
        self._note = note

    def has_next(self) -> bool:
        """As the library's."""
        found: bool = self._records.has_next()
        return found

    def next_batch(self) -> Any:
        """As the library's."""
        batch = self._records.next_batch()
        if batch.is_control_batch:
            self._note(self._topic_partition, batch.base_offset, batch.next_offset)
        return batch

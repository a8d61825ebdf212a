"""Lets us hear of the transactions' markers that aiokafka's fetcher passes over without a word.

A marker takes an offset, so that a log with transactions has holes for whoever reads its messages. Holes are looked
into (`gaps.py`), which is dear: a shop whose producer committed fifty times a second slowed a worker to 300
events a second, and transactions without events kept it from ever being level with its topics.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiokafka.consumer.fetcher
from aiokafka.consumer.fetcher import PartitionRecords

Note = Callable[[tuple[str, int], int, int], None]
"""Topic and partition, first offset, and the one after the last."""


def note_markers(note: Note) -> None:
    """From here on `note` is told of each marker that a consumer of this process meets, from whichever thread."""

    class Noting(PartitionRecords):  # type: ignore[misc]  # the library's types stay inside it
        def __init__(self, tp: Any, records: Any, *given: Any) -> None:
            super().__init__(tp, _Batches((tp.topic, tp.partition), records, note), *given)

    aiokafka.consumer.fetcher.PartitionRecords = Noting


class _Batches:
    """The library's batches of one fetch, looked at as they are taken."""

    def __init__(self, place: tuple[str, int], records: Any, note: Note) -> None:
        self._place = place
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
            self._note(self._place, batch.base_offset, batch.next_offset)
        return batch

"""Records that were handed to Kafka and that it has not spoken about yet."""

from __future__ import annotations

import threading

from services.wire.envelope import Record


class UnderWay:
    """In the order in which they were handed over; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[int, tuple[float, Record]] = {}
        self._number = 0

    def begin(self, record: Record, now: float) -> int:
        """The record is handed over at `now`; returns its number."""
        with self._lock:
            self._number += 1
            self._records[self._number] = (now, record)
            return self._number

    def end(self, number: int) -> Record | None:
        """Kafka spoke about it; None where it had before."""
        with self._lock:
            _, record = self._records.pop(number, (0.0, None))
            return record

    def longest_s(self, now: float) -> float:
        """How long the oldest record has been waiting for a word; 0 where none waits."""
        with self._lock:
            return now - next(iter(self._records.values()))[0] if self._records else 0.0

    def take_all(self) -> list[Record]:
        """Everything that waits, which from here on is the caller's to see to."""
        with self._lock:
            records = [record for _, record in self._records.values()]
            self._records.clear()
            return records

"""Records that were handed to Kafka and that it has not yet acknowledged or failed."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from services.creative.outbox.journal import JournalEntry
from services.wire.codec.envelope import Record


@dataclass(frozen=True, slots=True)
class Pending:
    """A record that Kafka has not acknowledged yet; without a journal entry it is in memory only."""

    record: Record
    entry: JournalEntry | None


class InFlight:
    """Pending records in the order in which they were handed over; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: dict[int, tuple[float, Pending]] = {}
        self._number = 0

    def begin(self, pending: Pending, now: float) -> int:
        """Registers a record that is handed over at `now`; returns its number."""
        with self._lock:
            self._number += 1
            self._pending[self._number] = (now, pending)
            return self._number

    def end(self, number: int) -> Pending | None:
        """Removes and returns the record; None if `end` or `take_all` has removed it before."""
        with self._lock:
            _, pending = self._pending.pop(number, (0.0, None))
            return pending

    def longest_s(self, now: float) -> float:
        """How long the oldest record has waited for its delivery report; 0 if none waits."""
        with self._lock:
            return now - next(iter(self._pending.values()))[0] if self._pending else 0.0

    def take_all(self) -> list[Pending]:
        """Removes and returns all pending records; the caller is now responsible for them."""
        with self._lock:
            pending = [one for _, one in self._pending.values()]
            self._pending.clear()
            return pending

"""Counts what became of records: each that was handed over is sent or failed, whenever somebody asks."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from services.common.errors import AdloomError


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records handed over so far: `sent` and `failed` together are all of them."""

    sent: int  # the broker has them
    failed: int  # it has them not, or its word did not come in time
    first_failure: str = ""  # empty where none failed


class Tallying:
    """The counts of one process; safe to share between threads.

    >>> counts = Tallying()
    >>> first, second = counts.begin(), counts.begin()
    >>> counts.end(first, None)
    >>> counts.tell(counts.published, "it took too long")
    Tally(sent=1, failed=1, first_failure='it took too long')
    >>> counts.end(second, None)
    >>> counts.tell(counts.published, "")
    Tally(sent=2, failed=0, first_failure='')
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next = 0
        self._waiting: set[int] = set()
        self._sent = 0
        self._failed = 0
        self._first_failure = ""
        self._told = 0  # failures that the last tally held

    @property
    def published(self) -> int:
        """How many records were begun so far."""
        return self._next

    def begin(self) -> int:
        """A record is handed over; its number."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._waiting.add(number)
            return number

    def forget(self, number: int) -> None:
        """The record was not taken, and whoever published it was told."""
        with self._lock:
            self._waiting.discard(number)

    def end(self, number: int, error: AdloomError | None) -> None:
        """The broker's word on a record, or the end of the attempts to get it."""
        with self._lock:
            self._waiting.discard(number)
            if error is None:
                self._sent += 1
            else:
                self._failed += 1
                self._first_failure = self._first_failure or str(error)

    def tell(self, before: int, late: str) -> Tally:
        """The tally of the records before that number; those of which nothing was heard failed, because of `late`."""
        with self._lock:
            waiting = sum(number < before for number in self._waiting)
            self._told = self._failed + waiting
            return Tally(self._sent, self._told, self._first_failure or (late if waiting else ""))

    def untold(self) -> Tally | None:
        """The tally of all records, where more of them failed than the last one held; it is told by that."""
        with self._lock:
            failed, told = self._failed + len(self._waiting), self._told
            self._told = failed
            late = "the broker's word did not come before the end"
            return Tally(self._sent, failed, self._first_failure or late) if failed > told else None

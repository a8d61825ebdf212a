"""Counts published records as sent or failed; at any time every record is one of the two."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from services.common.errors import AdloomError


@dataclass(frozen=True, slots=True)
class Tally:
    """The records published so far: `sent` and `failed` add up to all of them."""

    sent: int  # acknowledged by the broker
    failed: int  # refused, or not acknowledged in time
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
        self._lock = threading.RLock()
        self._next = 0
        self._waiting: set[int] = set()
        self._sent = 0
        self._failed = 0
        self._first_failure = ""
        self._told = 0  # failures in the last tally

    @property
    def published(self) -> int:
        """How many records were begun so far, which is the next record's number."""
        return self._next

    def begin(self) -> int:
        """Registers a record that is handed over; returns its number."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            self._waiting.add(number)
            return number

    def forget(self, number: int) -> None:
        """Removes a record that was not accepted; `publish` has raised the error."""
        with self._lock:
            self._waiting.discard(number)

    def end(self, number: int, error: AdloomError | None) -> None:
        """Records the delivery (None) or the failure of a record."""
        with self._lock:
            self._waiting.discard(number)
            if error is None:
                self._sent += 1
            else:
                self._failed += 1
                self._first_failure = self._first_failure or str(error)

    def tell(self, before: int, late: str) -> Tally:
        """The tally of the records before that number; pending ones count as failed, because of `late`."""
        with self._lock:
            waiting = sum(number < before for number in self._waiting)
            self._told = self._failed + waiting
            return Tally(self._sent, self._told, self._first_failure or (late if waiting else ""))

    def untold(self) -> Tally | None:
        """The tally of all records if it has more failures than the last tally, else None; counts as a tally itself."""
        with self._lock:
            failed, told = self._failed + len(self._waiting), self._told
            self._told = failed
            late = "the broker's word did not come before the end"
            return Tally(self._sent, failed, self._first_failure or late) if failed > told else None

"""Keeps decision records on disk until Kafka has confirmed them; unconfirmed records are sent again.

A record is on disk before its answer is sent. The journal survives the process but not a power cut: a record is one
`write` to the operating system, without fsync, which costs a decision about ten microseconds. Kafka confirms within
milliseconds, so most bytes are dropped from the page cache before they reach the disk.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from services.creative.outbox.frames import bodies, frame, record_in
from services.wire.codec.envelope import Record

_LOG = logging.getLogger(__name__)
_SEGMENT_BYTES: Final = 4 << 20
_SUFFIX: Final = ".journal"


@dataclass(slots=True, eq=False)
class _Segment:
    """A file of frames, numbered consecutively from `first`."""

    path: Path
    handle: int = -1  # file descriptor while the segment is written to, else -1
    size: int = 0  # bytes
    first: int = 0
    next: int = 0
    open: set[int] = field(default_factory=set)  # records in the queue or in flight
    left: set[int] = field(default_factory=set)  # records to be read again by `oldest`


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """The position of a record in the journal."""

    segment: _Segment
    number: int


class Journal:
    """A folder of segments; safe to share between threads, of which one calls `oldest` and `trim`."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        """Loads the segments that the previous process left."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._current: _Segment | None = None
        self.torn = 0  # frames that the previous process did not complete; their requests were never answered
        self._segments = [self._found(path) for path in sorted(folder.glob(f"*{_SUFFIX}"))]
        self._bytes = sum(segment.size for segment in self._segments)
        for segment in list(self._segments):
            self._drop_if_done(segment)

    def append(self, records: Sequence[Record]) -> list[JournalEntry] | None:
        """Appends the records with one write; None if the journal is full or the write fails."""
        data = b"".join([frame(record) for record in records])
        with self._lock:
            if self._bytes + len(data) > self._most_bytes:
                return None
            try:
                segment = self._writable()
                written = os.write(segment.handle, data)
            except OSError as refused:
                _LOG.error("The journal in %s cannot be written: %s", self._folder, refused)
                return None
            segment.size += written
            self._bytes += written
            if written < len(data):  # the disk is full: later frames must not follow an incomplete one
                self._let_go()
                return None
            numbers = range(segment.next, segment.next + len(records))
            segment.next = numbers.stop
            segment.open.update(numbers)
            return [JournalEntry(segment, number) for number in numbers]

    def ack(self, entry: JournalEntry) -> None:
        """Marks the record as no longer needed."""
        with self._lock:
            entry.segment.open.discard(entry.number)
            entry.segment.left.discard(entry.number)
            self._drop_if_done(entry.segment)

    def requeue(self, entry: JournalEntry) -> None:
        """Marks the record to be read again by `oldest`."""
        with self._lock:
            if entry.number in entry.segment.open:
                entry.segment.open.discard(entry.number)
                entry.segment.left.add(entry.number)

    @property
    def waiting(self) -> int:
        """How many records are to be read again."""
        with self._lock:
            return sum(len(segment.left) for segment in self._segments)

    @contextmanager
    def oldest(self) -> Iterator[list[Record]]:
        """The requeued records of the oldest segment; acknowledged if the `with` block succeeds, kept if it raises."""
        with self._lock:
            segment = next((segment for segment in self._segments if segment.left), None)
            left = sorted(segment.left) if segment is not None else []
        if segment is None:
            yield []
            return
        found = dict(enumerate(bodies(segment.path.read_bytes()), segment.first))
        yield [record_in(body) for number in left if (body := found.get(number)) is not None]
        for number in left:
            self.ack(JournalEntry(segment, number))

    def trim(self) -> None:
        """Truncates the current segment if no record in it is needed."""
        with self._lock:
            segment = self._current
            if segment is not None and segment.size and not segment.open and not segment.left:
                os.ftruncate(segment.handle, 0)
                self._bytes -= segment.size
                segment.first, segment.size = segment.next, 0

    def close(self) -> None:
        """Closes the current segment; the next journal in this folder finds the unacknowledged records."""
        with self._lock:
            self._let_go()

    def _writable(self) -> _Segment:
        if self._current is not None and self._current.size > _SEGMENT_BYTES:
            self._let_go()
        if self._current is None:
            path = self._folder / f"{time.time_ns():020d}{_SUFFIX}"
            self._current = _Segment(path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
            self._segments.append(self._current)
        return self._current

    def _let_go(self) -> None:
        segment, self._current = self._current, None
        if segment is not None:
            os.close(segment.handle)
            self._drop_if_done(segment)

    def _drop_if_done(self, segment: _Segment) -> None:
        if segment is not self._current and not segment.open and not segment.left and segment in self._segments:
            self._segments.remove(segment)
            self._bytes -= segment.size
            segment.path.unlink(missing_ok=True)

    def _found(self, path: Path) -> _Segment:
        data = path.read_bytes()
        whole = {number for number, body in enumerate(bodies(data)) if body is not None}
        torn = sum(body is None for body in bodies(data))
        self.torn += torn
        return _Segment(path, size=len(data), next=len(whole) + torn, left=whole)

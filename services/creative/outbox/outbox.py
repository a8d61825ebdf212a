"""Sends decision records to Kafka in the background: first a journal, then a bounded queue and a thread.

Delivery is at least once, and a request waits only for one write to the journal. If the process dies after an answer,
the answer's record survives in the journal (except in a power cut). Records that Kafka has confirmed leave the journal.
Records that do not fit the queue or are not delivered are sent again from the journal, also after a restart. A resent
record keeps its event id; consumers count the first record of an id. A record that Kafka will never accept (`Rejected`)
goes to the quarantine for an operator.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from services.common.errors import AdloomError, Bug, Rejected, Unavailable
from services.common.metrics import METRICS
from services.common.topics import IMPRESSIONS
from services.creative.outbox.in_flight import InFlight, Pending
from services.creative.outbox.journal import Journal, JournalEntry
from services.creative.outbox.quarantine import Quarantine
from services.creative.outbox.resend import send_oldest
from services.creative.records import record_of
from services.creative.selection import Selection
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Delivery, Sink

_LOG = logging.getLogger(__name__)
_PAUSE_S: Final = 1.0  # between attempts to reach Kafka
_STALLED_S: Final = 1.0  # if the oldest record in flight is older, no more are handed to Kafka
_IDLE_S: Final = 0.1
_TRIM_S: Final = 0.25
_EVERY_S: Final = 0.05


class Outbox:
    """Owns the sink and the sending thread; `offer` is called from the requests' thread."""

    forsaken_s: float = 10.0  # records in flight without a delivery report for this long are sent again

    def __init__(self, connect: Callable[[], Sink], journal: Journal, refused: Quarantine, most_waiting: int) -> None:
        """`connect` makes the sink; it is called from the sending thread and may raise `Unavailable`."""
        self._connect = connect
        self._journal = journal
        self._refused = refused
        self._queue: queue.Queue[Sequence[Pending]] = queue.Queue(most_waiting)
        self._sink: Sink | None = None
        self._resume_at = 0.0
        self._replay_at = 0.0
        self._trim_at = 0.0
        self._gather_at = 0.0
        self._under_way = InFlight()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emission", daemon=True)

    def start(self) -> None:
        """Starts sending, also the records that the previous process left in the journal."""
        METRICS.records_sent.labels(IMPRESSIONS, "torn").inc(self._journal.torn)
        self._thread.start()

    def offer(self, chosen: Sequence[Selection | Record]) -> None:
        """Accepts the selections of one answer, or encoded records; a `kill -9` after it returns loses none of them."""
        records = [_record(item) for item in chosen]
        entries: Sequence[JournalEntry | None] = self._journal.append(records) or [None] * len(records)
        pending = [Pending(record, entry) for record, entry in zip(records, entries, strict=True)]
        try:
            self._queue.put_nowait(pending)
        except queue.Full:
            for one in pending:
                self._leave(one, "overflowed")

    def stop(self, timeout_s: float) -> None:
        """Sends the waiting records; those not delivered within `timeout_s` stay in the journal for the next start."""
        until = time.monotonic() + timeout_s
        self._ending.set()
        self._thread.join(timeout_s)
        while not self._queue.empty():
            for one in self._queue.get_nowait():
                self._leave(one, "spooled")
        try:
            if self._sink is not None:
                self._sink.flush(max(until - time.monotonic(), 0.1))
        except Unavailable as lost:
            _LOG.warning("%s; its records stay in the journal", lost)
        for one in self._under_way.take_all():
            self._leave(one, "spooled")
        self._journal.close()

    def _run(self) -> None:
        while not (self._ending.is_set() and self._queue.empty()):
            for one in self._gathered():
                self._send(one)
            if not self._ending.is_set():
                self._tidy(time.monotonic())

    def _gathered(self) -> list[Pending]:
        """The records since the last call, at least `_EVERY_S` later: each wake-up takes the GIL from requests."""
        found: list[Pending] = []
        with contextlib.suppress(queue.Empty):
            found += self._queue.get(timeout=_IDLE_S)
            self._ending.wait(max(self._gather_at - time.monotonic(), 0.0))
            self._gather_at = time.monotonic() + _EVERY_S
            while True:
                found += self._queue.get_nowait()
        return found

    def _tidy(self, now: float) -> None:
        """Requeues overdue records, resends from the journal, and trims it."""
        if self._under_way.longest_s(now) > self.forsaken_s:
            for one in self._under_way.take_all():
                self._leave(one, "forsaken")
        if now >= self._replay_at and self._journal.waiting:
            self._replay()
        if now >= self._trim_at:
            self._trim_at = now + _TRIM_S
            self._journal.trim()

    def _send(self, one: Pending) -> None:
        """Hands the record to Kafka if it is reachable; otherwise the record stays in the journal."""
        sink = self._connected()
        if sink is None:
            self._leave(one, "spooled")
            return
        number = self._under_way.begin(one, time.monotonic())
        try:
            sink.send(one.record, lambda delivery: self._delivered(number, delivery))
        except Unavailable as lost:
            self._pause(lost)
            if self._under_way.end(number) is not None:
                self._leave(one, "spooled")
        except Rejected as never:
            if self._under_way.end(number) is not None:
                self._refuse(one, never)

    def _delivered(self, number: int, delivery: Delivery) -> None:
        """Handles a delivery report; called from the Kafka client's thread."""
        one = self._under_way.end(number)
        if one is None:
            return
        if isinstance(delivery.error, Unavailable):
            self._pause(delivery.error)
            self._leave(one, "spooled")
        elif delivery.error is not None:
            self._refuse(one, delivery.error)
        elif one.entry is not None:
            self._journal.ack(one.entry)

    def _replay(self) -> None:
        """Resends the oldest segment; after a success the next segment follows without a pause."""
        self._replay_at = time.monotonic() + _PAUSE_S
        sink = self._connected()
        if sink is None:
            return
        try:
            send_oldest(sink, self._journal, self._refused)
            self._replay_at = 0.0
        except Unavailable as lost:
            self._pause(lost)
        METRICS.spooled.set(self._journal.waiting)

    def _connected(self) -> Sink | None:
        if time.monotonic() < self._resume_at or self._under_way.longest_s(time.monotonic()) > _STALLED_S:
            return None
        if self._sink is None:
            try:
                self._sink = self._connect()
            except Unavailable as lost:
                self._pause(lost)
        return self._sink

    def _pause(self, why: Unavailable) -> None:
        if time.monotonic() >= self._resume_at:
            _LOG.warning("Decision records wait in the journal: %s", why)
        self._resume_at = time.monotonic() + _PAUSE_S

    def _refuse(self, one: Pending, why: AdloomError) -> None:
        self._refused.set_aside(one.record, why)
        if one.entry is not None:
            self._journal.ack(one.entry)

    def _leave(self, one: Pending, fate: str) -> None:
        """Leaves the record to the journal; without a journal entry it is lost."""
        if one.entry is not None:
            self._journal.requeue(one.entry)
        else:
            fate = "lost"
            _LOG.error("Neither Kafka nor the journal took a record for %s: it is lost", one.record.topic)
        METRICS.records_sent.labels(one.record.topic, fate).inc()
        METRICS.spooled.set(self._journal.waiting)


def _record(item: Selection | Record) -> Record:
    """The selection as a record; a failure to encode it is a bug of ours, never the caller's mistake."""
    try:
        return item if isinstance(item, Record) else record_of(item)
    except Rejected as wrong:
        raise Bug(f"a decision record of ours is refused: {wrong}") from wrong

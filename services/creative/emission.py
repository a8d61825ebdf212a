"""Takes decision records to Kafka beside the requests: a bounded queue, a thread, and a spool for what Kafka refuses.

At least once and never in a request's way: what does not fit the queue, or is not delivered, goes to the spool and is
sent again from there, also after a restart. A record keeps its event id, and of several under one id the first counts.
One that Kafka will never take (`Rejected`) is set aside in the spool's folder, for a person to look at, and is not sent
again.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from services.common.errors import AdloomError, Rejected, Unavailable
from services.common.metrics import METRICS
from services.common.topics import IMPRESSIONS
from services.creative.records import record_of
from services.creative.selected import Selected
from services.creative.spool import Spool
from services.creative.under_way import UnderWay
from services.wire.envelope import Record
from services.wire.ports import Delivery, Sink

_LOG = logging.getLogger(__name__)
_PAUSE_S: Final = 1.0  # before Kafka is tried again
_PROBE_S: Final = 2.0  # for the first record of a file of the spool
_FLUSH_S: Final = 10.0  # for the rest of it
_STALLED_S: Final = 1.0  # after as long without a word from Kafka, memory is no place for more records
_IDLE_S: Final = 0.1


class Emission:
    """Owns the sink; `offer` belongs to the requests' thread."""

    def __init__(self, connect: Callable[[], Sink], spool: Spool, most_waiting: int) -> None:
        """`connect` makes the sink, from the emission's own thread, and may raise `Unavailable`."""
        self._connect = connect
        self._spool = spool
        self._queue: queue.Queue[Sequence[Selected | Record]] = queue.Queue(most_waiting)
        self._sink: Sink | None = None
        self._resume_at = 0.0
        self._replay_at = 0.0
        self._under_way = UnderWay()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emission", daemon=True)

    def start(self) -> None:
        """Begins to send."""
        self._thread.start()

    def offer(self, chosen: Sequence[Selected | Record]) -> None:
        """Takes the choices of one answer, or finished records; never blocks on Kafka, at most writes to the spool."""
        try:
            self._queue.put_nowait(chosen)
        except queue.Full:
            for item in chosen:
                self._keep(_record(item), "overflowed")

    def stop(self, timeout_s: float) -> None:
        """Sends what waits; what Kafka does not take within `timeout_s` stays in the spool for the next start."""
        until = time.monotonic() + timeout_s
        self._ending.set()
        self._thread.join(timeout_s)
        while not self._queue.empty():
            for item in self._queue.get_nowait():
                self._keep(_record(item), "spooled")
        try:
            if self._sink is not None:
                self._sink.flush(max(until - time.monotonic(), 0.1))
        except Unavailable as lost:
            _LOG.warning("%s; its records stay in the spool", lost)
        for record in self._under_way.take_all():
            self._keep(record, "spooled")
        self._spool.close()

    def _run(self) -> None:
        while not (self._ending.is_set() and self._queue.empty()):
            try:
                for item in self._queue.get(timeout=_IDLE_S):
                    self._send(_record(item))
            except queue.Empty:
                pass  # nothing to send: time for the spool
            if self._spool.waiting and not self._ending.is_set() and time.monotonic() >= self._replay_at:
                self._replay()

    def _send(self, record: Record) -> None:
        """To Kafka where it can be had, else to the spool."""
        sink = self._connected()
        if sink is None:
            self._keep(record, "spooled")
            return
        number = self._under_way.begin(record, time.monotonic())
        try:
            sink.send(record, lambda delivery: self._delivered(number, delivery))
        except Unavailable as lost:
            self._pause(lost)
            if self._under_way.end(number) is not None:
                self._keep(record, "spooled")
        except Rejected as never:
            if self._under_way.end(number) is not None:
                self._set_aside(record, never)

    def _delivered(self, number: int, delivery: Delivery) -> None:
        record = self._under_way.end(number)
        if record is None or delivery.error is None:
            return
        if isinstance(delivery.error, Unavailable):
            self._pause(delivery.error)
            self._keep(record, "spooled")
        else:
            self._set_aside(record, delivery.error)

    def _replay(self) -> None:
        """Sends the spool's oldest file, one record ahead of the others; it is deleted once Kafka has all of it."""
        self._replay_at = time.monotonic() + _PAUSE_S
        sink = self._connected()
        if sink is None:
            return
        try:
            with self._spool.oldest() as chunk:
                METRICS.records_sent.labels(IMPRESSIONS, "torn").inc(chunk.torn)
                refused = _sent_again(sink, chunk.records[:1], _PROBE_S)
                refused += _sent_again(sink, chunk.records[1:], _FLUSH_S)
                for record, never in refused:  # only now: of a file that is sent again all would be refused again
                    self._set_aside(record, never)
            self._replay_at = 0.0
        except Unavailable as lost:
            self._pause(lost)
        METRICS.spooled.set(self._spool.waiting)

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
            _LOG.warning("Decision records go to the spool: %s", why)
        self._resume_at = time.monotonic() + _PAUSE_S

    def _set_aside(self, record: Record, never: AdloomError) -> None:
        """Called from Kafka's thread too."""
        fate = "refused" if self._spool.set_aside(record) else "lost"
        METRICS.records_sent.labels(record.topic, fate).inc()
        _LOG.error("Kafka will never take a record for %s, it is %s: %s", record.topic, fate, never)

    def _keep(self, record: Record, fate: str) -> None:
        if not self._spool.append(record):
            fate = "lost"
            _LOG.error("The spool is full: a record for %s is lost", record.topic)
        METRICS.records_sent.labels(record.topic, fate).inc()
        METRICS.spooled.set(self._spool.waiting)


def _sent_again(sink: Sink, records: Sequence[Record], within_s: float) -> list[tuple[Record, AdloomError]]:
    """Sends the records and returns those that Kafka will never take; `Unavailable` where it may take one later."""
    failed: list[tuple[Record, AdloomError]] = []

    def note(delivery: Delivery) -> None:
        if delivery.error is not None:
            failed.append((delivery.record, delivery.error))

    for record in records:
        try:
            sink.send(record, note)
        except Rejected as never:
            failed.append((record, never))
    sink.flush(within_s)
    later = [error for _, error in failed if isinstance(error, Unavailable)]
    if later:
        raise Unavailable("kafka", f"{len(later)} records of the spool, first: {later[0]}")
    return failed


def _record(item: Selected | Record) -> Record:
    return item if isinstance(item, Record) else record_of(item)

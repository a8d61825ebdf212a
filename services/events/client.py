"""The producer SDK: a shop that holds the pseudonym key puts its events on Kafka itself.

    from protos.gen.adloom.events.v1.events_pb2 import Order, View
    from services.events.client import connect

    with connect("127.0.0.1:9092", ".adloom/secrets") as shop:
        shop.publish(View(user_id="alice", product_id="shirt-3", query="blue shirt"))
        shop.publish(Order(user_id="alice", product_id="shirt-3", value_minor=2995), event_id="order-1017")
        print(shop.flush(10))  # Tally(sent=2, failed=0, first_failure='')

User ids are the shop's own; they become pseudonyms here, before anything else. Give event ids of your own where you may
have to send again: two events with one id and source are one event.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.common.clock import Clock, SystemClock
from services.common.errors import Unavailable
from services.common.pseudonym import PseudonymKey
from services.common.secrets import load_pseudonym_key
from services.events.door import DEFAULT_SOURCE, Payload, admit_payload
from services.wire.envelope import Record
from services.wire.headers import PROTOBUF, EventHeaders
from services.wire.kafka_producer import Producer, ProducerSettings
from services.wire.message_types import MESSAGE_TYPES
from services.wire.ports import Delivery, Sink
from services.wire.rules import check_time


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records handed over so far."""

    sent: int  # the broker has them
    failed: int  # it has them not, or its word did not come in time
    first_failure: str = ""


class EventsClient:
    """Publishes views, clicks and orders, and counts what became of them; safe to share between threads."""

    def __init__(self, sink: Sink, key: PseudonymKey, source: str = DEFAULT_SOURCE, clock: Clock | None = None) -> None:
        self._sink = sink
        self._key = key
        self._source = source
        self._clock = clock or SystemClock()
        self._lock = threading.Lock()
        self._tally = Tally(0, 0)

    def publish(self, payload: Payload, event_id: str = "", time: datetime | None = None) -> str:
        """Hands over what happened, now or at `time`; the event's id, made here where none is given.

        Raises `Rejected` that names the field for an event that no consumer would accept, `Unavailable` while too much
        waits for the broker. What the broker says later is in `flush`.
        """
        event_id = event_id or uuid.uuid4().hex
        now = self._clock.now()
        kind = MESSAGE_TYPES[payload.DESCRIPTOR.full_name]
        record = admit_payload(
            payload, EventHeaders(PROTOBUF, event_id, self._source, kind.name, time or now), self._key
        )
        check_time(kind, time or now, now)
        self.send(record)
        return event_id

    def send(self, record: Record) -> None:
        """Hands over a record that is already encoded; it is counted like an event."""
        self._sink.send(record, self._count)

    def flush(self, timeout_s: float) -> Tally:
        """Waits until the broker's word on every record is there, at most `timeout_s`; never raises `Unavailable`."""
        try:
            self._sink.flush(timeout_s)
        except Unavailable as error:
            return self._with_failure(error)
        return self._tally

    def _count(self, delivery: Delivery) -> None:
        with self._lock:
            sent, failed, first = self._tally.sent, self._tally.failed, self._tally.first_failure
            if delivery.error is None:
                self._tally = Tally(sent + 1, failed, first)
            else:
                self._tally = Tally(sent, failed + 1, first or str(delivery.error))

    def _with_failure(self, error: Unavailable) -> Tally:
        with self._lock:
            tally = self._tally
        return Tally(tally.sent, tally.failed, tally.first_failure or str(error))


@contextmanager
def connect(kafka: str, secrets_dir: str | Path, source: str = DEFAULT_SOURCE) -> Iterator[EventsClient]:
    """A producer at the broker `kafka` (host:port) with the keys in `secrets_dir`; delivers what is left at the end.

    Raises `Unavailable` where no broker answers.
    """
    producer = Producer(ProducerSettings(kafka, client_id=source))
    try:
        yield EventsClient(producer, load_pseudonym_key(Path(secrets_dir)), source)
    finally:
        producer.close(10.0)

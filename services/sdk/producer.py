"""Publishes events directly to Kafka, for shops that hold the pseudonym key (example: `services/sdk/__init__.py`).

Pass the shop's own user ids; the client pseudonymises them first of all. Pass event ids of your own if you may have to
send an event again: two events with the same id and source count as one.

At the end of the `with` block the client delivers all events. If some cannot be delivered and no `flush` has reported
it, the block raises `Unavailable`, or logs an error if another exception is already being raised. It logs the same
error if the interpreter exits inside the block. It cannot report anything if the process is killed or ends by
`os._exit`, as multiprocessing ends its children: call `flush` there.

A signal handler may call `publish` and `flush`. Where it has interrupted one of the two, its own thread holds the locks
that it would wait for: then `publish` raises `Unavailable` at once, and `flush` does not wait.

A client may be created before a fork (gunicorn with `preload`, uWSGI, Celery, multiprocessing). A child connects when
it first publishes, and its counts start at 0. Events that were waiting at the fork belong to the parent, which delivers
and counts them once. A gRPC channel cannot be used on both sides of a fork: a child must open its own. uWSGI needs
`enable-threads`, because the client has a thread, and `py-call-uwsgi-fork-hooks`, without which Python itself may hang
in a child of a process with threads.
"""

from __future__ import annotations

import atexit
import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from services.common.clock import Clock, SystemClock
from services.common.errors import Unavailable
from services.common.pseudonym import PseudonymKey
from services.common.secrets import load_pseudonym_key
from services.runtime.per_process import PerProcess
from services.sdk.tally import Tally, Tallying
from services.wire.codec.envelope import Record
from services.wire.codec.headers import PROTOBUF, EventHeaders
from services.wire.codec.message_types import MESSAGE_TYPES
from services.wire.codec.ports import Sink
from services.wire.codec.rules import check_time
from services.wire.codec.shop_events import DEFAULT_SOURCE, Payload, admit_payload
from services.wire.kafka.producer import Producer, ProducerSettings

__all__ = ["EventsClient", "Tally", "connect"]

_LOG = logging.getLogger(__name__)
_LEAVE_S = 10.0
_INSIDE = "a signal handler has interrupted publish or flush in this thread: try again after the handler"


class EventsClient:
    """Publishes views, clicks and orders, and counts deliveries and failures; safe to share between threads."""

    def __init__(self, sink: Sink, key: PseudonymKey, source: str = DEFAULT_SOURCE, clock: Clock | None = None) -> None:
        self._sink = sink
        self._key = key
        self._source = source
        self._clock = clock or SystemClock()
        self._tallying = PerProcess(Tallying)
        self._inside: set[int] = set()  # threads that may hold locks of the sink

    def publish(self, payload: Payload, event_id: str = "", time: datetime | None = None) -> str:
        """Queues an event that happened at `time` (default: now); returns its id, a new one if none is given.

        Raises `Rejected`, which names the field, for an event that consumers would not accept, and `Unavailable` while
        the send queue is full, no broker is reachable, or this thread is inside `publish` or `flush` already. Such an
        event was not published, and no tally counts it. `flush` reports later failures.
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
        """Queues a record that is already encoded; it is counted like an event."""
        me = threading.get_ident()
        if me in self._inside:
            raise Unavailable("kafka", _INSIDE)
        try:
            self._inside.add(me)
            self._send(record, self._tallying.mine())
        finally:
            self._inside.discard(me)

    def _send(self, record: Record, tallying: Tallying) -> None:
        number = tallying.begin()
        try:
            self._sink.send(record, lambda delivery: tallying.end(number, delivery.error))
        except BaseException:
            tallying.forget(number)
            raise

    def flush(self, timeout_s: float) -> Tally:
        """Waits until every record is acknowledged or failed, at most `timeout_s` (0: not at all).

        Never raises `Unavailable`: the tally counts each record that this process published before as sent or failed. A
        record that counts as failed because time ran out may still arrive; a later tally then counts it as sent.
        """
        tallying = self._tallying.mine()
        asked = tallying.published
        me = threading.get_ident()
        if me in self._inside:
            return tallying.tell(asked, _INSIDE)
        try:
            self._inside.add(me)
            self._sink.flush(timeout_s)
        except Unavailable as error:
            return tallying.tell(asked, str(error))
        finally:
            self._inside.discard(me)
        return tallying.tell(asked, "the broker's word did not come in time")

    def untold(self) -> Tally | None:
        """The tally of all records if it has failures that no `flush` has reported; else None."""
        return self._tallying.mine().untold()


@contextmanager
def connect(kafka: str, secrets_dir: str | Path, source: str = DEFAULT_SOURCE) -> Iterator[EventsClient]:
    """A client for the broker `kafka` (host:port) with the keys in `secrets_dir`; delivers waiting events at the end.

    Raises `Unavailable` if no broker answers, and at the end for undelivered events that no `flush` has reported.
    """
    key = load_pseudonym_key(Path(secrets_dir))
    producer = Producer(ProducerSettings(kafka, client_id=source))
    shop = EventsClient(producer, key, source)

    def leave() -> None:
        producer.close(_LEAVE_S)
        if lost := shop.untold():
            _LOG.error("%s", _in_words(lost))

    atexit.register(leave)
    try:
        yield shop
    except BaseException:
        leave()
        raise
    finally:
        atexit.unregister(leave)
    producer.close(_LEAVE_S)
    if lost := shop.untold():
        raise Unavailable("kafka", _in_words(lost))


def _in_words(lost: Tally) -> str:
    return f"{lost.failed} of {lost.sent + lost.failed} events were not delivered: {lost.first_failure}"

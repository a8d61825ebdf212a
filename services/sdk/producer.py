"""A shop that holds the pseudonym key puts its events on Kafka itself (`services/sdk/__init__.py` has an example).

User ids are the shop's own; they become pseudonyms here, before anything else. Give event ids of your own where you may
have to send again: two events with one id and source are one event.

What leaves the `with` block is delivered; what could not be is said: `Unavailable` where no `flush` has told of it, or,
where something else went wrong already, a line of the log. The same line is written where an interpreter ends inside
the block; nothing can be where a process is ended from outside or by `os._exit`, as multiprocessing ends its children:
they flush before.

A client may be made before a fork (gunicorn with `preload`, uWSGI, Celery, multiprocessing). A child connects by itself
when it publishes and counts from nought; what waited at the fork is the parent's, which delivers and counts it once.
A gRPC channel cannot be used on both sides of a fork: a child makes its own. uWSGI needs `enable-threads`, for the
client has a thread, and `py-call-uwsgi-fork-hooks`, without which Python itself may hang in a child of threads.
"""

from __future__ import annotations

import atexit
import logging
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


class EventsClient:
    """Publishes views, clicks and orders, and counts what became of them; safe to share between threads."""

    def __init__(self, sink: Sink, key: PseudonymKey, source: str = DEFAULT_SOURCE, clock: Clock | None = None) -> None:
        self._sink = sink
        self._key = key
        self._source = source
        self._clock = clock or SystemClock()
        self._tallying = PerProcess(Tallying)

    def publish(self, payload: Payload, event_id: str = "", time: datetime | None = None) -> str:
        """Hands over what happened, now or at `time`; the event's id, made here where none is given.

        Raises `Rejected` that names the field for an event that no consumer would accept, `Unavailable` while too much
        waits for the broker, or none can be had; such an event was not published, and no tally counts it. What the
        broker says later is in `flush`.
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
        tallying = self._tallying.mine()
        number = tallying.begin()
        try:
            self._sink.send(record, lambda delivery: tallying.end(number, delivery.error))
        except BaseException:
            tallying.forget(number)
            raise

    def flush(self, timeout_s: float) -> Tally:
        """Waits until the broker's word on every record is there, at most `timeout_s` (0: not at all).

        Never raises `Unavailable`: each record that this process published before is in the tally, sent or failed. One
        that failed because time ran out may still arrive, and is sent in a later tally.
        """
        tallying = self._tallying.mine()
        asked = tallying.published
        try:
            self._sink.flush(timeout_s)
        except Unavailable as error:
            return tallying.tell(asked, str(error))
        return tallying.tell(asked, "the broker's word did not come in time")

    def untold(self) -> Tally | None:
        """What became of all records, where some failed of which no `flush` has told; else None."""
        return self._tallying.mine().untold()


@contextmanager
def connect(kafka: str, secrets_dir: str | Path, source: str = DEFAULT_SOURCE) -> Iterator[EventsClient]:
    """A producer at the broker `kafka` (host:port) with the keys in `secrets_dir`; delivers what is left at the end.

    Raises `Unavailable` where no broker answers, and at the end where something was not delivered that nobody was told.
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

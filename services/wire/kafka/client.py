"""kafka-python's producer, replaced by a new one when it only fails or says nothing any more.

kafka-python 3.0 does not always find its way back by itself. A batch that was tried and then ran out of time, as when
a broker was away for longer than `delivery_s`, makes it give up its producer id, and it never asks for another: from
then on it sends nothing and resolves no future, for ever. An answer that it has no plan for (UNKNOWN_SERVER_ERROR, a
record that the broker finds too large) makes it refuse everything that follows. A new client has neither trouble, and
to send again what the old one had under way is what at-least-once delivery allows.

A client belongs to the process that made it. A forked child has its sockets, but not the thread that uses them.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from kafka import KafkaProducer
from kafka.errors import KafkaError

from services.common.errors import Unavailable
from services.common.metrics import COUNTING, METRICS
from services.wire.kafka.reach import PART

_PATIENCE_S: Final = 1.0  # a client that has failed and delivered nothing for so long is of no use
_GRACE_S: Final = 3.0  # after its own limit a client may take as long to say so
_AGAIN_S: Final = 1.0  # between attempts to connect
_JOIN_S: Final = 2.0


class Pulse:
    """Whether a client works, judged by what became of its records; times are monotonic seconds.

    >>> pulse = Pulse(silent_s=8.0)
    >>> pulse.handed(0.0); pulse.handed(0.1); pulse.failed(5.0); pulse.is_lost(5.5), pulse.is_lost(6.0)
    (False, True)
    >>> pulse.delivered(6.0); pulse.is_lost(100.0)
    False
    """

    def __init__(self, silent_s: float) -> None:
        """`silent_s`: by then a client that works has said what became of a record."""
        self._silent_s = silent_s
        self._lock = threading.Lock()
        self._under_way = 0
        self._heard_at = 0.0
        self._failing_since: float | None = None

    def handed(self, now: float) -> None:
        """The client was given a record."""
        with self._lock:
            if not self._under_way:
                self._heard_at = now
            self._under_way += 1

    def delivered(self, now: float) -> None:
        """The broker has a record: the client works."""
        with self._lock:
            self._under_way -= 1
            self._heard_at = now
            self._failing_since = None

    def failed(self, now: float) -> None:
        """A record was given back."""
        with self._lock:
            self._under_way -= 1
            self._heard_at = now
            if self._failing_since is None:
                self._failing_since = now

    def is_lost(self, now: float) -> bool:
        """Whether nothing good is to be expected of the client any more."""
        with self._lock:
            failing = self._failing_since is not None and now - self._failing_since >= _PATIENCE_S
            return failing or (self._under_way > 0 and now - self._heard_at > self._silent_s)


class OwnProducer(KafkaProducer):  # type: ignore[misc]  # kafka-python ships no types
    """The library's producer, which a forked child lets alone.

    The library closes a producer when it is collected and when an interpreter ends. In a child that would wait for
    locks that nobody gives back and for records that nobody sends, and take the parent's sockets out of its selector.
    """

    def __init__(self, **settings: Any) -> None:
        self._owner = os.getpid()
        super().__init__(**settings)

    def close(self, timeout: float | None = None, null_logger: bool = False) -> None:
        """As the library's, in the process that made it."""
        if os.getpid() == self._owner:
            super().close(timeout, null_logger)
        elif hasattr(self, "_sender"):
            net = self._sender._client._net
            net._selector.close()  # this process's end of it
            net._selector = selectors.DefaultSelector()  # of which whatever still runs may take what it likes


class Client:
    """The newest client of this process; safe to share between threads."""

    def __init__(self, connect: Callable[[], KafkaProducer], delivery_s: float) -> None:
        """`connect` makes a client that answers for each record within `delivery_s`, or raises `Unavailable`.

        It is called when a client is needed.
        """
        self._connect = connect
        self._silent_s = delivery_s + _GRACE_S
        self._lock = threading.Lock()
        self._client: KafkaProducer | None = None
        self._pulse = Pulse(self._silent_s)
        self._again_at = 0.0
        self._closed = False

    def current(self) -> tuple[KafkaProducer, Pulse]:
        """A client that works as far as is known, and its pulse, which is to be told of each record.

        Raises `Unavailable` where the last one was lost and no other can be had. What a lost one had under way is
        given back with an error.
        """
        with self._lock:
            if self._closed:
                raise Unavailable(PART, "the producer is closed")
            if self._client is not None and self._pulse.is_lost(time.monotonic()):
                client, self._client = self._client, None
                abandon(client)
                with COUNTING:
                    METRICS.clients_lost.inc()
            if self._client is None:
                self._client = self._connected()
                self._pulse = Pulse(self._silent_s)
            return self._client, self._pulse

    def flush(self, timeout_s: float) -> None:
        """Waits until what is under way is delivered or failed; raises `KafkaError` or `Unavailable` else."""
        with self._lock:
            has_none = self._client is None  # then nothing is under way
        if not has_none:
            self.current()[0].flush(max(timeout_s, 0.0))

    def close(self, timeout_s: float) -> None:
        """Delivers what is under way within `timeout_s`; the rest is given back with an error."""
        with self._lock:
            client, self._client = self._client, None
            self._closed = True
        if client is None:
            return
        try:
            client.close(max(timeout_s, 0.0))
        except KafkaError:
            abandon(client)

    def _connected(self) -> KafkaProducer:
        if time.monotonic() < self._again_at:
            raise Unavailable(PART, "the last client was lost and the next one is not due yet")
        try:
            return self._connect()
        finally:
            self._again_at = time.monotonic() + _AGAIN_S


def abandon(client: KafkaProducer) -> None:
    """Ends a client without waiting for the broker; every future that is open fails.

    `KafkaProducer.close` will not do: it flushes first, and gives up closing when that fails.
    """
    sender = client._sender
    sender.force_close()
    if sender is not threading.current_thread():
        sender.join(_JOIN_S)
    with contextlib.suppress(KafkaError):
        client.close(0)

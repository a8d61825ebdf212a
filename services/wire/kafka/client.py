"""Replaces kafka-python's producer by a new one when it only fails or does not report deliveries any more.

kafka-python 3.0 does not always recover by itself. When a batch was tried and then timed out, for example because a
broker was down for longer than `delivery_s`, the producer drops its producer id and never requests another: from then
on it sends nothing and resolves no future. After an unexpected error code (UNKNOWN_SERVER_ERROR, or a record that the
broker finds too large) it refuses every later record. A new client has neither problem. At-least-once delivery allows
callers to send again what the old client had in flight.

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

_PATIENCE_S: Final = 1.0  # a client that has only failed for this long is replaced
_GRACE_S: Final = 3.0  # a client may report a timeout this much later than its own limit
_AGAIN_S: Final = 1.0  # between attempts to connect
_JOIN_S: Final = 2.0
_LONGEST_S: Final = 1e6  # of a flush: clocks of threads know no longer waits, and a caller may say "for ever"


class Pulse:
    """Tells whether a client works, from the deliveries of its records; times are monotonic seconds.

    >>> pulse = Pulse(silent_s=8.0)
    >>> pulse.handed(0.0); pulse.handed(0.1); pulse.failed(5.0); pulse.is_lost(5.5), pulse.is_lost(6.0)
    (False, True)
    >>> pulse.delivered(6.0); pulse.is_lost(100.0)
    False
    """

    def __init__(self, silent_s: float) -> None:
        """`silent_s`: the time within which a working client reports the delivery or failure of a record."""
        self._silent_s = silent_s
        self._lock = threading.Lock()
        self._under_way = 0
        self._heard_at = 0.0
        self._failing_since: float | None = None

    def handed(self, now: float) -> None:
        """Notes that the client was given a record."""
        with self._lock:
            if not self._under_way:
                self._heard_at = now
            self._under_way += 1

    def delivered(self, now: float) -> None:
        """Notes that the broker has a record: the client works."""
        with self._lock:
            self._under_way -= 1
            self._heard_at = now
            self._failing_since = None

    def failed(self, now: float) -> None:
        """Notes that a record failed."""
        with self._lock:
            self._under_way -= 1
            self._heard_at = now
            if self._failing_since is None:
                self._failing_since = now

    def is_lost(self, now: float) -> bool:
        """Whether the client is broken and must be replaced."""
        with self._lock:
            failing = self._failing_since is not None and now - self._failing_since >= _PATIENCE_S
            return failing or (self._under_way > 0 and now - self._heard_at > self._silent_s)


class OwnProducer(KafkaProducer):  # type: ignore[misc]  # kafka-python ships no types
    """The library's producer, which does nothing when a forked child closes it.

    The library closes a producer when it is garbage-collected and when the interpreter exits. In a forked child this
    would wait for locks that no thread releases and for records that no thread sends, and it would remove the parent's
    sockets from the selector that both share.
    """

    def __init__(self, **settings: Any) -> None:
        self._owner = os.getpid()
        super().__init__(**settings)

    def close(self, timeout: float | None = None, null_logger: bool = False) -> None:
        """Closes as the library does, but only in the process that made the producer."""
        if os.getpid() == self._owner:
            super().close(timeout, null_logger)
        elif hasattr(self, "_sender"):
            net = self._sender._client._net
            net._selector.close()  # closes this process's copy only
            net._selector = selectors.DefaultSelector()  # for library code that still uses one


class Client:
    """Holds the current client of this process; safe to share between threads."""

    def __init__(self, connect: Callable[[], KafkaProducer], delivery_s: float) -> None:
        """`connect` makes a client, or raises `Unavailable`; it is called when a client is needed.

        The client must report the delivery or failure of each record within `delivery_s`.
        """
        self._connect = connect
        self._silent_s = delivery_s + _GRACE_S
        self._lock = threading.Lock()
        self._client: KafkaProducer | None = None
        self._pulse = Pulse(self._silent_s)
        self._again_at = 0.0
        self._closed = False

    def current(self) -> tuple[KafkaProducer, Pulse]:
        """A client that is not known to be broken, and its pulse, to which the caller must report each record.

        Raises `Unavailable` where the last client was broken and no new one can connect. Records that a broken client
        had in flight fail with an error.
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
        """Waits until all records in flight are delivered or failed; otherwise raises `KafkaError` or `Unavailable`."""
        with self._lock:
            has_none = self._client is None  # then nothing is in flight
        if not has_none:
            self.current()[0].flush(min(max(timeout_s, 0.0), _LONGEST_S))

    def close(self, timeout_s: float) -> None:
        """Delivers the records in flight within `timeout_s`; the rest fail with an error."""
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
    """Ends a client without waiting for the broker; every open future fails.

    `KafkaProducer.close` alone does not do this: it flushes first, and stays open when that fails.
    """
    sender = client._sender
    sender.force_close()
    if sender is not threading.current_thread():
        sender.join(_JOIN_S)
    with contextlib.suppress(KafkaError):
        client.close(0)

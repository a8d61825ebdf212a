"""The `Sink` on a real broker: kafka-python, idempotent, acknowledged by all replicas, batched, bounded, self-healing.

Delivery is at least once: the broker drops repeats that the client itself sends, and a caller that sends again after
`Unavailable` uses the same event id. Order is kept within a partition. The partition is the murmur2 hash of the key.

A producer may be made before a fork (gunicorn with `preload`, uWSGI, Celery, multiprocessing). A child that sends opens
its own connection. Records that were queued at the moment of the fork are delivered once, by the parent.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from kafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError
from kafka.partitioner import DefaultPartitioner

from services.common.errors import AdloomError, Bug, Rejected, Unavailable
from services.common.metrics import COUNTING, METRICS
from services.common.partition import partition_of
from services.common.topics import MAX_DEAD_LETTER_BYTES
from services.runtime.per_process import PerProcess
from services.wire.codec.encode import check_size
from services.wire.codec.envelope import Record
from services.wire.codec.ports import Delivery, OnDelivery
from services.wire.kafka.client import Client, OwnProducer, Pulse
from services.wire.kafka.empty_tags import read_empty_tags
from services.wire.kafka.reach import PART, require_listener


@dataclass(frozen=True, slots=True)
class ProducerSettings:
    """How the producer batches and how long it tries."""

    bootstrap: str  # "host:port", comma-separated
    client_id: str = "adloom"
    linger_ms: int = 5
    batch_bytes: int = 128 * 1024
    compression: str | None = "lz4"
    connect_s: float = 10.0  # a broker must answer within this time
    block_s: float = 10.0  # a send may wait this long for buffer space or for metadata
    delivery_s: float = 30.0  # from `send` to the broker's acknowledgement, retries included
    under_way_bytes: int = 32 * 1024 * 1024  # limit of unacknowledged records


class Producer:
    """Sends records to Kafka; safe to share between threads."""

    def __init__(self, settings: ProducerSettings) -> None:
        """Connects; raises `Unavailable` where no broker answers in time."""
        self._settings = settings
        self._closed = False
        self._state = PerProcess(lambda: _State(settings))
        self._state.mine().client.current()

    def send(self, record: Record, on_delivery: OnDelivery | None = None) -> None:
        """Queues `record` for the next batch; see `Sink.send`."""
        check_size(record)
        state, size = self._open(), record.size_bytes()
        if not state.room.take(size, self._settings.block_s):
            state.client.current()  # replacing a broken client fails its records, which frees the buffer
            raise Unavailable(PART, f"{self._settings.under_way_bytes} bytes wait for the broker's word")
        try:
            future, pulse = _handed_over(state.client, record)
        except BaseException:
            state.room.give(size)
            raise

        def done(delivery: Delivery) -> None:
            lost = isinstance(delivery.error, AdloomError) and not isinstance(delivery.error, Rejected)
            (pulse.failed if lost else pulse.delivered)(time.monotonic())
            state.room.give(size)
            state.tell(delivery, on_delivery)

        future.add_callback(lambda where: done(Delivery(record, where.partition, where.offset, where.timestamp)))
        future.add_errback(lambda exc: done(Delivery(record, error=_translated(record, exc))))

    def flush(self, timeout_s: float) -> None:
        """See `Sink.flush`."""
        state = self._open()
        try:
            state.client.flush(timeout_s)
        except KafkaError as exc:
            raise Unavailable(PART, f"records were not delivered within {timeout_s} s ({exc})") from exc
        with state.lock:
            unhandled, state.unhandled = state.unhandled, []
        if unhandled:
            raise unhandled[0]

    def close(self, timeout_s: float) -> None:
        """Delivers the records in flight within `timeout_s`, then disconnects; the rest fail."""
        self._closed = True
        self._state.mine().client.close(timeout_s)

    def _open(self) -> _State:
        if self._closed:
            raise Unavailable(PART, "the producer is closed")
        return self._state.mine()


class _State:
    """The state of a producer in one process."""

    def __init__(self, settings: ProducerSettings) -> None:
        self.room = _Room(settings.under_way_bytes)
        self.client = Client(lambda: _connected(settings), settings.delivery_s)
        self.lock = threading.Lock()
        self.unhandled: list[AdloomError] = []

    def tell(self, delivery: Delivery, on_delivery: OnDelivery | None) -> None:
        """Reports the delivery of a record to its callback; without one, a failure is kept for the next `flush`."""
        with COUNTING:
            METRICS.records_sent.labels(delivery.record.topic, "failed" if delivery.error else "delivered").inc()
        if on_delivery is not None:
            on_delivery(delivery)
        elif delivery.error is not None:
            with self.lock:
                self.unhandled.append(delivery.error)


def _connected(settings: ProducerSettings) -> OwnProducer:
    read_empty_tags()
    require_listener(settings.bootstrap, settings.connect_s)
    try:
        return OwnProducer(**client_settings(settings))
    except KafkaError as exc:
        raise Unavailable(PART, f"no broker answered at {settings.bootstrap} ({exc})") from exc


def _handed_over(client: Client, record: Record) -> tuple[Any, Pulse]:
    producer, pulse = client.current()
    pulse.handed(time.monotonic())
    try:
        headers = list(record.headers)
        return producer.send(record.topic, _value(record), record.key, headers, partition=record.partition), pulse
    except KafkaError as exc:
        pulse.failed(time.monotonic())
        raise _translated(record, exc) from exc
    except BaseException:
        pulse.failed(time.monotonic())
        raise


def _value(record: Record) -> bytes | None:
    """The value; empty where there is neither key nor value, because kafka-python refuses that and Kafka does not."""
    return b"" if record.key is None and record.value is None else record.value


class _Murmur2(DefaultPartitioner):  # type: ignore[misc]  # kafka-python ships no types
    """The default partitioner with the cached hash of `services.common.partition`."""

    def partition(self, topic: str, key: Any, serialized_key: bytes | None, *rest: Any) -> int:
        cluster = rest[-1]
        if serialized_key is None:
            return int(super().partition(topic, key, serialized_key, *rest))
        return partition_of(serialized_key, len(cluster.partitions_for_topic(topic)))


class _Room:
    """Limits the bytes in flight; a record larger than the limit is sent alone."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0
        self._changed = threading.Condition()

    def take(self, size: int, timeout_s: float) -> bool:
        with self._changed:
            fits = self._changed.wait_for(lambda: self._taken == 0 or self._taken + size <= self._size, timeout_s)
            self._taken += size if fits else 0
            return fits

    def give(self, size: int) -> None:
        with self._changed:
            self._taken -= size
            self._changed.notify_all()


def client_settings(settings: ProducerSettings) -> dict[str, Any]:
    """What kafka-python's producer is made with."""
    return {
        "bootstrap_servers": settings.bootstrap.split(","),
        "client_id": settings.client_id,
        "enable_idempotence": True,
        "acks": "all",
        "partitioner": _Murmur2(),
        "linger_ms": settings.linger_ms,
        "batch_size": settings.batch_bytes,
        "compression_type": settings.compression,
        "max_request_size": MAX_DEAD_LETTER_BYTES,
        "max_block_ms": round(settings.block_s * 1000),
        "delivery_timeout_ms": round(settings.delivery_s * 1000),
        "request_timeout_ms": round(min(settings.delivery_s, 10) * 1000) - settings.linger_ms - 1,
        "bootstrap_timeout_ms": round(settings.connect_s * 1000),
        "reconnect_backoff_max_ms": 1000,
        "metadata_max_age_ms": 10_000,  # added partitions change the partition of a key
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }


def _translated(record: Record, exc: BaseException) -> AdloomError:
    if isinstance(exc, MessageSizeTooLargeError | RecordListTooLargeError):
        return Rejected("invalid", "value", f"{len(record.value or b'')} bytes", "a size that the broker takes")
    if isinstance(exc, KafkaError):
        return Unavailable(PART, f"a record for {record.topic} was not delivered ({exc!r})")
    return Bug(f"kafka-python gave {exc!r} for a record for {record.topic}")

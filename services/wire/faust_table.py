"""The states of users: a Faust table (local store + changelog), written a batch at a time.

Faust's own `table[key] = value` sends one changelog message an assignment through several queues. Here the store is
written under a current event of the user's partition, as Faust wants it, and the changelog gets one record batch a
partition; `settle` returns when the broker has all of it.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Iterable, Iterator
from typing import Any

import aiokafka
import faust
from faust.streams import _current_event
from faust.types.tuples import TP, Message

from services.common.crash_points import reached
from services.common.partition import partition_of
from services.common.topics import PARTITIONS

LARGEST_STATE_BYTES = 8 << 20
"""The changelog takes states up to this size; rooms bound theirs well below it."""

_Write = tuple[bytes, bytes | None]


class StateTable:
    """What the worker keeps in its table: user pseudonym -> state, by partition."""

    def __init__(self, app: faust.App, name: str, worker: str) -> None:
        self._app = app
        self._worker = worker
        self.table: Any = app.Table(
            name,
            key_type=bytes,
            value_type=bytes,
            partitions=PARTITIONS,
            extra_topic_configs={"max.message.bytes": str(LARGEST_STATE_BYTES)},
            options={"write_buffer_size": 16 << 20, "block_cache_size": 64 << 20},
        )
        self._here = {partition: _event_of(app, name, partition) for partition in range(PARTITIONS)}
        self._unsent: dict[int, list[_Write]] = {}

    def get(self, partition: int, user: str) -> bytes | None:
        """The user's state; None where there is none."""
        _current_event.set(weakref.ref(self._here[partition]))
        try:
            value: bytes = self.table.data[user.encode()]
        except KeyError:
            return None
        return value

    def put(self, partition: int, user: str, state: bytes | None) -> None:
        """Stores a state locally (None removes it); `settle` makes it durable."""
        if not self._unsent:
            reached(self._worker, "table.before")
        _current_event.set(weakref.ref(self._here[partition]))
        key = user.encode()
        if state is not None:
            self.table.data[key] = state
        elif key in self.table.data:
            del self.table.data[key]
        self._unsent.setdefault(partition, []).append((key, state))

    async def settle(self) -> None:
        """Returns when the changelog on the broker holds everything that was put; waits as long as that takes."""
        unsent, self._unsent = self._unsent, {}
        if unsent:
            reached(self._worker, "table.between")
            await asyncio.gather(*(self._send(partition, writes) for partition, writes in unsent.items()))
            reached(self._worker, "table.after")

    def states(self, partition: int) -> Iterator[tuple[str, bytes]]:
        """Every user of the partition with their state."""
        store: Any = self.table.data
        if hasattr(store, "_visible_items"):  # on disk: a database a partition
            found: Iterable[_Write] = store._visible_items(store._db_for_partition(partition))
        else:
            found = [(key, value) for key, value in store.data.items() if partition_of(key, PARTITIONS) == partition]
        return ((key.decode(), value) for key, value in found if value is not None)

    async def _send(self, partition: int, writes: list[_Write]) -> None:
        producer = producer_of(self._app)
        topic = self.table.changelog_topic.get_topic_name()
        sent: list[tuple[asyncio.Future[Any], int]] = []
        batch = producer.create_batch()
        for key, value in writes:
            if batch.append(key=key, value=value, timestamp=None) is None:  # full
                sent.append((await producer.send_batch(batch, topic, partition=partition), batch.record_count()))
                batch = producer.create_batch()
                batch.append(key=key, value=value, timestamp=None)
        sent.append((await producer.send_batch(batch, topic, partition=partition), batch.record_count()))
        for future, count in sent:
            first = await future
            self.table.data.set_persisted_offset(TP(topic, partition), first.offset + count - 1)


def producer_of(app: faust.App) -> aiokafka.AIOKafkaProducer:
    """The producer under Faust's own: it takes record batches, and Faust flushes it before each commit."""
    under: Any = app.producer
    return under._ensure_producer()


def _event_of(app: faust.App, table: str, partition: int) -> faust.Event:
    """A stand-in for a current event of the partition: Faust's stores ask it where they are."""
    message = Message(table, partition, -1, 0.0, 0, None, None, None, None)
    return faust.Event(app, None, None, None, message)

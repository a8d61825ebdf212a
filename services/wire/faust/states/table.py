"""Keeps users' states in a Faust table (local store + changelog), written a batch at a time.

Faust's own `table[key] = value` sends one changelog message per assignment through several queues. Here the local store
is written directly, under a current event of the user's partition, which Faust requires. The changelog gets one record
batch per partition; `settle` returns when the broker has all of them.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiokafka
import faust
from aiokafka.errors import KafkaError
from faust.streams import _current_event
from faust.types.tuples import TP, Message

from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.common.partition import partition_of
from services.runtime.fault_points import reached
from services.wire.faust.gaps import GapReader
from services.wire.faust.states.changelog import EPOCH_MARKER, Changelog, Write
from services.wire.faust.states.layout import table_of

log = logging.getLogger(__name__)

LARGEST_STATE_BYTES = 8 << 20
"""The changelog takes states up to this size; the processors limit theirs to well below it."""

STORE_OPTIONS: Final[Mapping[str, int]] = {"write_buffer_size": 2560 << 10, "block_cache_size": 0}
"""Memory options of the store of a partition: a write buffer, which is flushed to disk in portions of 2.5 MiB.

The store allocates a buffer in eight pieces; each is larger than `PIECE_BYTES` (`freed_memory.py`), so freed buffers
leave no holes. The block cache is off, because the operating system caches the files and gives that memory back under
pressure. A block cache would count as the worker's memory, fill up with blocks that compaction has replaced, and make
nothing faster.
"""

Confirm = Callable[[], Awaitable[None]]


class StateTable:
    """The worker's table: user pseudonym -> state, by partition."""

    def __init__(self, app: faust.App, partitions: int, worker: str, gaps: GapReader, confirm: Confirm) -> None:
        """Makes the table, laid out for `partitions`.

        `confirm` raises `PartitionsRevoked` where Kafka does not count this worker as the owner of its partitions.
        """
        self._app = app
        self._worker = worker
        self._gaps = gaps
        self._confirm = confirm
        self._partitions = partitions
        name = table_of(partitions)
        self.table: Any = app.Table(
            name,
            key_type=bytes,
            value_type=bytes,
            partitions=partitions,
            extra_topic_configs={"max.message.bytes": str(LARGEST_STATE_BYTES), "compression.type": "uncompressed"},
            options=dict(STORE_OPTIONS),  # a copy, because the store removes entries from it
        )
        self.changelog = Changelog(lambda: producer_of(app), lambda: self.topic)
        manager: Any = app.tables
        manager.states = self
        self._here = {partition: _event_of(app, name, partition) for partition in range(partitions)}
        self._unsent: dict[int, list[Write]] = {}

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop in which the table is used."""
        return self._app.loop

    @property
    def topic(self) -> str:
        """The changelog's name."""
        name: str = self.table.changelog_topic.get_topic_name()
        return name

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
        """Returns when the changelog on the broker holds everything that was put; waits as long as that takes.

        Raises `PartitionsRevoked` where another worker owns the partition.
        """
        unsent, self._unsent = self._unsent, {}
        if unsent:
            reached(self._worker, "table.between")
            await asyncio.gather(*(self._send(partition, writes) for partition, writes in unsent.items()))
            reached(self._worker, "table.after")

    def states(self, partition: int) -> StatesOf:
        """Every user of the partition with their state; may be iterated many times."""
        return StatesOf(self, partition)

    def of_partition(self, partition: int) -> Iterator[tuple[str, bytes]]:
        """Every user of the partition with their state; may be iterated once."""
        store: Any = self.table.data
        if hasattr(store, "_visible_items"):  # on disk: one database per partition
            found: Iterable[Write] = store._visible_items(store._db_for_partition(partition))
        else:
            found = [
                (key, value) for key, value in store.data.items() if partition_of(key, self._partitions) == partition
            ]
        return ((key.decode(), value) for key, value in found if value is not None)

    async def changed_since(self, partition: int, offset: int) -> list[str]:
        """Users with a state that was written at this offset or later; all users at 0. Raises `KafkaError`."""
        if offset == 0:
            return [user for user, _ in self.of_partition(partition)]
        found = await self._gaps.keys((self.topic, partition), offset, self.changelog.end(partition))
        return [key.decode() for key in found - {EPOCH_MARKER} if self.get(partition, key.decode()) is not None]

    async def take_over(self, partition: int) -> int:
        """Takes over the changelog of the partition; returns the offset up to which it must be read back."""
        return await self.changelog.take_over(partition)

    async def write_again(self, partition: int, keys: Iterable[bytes]) -> None:
        """Appends the states of these keys again, after a zombie writer's."""
        writes = [(key, self.get(partition, key.decode())) for key in keys]
        if writes:
            METRICS.written_again.inc(len(writes))
            await self._send(partition, writes)

    async def _send(self, partition: int, writes: Sequence[Write]) -> None:
        """Appends to the changelog, again where a zombie's states came in between. Raises `PartitionsRevoked`."""
        strange = await self.changelog.append(partition, writes)
        if strange.first == strange.end:
            if self.changelog.owns(partition):
                self.table.data.set_persisted_offset(TP(self.topic, partition), strange.end - 1)
            return
        log.warning("somebody else writes to %s/%d: offsets %s", self.topic, partition, strange)
        await self._confirm()
        found = await self._gaps.read(((self.topic, partition), *strange))
        await self.changelog.take_over(partition)
        keys = {raw.key for raw in found if raw.key is not None and raw.key != EPOCH_MARKER}
        await self.write_again(partition, keys)


@dataclass(frozen=True, slots=True)
class StatesOf:
    """The states of one partition, read again at each iteration."""

    table: StateTable
    partition: int

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        return self.table.of_partition(self.partition)

    def since(self, offset: int) -> Collection[str]:
        """See `processor.PartitionStates`."""
        try:
            return asyncio.run_coroutine_threadsafe(
                self.table.changed_since(self.partition, offset), self.table.loop
            ).result()
        except KafkaError as exc:
            raise Unavailable("kafka", f"the changelog of partition {self.partition} was not read ({exc!r})") from exc


def producer_of(app: faust.App) -> aiokafka.AIOKafkaProducer:
    """The aiokafka producer inside Faust's: it takes record batches, and Faust flushes it before each commit."""
    under: Any = app.producer
    return under._ensure_producer()


def _event_of(app: faust.App, table: str, partition: int) -> faust.Event:
    """A stand-in for a current event of the partition, from which Faust's stores take the partition."""
    message = Message(table, partition, -1, 0.0, 0, None, None, None, None)
    return faust.Event(app, None, None, None, message)

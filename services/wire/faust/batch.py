"""Processes one batch. The order in which results become durable makes delivery effectively once.

1. `Processor.advance` computes each user's next state in memory.
2. The broker has the emitted records, the dead letters and the messages for other partitions.
3. The local store and the changelog on the broker have the states.
4. The rows are visible outside (`Processor.publish`).
5. Only then does the caller acknowledge the events.

After a crash the unfinished batch is processed again. Records are sent before states are stored, because work that is
due to the watermark alone (a window that closes) has no event that would be delivered again. A state that was stored in
step 3 recognises redelivered events; it is stored and its row published again all the same, because the crash may have
come between the two steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from services.common.metrics import METRICS
from services.wire.codec.envelope import Envelope, RawRecord, Record
from services.wire.faust.classify import ClassifiedBatch, User, classify
from services.wire.faust.processor import Processor, StateUpdate
from services.wire.faust.watermark import Watermarks


class PartitionsRevoked(Exception):
    """The partitions of the batch are not ours any more: nothing more of the batch may be written."""


class StateStore(Protocol):
    """The store of users' states."""

    def get(self, partition: int, user: str) -> bytes | None:
        """The user's state; None where there is none."""
        ...

    def put(self, partition: int, user: str, state: bytes | None) -> None:
        """Stores a state; None removes it."""
        ...

    async def settle(self) -> None:
        """Returns when every state that was put is durable."""
        ...


class WorkerIO(Protocol):
    """The effects that a step needs: states, sending, publishing and the check of ownership."""

    @property
    def states(self) -> StateStore:
        """The states of our partitions."""
        ...

    async def send(self, records: Sequence[Record]) -> None:
        """Returns when the broker has all records; waits as long as that takes."""
        ...

    async def publish(self, rows: Sequence[object]) -> None:
        """`Processor.publish`, repeated until it succeeds. Raises `PartitionsRevoked`."""
        ...

    def check_ours(self) -> None:
        """Raises `PartitionsRevoked` where the partitions of the batch have been revoked since it was read."""
        ...


class BatchProcessor:
    """Takes batches through the steps, with one `Processor`."""

    def __init__(self, processor: Processor, partitions: Mapping[str, int], marks: Watermarks, io: WorkerIO) -> None:
        self._processor = processor
        self._partitions = partitions
        self._marks = marks
        self._io = io

    async def step(self, raws: Sequence[RawRecord]) -> None:
        """Returns when all results of the messages are durable; raises `PartitionsRevoked` or `Bug`."""
        classified = classify(raws, self._partitions)
        self._io.check_ours()
        updates = self._advance(classified)
        outgoing = [*(record for update in updates.values() for record in update.records), *classified.outgoing]
        if outgoing:
            await self._io.send(outgoing)
            self._io.check_ours()
        await self._store(updates)
        rows = [update.row for update in updates.values() if update.row is not None]
        if rows:
            self._io.check_ours()
            await self._io.publish(rows)
        for raw in raws:
            self._marks.processed(raw.topic, raw.partition, raw.offset, raw.timestamp_ms)
        _count(classified)

    def _advance(self, classified: ClassifiedBatch) -> dict[User, StateUpdate]:
        updates: dict[User, StateUpdate] = {}
        fates: Counter[tuple[str, str]] = Counter()
        for (partition, name), events in self._work(classified).items():
            state = self._io.states.get(partition, name)
            update = self._processor.advance(name, partition, state, events, self._marks.of(partition))
            updates[partition, name] = update
            for event, reason in update.refused:
                classified.refuse(event, reason)
            fates.update(update.fates)
        for (topic, fate), count in fates.items():
            METRICS.events.labels(topic, fate).inc(count)
        return updates

    async def _store(self, updates: Mapping[User, StateUpdate]) -> None:
        for (partition, name), update in updates.items():
            self._io.states.put(partition, name, update.state)
        await self._io.states.settle()

    def _work(self, classified: ClassifiedBatch) -> dict[User, list[Envelope]]:
        """Users with events, and users who are due at the watermark."""
        work = dict(classified.events)
        for partition in self._marks.partitions:
            for name in self._processor.due_users(partition, self._marks.of(partition)):
                work.setdefault((partition, name), [])
        return work


def _count(classified: ClassifiedBatch) -> None:
    for topic in classified.repartitioned:
        METRICS.repartitioned.labels(topic).inc()
    for topic, reason in classified.refused:
        METRICS.dead_letters.labels(topic, reason).inc()

"""The runtime that both Faust workers share: a `Processor` decides, the `Worker` reads, writes, waits and stops.

Key: user pseudonym; a worker owns whole partitions of all its topics. Order: of each topic-partition, not between
topics. Delivery: at least once into `Processor.advance`. A replay is harmless, because states are written whole and
recognise the events that they hold (`deduplicator.py` in `profiles`, `UserState.applied` and `named_by` in `outcomes`),
and because no event is acknowledged before all its results are durable (`batch.py`). While a part is unavailable the
worker waits, with the part named; it loses and raises nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from aiokafka.errors import KafkaError
from faust.types.tuples import TP

from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.runtime.fault_points import reached
from services.runtime.health import Readiness
from services.wire.codec.envelope import RawRecord, Record, TopicPartition
from services.wire.faust.app import WorkerSettings, faust_app
from services.wire.faust.batch import BatchProcessor, PartitionsRevoked
from services.wire.faust.commit_points import add_commit_points
from services.wire.faust.emission import emit
from services.wire.faust.gaps import GapReader
from services.wire.faust.group_progress import GroupProgress
from services.wire.faust.markers import Markers
from services.wire.faust.membership import is_counted, request_new_assignment, see_skipped, unassigned, unknown
from services.wire.faust.patches.aiokafka_markers import note_markers
from services.wire.faust.patches.aiokafka_taken_names import notice_taken_names
from services.wire.faust.processor import Processor
from services.wire.faust.states.layouts import LayoutCheck
from services.wire.faust.states.table import StateTable, producer_of
from services.wire.faust.stream import BatchStream
from services.wire.faust.watermark import Watermarks
from services.wire.kafka.gaps import deleted, tell_deleted

log = logging.getLogger(__name__)

CRASHED = 70
"""Exit status of a worker that ended itself to avoid a wrong result."""

START = "start"
"""The part that `Readiness` waits for until the partitions are assigned and their states restored."""

CHECK_INTERVAL_S = 5.0
"""How often `Processor.check_store` is called: rows that the online store lost are noticed so soon without events."""

_RETRY_S = 0.25


class Worker:
    """One Faust worker process with its `Processor`."""

    def __init__(
        self, name: str, settings: WorkerSettings, topics: Sequence[str], processor: Processor, readiness: Readiness
    ) -> None:
        self.name = name
        self.settings = settings
        self.topics = tuple(topics)
        self.readiness = readiness
        self.app = faust_app(name, settings)
        add_commit_points(self.app, name)
        self.markers = Markers(topics)
        note_markers(self.markers.note)
        notice_taken_names(settings.kafka, self._name_is_taken)
        self._gaps = GapReader(settings.kafka, self.markers)
        self.marks = Watermarks(topics)
        self.group = GroupProgress(topics)
        self.partitions = 0  # of every input
        self.draining = False
        self.idle = asyncio.Event()  # set while no batch is in progress
        self.batches = 0  # finished batches that were not empty
        self.suspects: dict[TopicPartition, int] = {}  # inputs that may hold unread messages before these offsets
        self._processor = processor
        self.generation = -1  # the group's generation whose partitions were taken over
        self._checked_at = time.monotonic()  # when `Processor.check_store` was last called
        self._missing = ""  # the topics or partitions missing from our assignment
        source = self.app.topic(
            *topics, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", allow_empty=True
        )
        self.app.agent(source, name=name)(self._agent)

    def lay_out(self, partitions: int) -> None:
        """Sets the number of partitions of every input and of the changelog; call once, before the app starts."""
        self.partitions = partitions
        self._layout = LayoutCheck(self.settings.kafka, self.name, self.topics, partitions)
        self.states = StateTable(self.app, partitions, self.name, self._gaps, self.confirm)
        self._batch_processor = BatchProcessor(
            self._processor, dict.fromkeys(self.topics, partitions), self.marks, self
        )

    async def _agent(self, stream: Any) -> None:
        """Faust's agent. On an exception Faust would acknowledge the batch, so the process ends instead."""
        try:
            assert isinstance(stream, BatchStream)
            async for generation, raws in stream.take_batches(self.settings.batch_size, self.settings.tick_s):
                self.idle.clear()
                if not self.draining:
                    await self._batch(generation, raws)
                self.idle.set()
        except asyncio.CancelledError:
            raise
        except BaseException:
            log.exception("ended before anything of the batch was acknowledged")
            os._exit(CRASHED)

    async def _batch(self, generation: int, raws: Sequence[RawRecord]) -> None:
        try:
            await self._take_over()
            if generation != self.generation:
                raws = []
            suspects, self.suspects = self.suspects, {}
            raws = await self._gaps.fill(raws, self.marks.following, suspects)
            await self._batch_processor.step(raws)
            for tp, end in suspects.items():
                self.marks.nothing_before(tp, end)
            self.check_ours()
        except PartitionsRevoked:
            if raws:
                log.warning("partitions were taken away; %d events are left to their new owner", len(raws))
            self.generation = -1  # if they are still ours, they are taken over again from the start
            return
        self._finished({*suspects, *((raw.topic, raw.partition) for raw in raws)})
        self.batches += bool(raws)
        if raws or not self.owns:
            self.readiness.has(START)  # which is progress, too
        await self._check_store()

    async def _check_store(self) -> None:
        """Calls `Processor.check_store` every `CHECK_INTERVAL_S`."""
        if time.monotonic() - self._checked_at >= CHECK_INTERVAL_S:
            await asyncio.to_thread(self._processor.check_store)
            self._checked_at = time.monotonic()

    @property
    def owns(self) -> bool:
        """Whether the partitions are assigned and their states restored."""
        return START not in self.readiness.waits()

    def _finished(self, inputs: Iterable[TopicPartition]) -> None:
        """Lets the next commit include these inputs, up to their processed offsets."""
        consumer: Any = self.app.consumer
        consumer.finished({tp: self.marks.following[tp] for tp in inputs if tp in self.marks.following})

    def pass_markers(self) -> bool:
        """Moves the inputs past transaction markers that come next; returns whether there were any."""
        if not self._is_current(self.generation):
            return False
        passed = self.markers.behind(self.marks.following)
        for tp, offset in passed.items():
            self.marks.nothing_before(tp, offset)
        self._finished(passed)
        self.markers.forget(self.marks.following)
        return bool(passed)

    async def _take_over(self) -> None:
        """Takes over the partitions of the newest generation and releases others. Raises `PartitionsRevoked`."""
        while self._rebalances() or self.app.consumer_generation_id <= 0:  # the first assignment brings 1
            METRICS.partitions.set(0)
            self.readiness.waiting_for(START)
            await asyncio.sleep(0.01)
        if self.generation == self.app.consumer_generation_id:
            return
        generation = self.app.consumer_generation_id
        await self._check_whole()
        await self._layout.check()
        ours = {tp for tp in self.app.consumer.assignment() if tp.topic in self.topics}
        partitions = {tp.partition for tp in ours}
        for partition in self.marks.partitions - partitions:
            self._processor.release(partition)
            self.marks.end(partition)
        self.marks.begin(await self._positions(ours, generation))
        self._hold(self.group.begin(partitions))
        for partition in sorted(partitions):
            self._processor.restore(partition, self.states.states(partition))
        self.generation = generation
        METRICS.partitions.set(len(partitions))
        METRICS.takeovers.inc()
        reached(self.name, "recovered")
        log.info("owns partitions %s as of generation %s", sorted(partitions), generation)

    def hold_until_moved(
        self, ends: Mapping[TopicPartition, int], asked_ms: int, others: Mapping[TopicPartition, int]
    ) -> None:
        """Lets watermarks advance as far as the group has moved misplaced messages.

        `ends` are those of every input, asked for at `asked_ms`; `others` tells what other workers have done of theirs.
        """
        done = {**others, **self.marks.following}
        if ends.keys() <= done.keys():  # an input may have changed hands since
            self._hold(self.group.note(ends, asked_ms, done))

    def _hold(self, until_ms: Mapping[int, int]) -> None:
        for partition, ms in until_ms.items():
            self.marks.hold(partition, ms)

    async def _check_whole(self) -> None:
        """Requests a new assignment and raises `PartitionsRevoked` where an input or the changelog is missing."""
        consumer, topics = self.app.consumer, [*self.topics, self.states.topic]
        missing = [f"{tp.topic}/{tp.partition}" for tp in unassigned(consumer.assignment(), topics)]
        names = ", ".join(unknown(consumer, topics) or missing)
        if names and names != self._missing:
            log.warning("was not given %s: asks for another assignment", names)
        self._missing = names
        if names:
            self.readiness.waiting_for(START)
            await request_new_assignment(consumer, topics)
            raise PartitionsRevoked

    async def _positions(self, ours: set[TP], generation: int) -> Mapping[TopicPartition, int]:
        """The start offset of each input: after its finished messages, or its earliest. Raises `PartitionsRevoked`.

        Deleted messages are reported once: they count as finished, also where no later message would commit past them.
        """
        consumer: Any = self.app.consumer
        found = await consumer.earliest_offsets(*ours) if ours else {}
        never_read = {(tp.topic, tp.partition): found[tp] for tp in ours if self.states.changelog.is_new(tp.partition)}
        await see_skipped(consumer, ours, never_read)
        if not self._is_current(generation):
            raise PartitionsRevoked
        done = {(tp.topic, tp.partition): consumer.done_before(tp) for tp in ours}
        earliest = {(tp.topic, tp.partition): offset for tp, offset in found.items()}
        lost = deleted(done, earliest)
        tell_deleted(lost)
        consumer.finished({tp: earliest[tp] for tp in lost})
        return {tp: max(done[tp] or 0, offset) for tp, offset in earliest.items()}

    def _rebalances(self) -> bool:
        tables: Any = self.app.tables
        return not tables.recovery.is_over

    def _is_current(self, generation: int) -> bool:
        """Whether the assignment of this generation is the newest, and its states are restored."""
        return not self._rebalances() and generation == self.app.consumer_generation_id

    def check_ours(self) -> None:
        """Raises `PartitionsRevoked` after a rebalance."""
        if not self._is_current(self.generation):
            raise PartitionsRevoked

    def _name_is_taken(self, instance: str) -> None:
        """Ends the process: another one uses our static name, and this one must write nothing more."""
        log.critical("another %s works under the name %s (ADLOOM_INSTANCE): ends itself", self.name, instance)
        logging.shutdown()
        os._exit(CRASHED)

    async def confirm(self) -> None:
        """Raises `PartitionsRevoked` where the group's coordinator does not count this worker in its generation."""
        try:
            counted = await is_counted(self.app.consumer)
        except KafkaError as exc:
            raise PartitionsRevoked from exc
        self.check_ours()
        if not counted:
            raise PartitionsRevoked

    async def publish(self, rows: Sequence[object]) -> None:
        """Calls `Processor.publish` in a thread, repeatedly while a part is down."""
        reached(self.name, "feast.before")
        waited_for = ""
        while True:
            try:
                await asyncio.to_thread(self._processor.publish, rows)
                break
            except Unavailable as exc:
                if exc.part != waited_for:
                    log.warning("waits: %s", exc)
                    METRICS.part_waits.labels(exc.part).inc()
                waited_for = exc.part
                self.readiness.waiting_for(exc.part)
                await asyncio.sleep(_RETRY_S)
                self._check_ours_or(waited_for)
        if waited_for:
            self.readiness.has(waited_for)
        reached(self.name, "feast.after")

    def _check_ours_or(self, waited_for: str) -> None:
        """Raises `PartitionsRevoked` after a rebalance, and stops waiting for the part."""
        try:
            self.check_ours()
        except PartitionsRevoked:
            self.readiness.has(waited_for)
            raise

    async def send(self, records: Sequence[Record]) -> None:
        """Hands records to the producer and waits for the broker."""
        reached(self.name, "emission.before")
        await emit(producer_of(self.app), records)
        reached(self.name, "emission.after")

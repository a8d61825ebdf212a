"""The furniture that both Faust workers share: a room decides (`processor.py`), this reads, writes, waits and leaves.

Key: user pseudonym; a worker owns whole partitions of all its topics. Order: of each topic-partition, not between
topics. Delivery: at least once into `Processor.advance`; a replay is harmless: states are written whole and know what
they hold (`deduplicator.py`), and because nothing is acknowledged before everything that follows from it is durable
(`batch.py`). An unavailable part means waiting with the part named, never losing and never raising.
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
from services.wire.faust.markers import Markers
from services.wire.faust.membership import have_assigned_anew, is_counted, lacking, see_skipped, unknown
from services.wire.faust.patches.aiokafka_markers import note_markers
from services.wire.faust.patches.aiokafka_taken_names import notice_taken_names
from services.wire.faust.processor import Processor
from services.wire.faust.states.table import StateTable, producer_of
from services.wire.faust.stream import BatchStream
from services.wire.faust.watermark import Watermarks
from services.wire.kafka.gaps import deleted, tell_deleted

log = logging.getLogger(__name__)

CRASHED = 70
"""Exit status of a worker that ended itself before it could do harm."""

START = "start"
"""What `Readiness` waits for until the partitions and their states are there."""

LOOK_S = 5.0
"""So often a room looks after what it has outside: so long at most an older Redis goes unnoticed where nobody acts."""

_RETRY_S = 0.25


class Worker:
    """One Faust worker of one room."""

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
        self.draining = False
        self.idle = asyncio.Event()  # set while no batch is under way
        self.batches = 0  # finished ones that were not empty
        self.suspects: dict[TopicPartition, int] = {}  # inputs that may hold unread messages before these offsets
        self._processor = processor
        self.generation = -1  # of the group, as of which we have our partitions
        self._looked_at = time.monotonic()  # after what rooms have outside
        self._lacks = ""  # what was left out of our assignment
        source = self.app.topic(
            *topics, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", allow_empty=True
        )
        self.app.agent(source, name=name)(self._agent)

    def lay_out(self, partitions: int) -> None:
        """Every input and the changelog have so many partitions; to be said once, before the app starts."""
        self.states = StateTable(self.app, partitions, self.name, self._gaps, self.confirm)
        self._stepper = BatchProcessor(self._processor, dict.fromkeys(self.topics, partitions), self.marks, self)

    async def _agent(self, stream: Any) -> None:
        """Faust's agent: batches in, nothing out. Whatever it raises would be acknowledged, so it ends the process."""
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
            await self._stepper.step(raws)
            for place, end in suspects.items():
                self.marks.nothing_before(place, end)
            self.check_ours()
        except PartitionsRevoked:
            if raws:
                log.warning("partitions were taken away; %d events are left to their new owner", len(raws))
            self.generation = -1  # should they be ours all the same, what was begun for the batch begins anew
            return
        self._finished({*suspects, *((raw.topic, raw.partition) for raw in raws)})
        self.batches += bool(raws)
        if raws or not self.owns:
            self.readiness.has(START)  # which is progress, too
        await self._look()

    async def _look(self) -> None:
        """Lets the room see to what it has outside, now and then."""
        if time.monotonic() - self._looked_at >= LOOK_S:
            await asyncio.to_thread(self._processor.look)
            self._looked_at = time.monotonic()

    @property
    def owns(self) -> bool:
        """Its partitions and their states are there."""
        return START not in self.readiness.waits()

    def _finished(self, places: Iterable[TopicPartition]) -> None:
        """The next commit may say that these inputs are done, as far as they are."""
        consumer: Any = self.app.consumer
        consumer.finished({place: self.marks.following[place] for place in places if place in self.marks.following})

    def pass_markers(self) -> bool:
        """Goes on behind the transactions' markers that come next; whether there were any."""
        if not self._stands(self.generation):
            return False
        passed = self.markers.behind(self.marks.following)
        for place, offset in passed.items():
            self.marks.nothing_before(place, offset)
        self._finished(passed)
        self.markers.forget(self.marks.following)
        return bool(passed)

    async def _take_over(self) -> None:
        """Makes sure that the partitions of this generation, and no others, are ours. Raises `PartitionsRevoked`."""
        while self._rebalances() or self.app.consumer_generation_id <= 0:  # the first assignment brings 1
            METRICS.partitions.set(0)
            self.readiness.waiting_for(START)
            await asyncio.sleep(0.01)
        if self.generation == self.app.consumer_generation_id:
            return
        generation = self.app.consumer_generation_id
        await self._check_whole()
        ours = {tp for tp in self.app.consumer.assignment() if tp.topic in self.topics}
        partitions = {tp.partition for tp in ours}
        for partition in self.marks.partitions - partitions:
            self._processor.release(partition)
            self.marks.end(partition)
        self.marks.begin(await self._positions(ours, generation))
        for partition in sorted(partitions):
            self._processor.restore(partition, self.states.states(partition))
        self.generation = generation
        METRICS.partitions.set(len(partitions))
        METRICS.takeovers.inc()
        reached(self.name, "recovered")
        log.info("owns partitions %s as of generation %s", sorted(partitions), generation)

    async def _check_whole(self) -> None:
        """Raises `PartitionsRevoked`, and has all assigned anew, where a partition lacks an input or its changelog."""
        consumer, topics = self.app.consumer, [*self.topics, self.states.topic]
        missing = [f"{tp.topic}/{tp.partition}" for tp in lacking(consumer.assignment(), topics)]
        names = ", ".join(unknown(consumer, topics) or missing)
        if names and names != self._lacks:
            log.warning("was not given %s: asks for another assignment", names)
        self._lacks = names
        if names:
            self.readiness.waiting_for(START)
            await have_assigned_anew(consumer, topics)
            raise PartitionsRevoked

    async def _positions(self, ours: set[TP], generation: int) -> Mapping[TopicPartition, int]:
        """Where reading begins: behind what is done, or at the earliest that there is. Raises `PartitionsRevoked`.

        What was deleted is told once: it is done, too, also where no message follows that would say so.
        """
        consumer: Any = self.app.consumer
        await see_skipped(consumer, ours)
        found = await consumer.earliest_offsets(*ours) if ours else {}
        if not self._stands(generation):
            raise PartitionsRevoked
        done = {(tp.topic, tp.partition): consumer.done_before(tp) for tp in ours}
        earliest = {(tp.topic, tp.partition): offset for tp, offset in found.items()}
        lost = deleted(done, earliest)
        tell_deleted(lost)
        consumer.finished({place: earliest[place] for place in lost})
        return {place: max(done[place] or 0, offset) for place, offset in earliest.items()}

    def _rebalances(self) -> bool:
        tables: Any = self.app.tables
        return not tables.recovery.is_over

    def _stands(self, generation: int) -> bool:
        """Whether the assignment of this generation is the newest, and its states are there."""
        return not self._rebalances() and generation == self.app.consumer_generation_id

    def check_ours(self) -> None:
        """Raises `PartitionsRevoked` after a rebalance."""
        if not self._stands(self.generation):
            raise PartitionsRevoked

    def _name_is_taken(self, instance: str) -> None:
        """Another process works under our name: what it does must not be undone, and nothing of ours may follow."""
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
        """`Processor.publish` in a thread, again and again while a part is down."""
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
        """Raises `PartitionsRevoked` after a rebalance: then nothing is waited for any more."""
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

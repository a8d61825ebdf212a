"""The evaluation process, one step at a time: read, count, publish."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from protos.gen.adloom.events.v1 import policy_pb2
from services.common.clock import Clock, to_ms
from services.common.errors import Unavailable
from services.common.topics import OUTCOMES
from services.evaluation.counting import count, decode_all
from services.evaluation.outcome_tally import merged
from services.evaluation.ports import Log
from services.evaluation.publisher import Publisher
from services.evaluation.store import EvaluationStore
from services.runtime.health import Readiness
from services.wire.codec.envelope import Envelope, TopicPartition
from services.wire.kafka.gaps import deleted, gaps, tell_deleted

log = logging.getLogger(__name__)

_WAIT_S: Final = 0.25  # how long one poll waits for records
_FORGET_S: Final = 3600.0  # between two deletions of old ids


class Evaluation:
    """Reads outcomes and decision records, keeps the sums, publishes reports and posteriors.

    Delivery: at least once from Kafka, exactly once into the store, at least once to `ad.policy` and `ad.reports`.
    Reading the topics again gives the same sums, except for records that retention has deleted. Records that were
    deleted before they were read are counted and logged.
    """

    def __init__(
        self, store: EvaluationStore, source: Log, publisher: Publisher, clock: Clock, publish_s: float
    ) -> None:
        self._store = store
        self._log = source
        self._publisher = publisher
        self._clock = clock
        self._publish_s = publish_s
        self._tallies = store.tallies()
        self._offsets = store.offsets()
        self._batch: tuple[list[Envelope], dict[TopicPartition, int]] | None = None  # read and not counted yet
        self._gaps: list[tuple[TopicPartition, int, int]] = []  # gaps in the offsets read, not explained yet
        self._behind: Mapping[TopicPartition, int] = {}  # end offsets at start, until they are reached
        self._news = True  # something may have changed since the last report
        self._publish_at = clock.monotonic()
        self._forget_at = clock.monotonic() + _FORGET_S

    def start(self, published: policy_pb2.PolicyVersion | None) -> None:
        """Continues at the stored offsets, or at the beginning where the topics are not those of the store.

        `published` is the newest version on `ad.policy`. Raises `Unavailable`.
        """
        ends, identity = self._log.ends(), self._log.identity()
        shorter = any(offset > ends.get(tp, 0) for tp, offset in self._offsets.items())
        others = identity and self._store.log() not in ("", identity)
        if shorter or others:
            log.warning("the topics are others than those that the evaluation store has read: counting starts over")
            with self._store.transaction():
                self._store.start_over()
            self._tallies, self._offsets = {}, {}
        if identity:
            with self._store.transaction():
                self._store.belongs_to(identity)
        self._pass_deleted()
        self._log.seek(self._offsets)
        self._behind = ends
        self._publisher.start(published)

    def step(self, readiness: Readiness) -> None:
        """Counts the next batch and publishes when that is due; an unavailable part is reported and retried."""
        try:
            self._publisher.deliver()
            self._count()
            if self._news and self._clock.monotonic() >= self._publish_at and self._caught_up():
                self._publish()
        except Unavailable as missing:
            if missing.part not in readiness.waits():
                log.warning("waits: %s", missing)
            readiness.waiting_for(missing.part)
        else:
            readiness.ready()

    def finish(self) -> None:
        """Publishes the last sums; raises `Unavailable`."""
        if self._news and self._caught_up():
            self._publish()
        self._publisher.deliver()

    def _count(self) -> None:
        if self._batch is None:
            raws = self._log.poll(_WAIT_S)
            events, letters = decode_all(raws)
            self._publisher.letters(letters)
            self._batch = events, {(raw.topic, raw.partition): raw.offset + 1 for raw in raws}
            self._gaps = gaps(raws, self._offsets, {})
        self._look_into_gaps()
        self._publisher.deliver()  # the broker has dead letters before the offsets pass them
        events, positions = self._batch
        if positions:
            count(self._store, self._tallies, events, positions)
            self._offsets |= positions
            self._news = True
            self._forget(events)
        self._batch = None

    def _pass_deleted(self) -> None:
        """Moves the offsets past records that retention deleted while this process was down, and logs them once."""
        begins = self._log.begins()
        lost = deleted(self._offsets, begins)
        if lost:
            tell_deleted(lost)
            behind = {tp: begins[tp] for tp in lost}
            with self._store.transaction():
                self._store.save(behind, {})
            self._offsets |= behind

    def _look_into_gaps(self) -> None:
        """Logs how many records of each gap were deleted; after `Unavailable` it is retried with the batch."""
        if self._gaps:
            begins = self._log.begins()
            for tp, first, end in self._gaps:
                tell_deleted(deleted({tp: first}, {tp: min(begins[tp], end)}))
            self._gaps = []

    def _publish(self) -> None:
        offsets = {partition: offset for (topic, partition), offset in self._offsets.items() if topic == OUTCOMES}
        said = self._publisher.publish(merged(self._tallies.values()), offsets)
        self._publisher.deliver()
        self._news = not said
        self._publish_at = self._clock.monotonic() + self._publish_s

    def _caught_up(self) -> bool:
        """Whether all records that existed at the start have been read: a replay publishes no partial sums."""
        if self._behind:
            reached = self._log.positions()
            self._behind = {tp: end for tp, end in self._behind.items() if reached.get(tp, 0) < end}
        return not self._behind

    def _forget(self, events: list[Envelope]) -> None:
        """Every `_FORGET_S`, deletes ids that are too old to be repeated, for the partitions of `events`."""
        if self._clock.monotonic() < self._forget_at:
            return
        self._forget_at = self._clock.monotonic() + _FORGET_S
        reached = {(event.topic, event.partition): to_ms(event.appended_at) for event in events}
        with self._store.transaction():
            for tp, now_ms in reached.items():
                self._store.forget(tp, now_ms)

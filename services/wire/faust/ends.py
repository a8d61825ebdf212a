"""Polls the end offsets of the inputs: to advance the watermarks, and to know whether the broker is reachable.

Inputs of other workers are polled, too, with the offsets that the group has committed for them (`group_progress.py`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from aiokafka.errors import KafkaError
from faust.types.tuples import TP

from services.common.clock import Clock, from_ms, to_ms
from services.wire.codec.envelope import TopicPartition
from services.wire.faust.membership import done_by_group
from services.wire.faust.worker import Worker

log = logging.getLogger(__name__)

PART = "kafka"

_LONG_MS = 60_000

_ANSWER_S = 5.0  # the broker answers within this, or counts as missing


class EndsOfInputs:
    """Advances a worker's watermarks, and keeps its readiness up to date about Kafka."""

    def __init__(self, worker: Worker, clock: Clock) -> None:
        self._worker = worker
        self._clock = clock
        self._batches = -1
        self._told_ms = to_ms(clock.now())  # when somebody was told last that a partition holds the others

    async def keep_asking(self) -> None:
        """Polls every tick, for ever."""
        while True:
            await asyncio.sleep(self._worker.settings.tick_s)
            if self._worker.marks.partitions:
                await self._ask()

    async def _ask(self) -> None:
        worker, asked_ms = self._worker, to_ms(self._clock.now())
        passed = worker.pass_markers() and worker.idle.is_set()  # passing markers is no progress while a batch hangs
        quiet, self._batches = self._batches == worker.batches and worker.idle.is_set(), worker.batches
        try:
            ends = await asyncio.wait_for(self._ends(), _ANSWER_S)
            others = await asyncio.wait_for(self._done_by_others(ends), _ANSWER_S)
            if quiet:
                await asyncio.wait_for(self._suspect(ends), _ANSWER_S)
        except (TimeoutError, KafkaError) as exc:
            log.debug("the broker did not say where the topics end: %r", exc)
            worker.readiness.waiting_for(PART)
            return
        if PART in worker.readiness.waits():
            worker.readiness.has(PART)
        worker.marks.ends(ends, asked_ms)
        worker.hold_until_moved(ends, asked_ms, others)
        self._tell_held(asked_ms)
        if worker.owns and (passed or not worker.marks.behind(ends)):  # not by being level with revoked ones
            worker.readiness.progress()

    def _tell_held(self, asked_ms: int) -> None:
        """Names a partition that has held the watermarks of all others for long; once every `_LONG_MS`."""
        partition, read_ms = self._worker.group.slowest()
        if partition >= 0 and asked_ms - max(read_ms, self._told_ms) > _LONG_MS:
            self._told_ms = asked_ms
            text = "no watermark passes %s: partition %d was not read to its end since, by the worker that owns it"
            log.warning(text, from_ms(read_ms).isoformat(), partition)

    async def _ends(self) -> Mapping[TopicPartition, int]:
        """The end offset of each input of the group: one after its last message."""
        worker = self._worker
        tps = [TP(topic, partition) for partition in range(worker.partitions) for topic in worker.topics]
        found = await worker.app.consumer.highwaters(*tps)
        return {(tp.topic, tp.partition): offset for tp, offset in found.items()}

    async def _done_by_others(self, ends: Mapping[TopicPartition, int]) -> Mapping[TopicPartition, int]:
        """How far the inputs of other workers are done."""
        worker = self._worker
        others = {tp: end for tp, end in ends.items() if tp not in worker.marks.following}
        return await done_by_group(worker.app.consumer, others) if others else {}

    async def _suspect(self, ends: Mapping[TopicPartition, int]) -> None:
        """Marks inputs that may have lost messages between fetch and batch, so that the worker reads them again.

        These are inputs that were fetched to their end and nevertheless not processed to it, after a tick without a
        batch."""
        consumer: Any = self._worker.app.consumer
        for tp in self._worker.marks.behind(ends):
            position = await consumer.position(TP(*tp))
            if position is not None and position >= ends[tp]:
                self._worker.suspects[tp] = ends[tp]

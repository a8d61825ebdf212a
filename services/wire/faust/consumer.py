"""Hands fetched messages to the stream in chunks, without Faust's work for each single message.

Faust 0.15.3 creates two objects and two tasks for every message, passes it through the conductor, and records the
offset of every acknowledged one: a quarter of a busy worker's time. Our worker takes batches and acknowledges one
offset per partition. So this consumer hands over each fetch as it came, and a commit states the offset up to which each
input is finished. Messages of changelogs, which only recovery reads, take Faust's own path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiokafka
import faust
from aiokafka.errors import ConsumerStoppedError, KafkaError
from aiokafka.structs import OffsetAndMetadata
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types.tuples import TP

from services.wire.codec.envelope import TopicPartition
from services.wire.faust.finished import Finished, signed, tell_skipped

CHUNK = 250
"""The most messages in one item of the stream's queue."""

_FETCH_S = 1.0
_LOOK_S = 0.005
_MUCH_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some consecutive messages of one topic-partition."""

    generation: int  # the group's generation when they were fetched
    records: Sequence[aiokafka.ConsumerRecord]


class BatchConsumer(Consumer):
    """The consumer of `BatchApp`: hands over chunks, and commits the offsets that `finished` received."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._finished: dict[TP, int] = {}
        self._most_waiting = self.app.conf.stream_buffer_maxsize // CHUNK

    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return GatheringThread(self, loop=self.loop, beacon=self.beacon)

    def finished(self, positions: Mapping[tuple[str, int], int]) -> None:
        """Sets the offsets for the next commit: everything before them is done. Only for partitions that are ours."""
        self._finished.update((TP(*tp), offset) for tp, offset in positions.items())

    def done_before(self, tp: TP) -> int | None:
        """The offset before which everything is done, committed or not; None for a partition without such an offset."""
        known = [offset for offset in (self._finished.get(tp), self._committed_offset[tp]) if offset is not None]
        return max(known, default=None)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Forgets the finished offsets of the revoked partitions."""
        await super().on_partitions_revoked(revoked)
        for tp in revoked:
            self._finished.pop(tp, None)

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in list(self._finished) if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        return self._finished.get(tp)

    async def _drain_messages(self, fetcher: Any) -> None:
        """Faust's fetching task: fetches and hands over until this consumer or the fetcher stops."""
        try:
            while not (self._stopped.is_set() or fetcher._stopped.is_set()):
                generation = self.app.consumer_generation_id
                records, active = await self._wait_next_records(_FETCH_S)
                await asyncio.sleep(0)
                if records and not self.should_stop:
                    await self._hand_over(records, active or set(), generation)
        except ConsumerStoppedError:
            if not self.app.should_stop:
                raise
        except asyncio.CancelledError:
            if not self.app.should_stop:
                raise

    async def _hand_over(self, records: Mapping[TP, list[Any]], active: set[TP], generation: int) -> None:
        fetched = {TP(*tp): found for tp, found in records.items() if TP(*tp) in active}
        changelogs = {tp: found for tp, found in fetched.items() if self._is_changelog_tp(tp)}
        inputs = {tp: found for tp, found in fetched.items() if tp not in changelogs}
        if not self.flow_active:
            await self._seek_back(inputs)
            return
        if changelogs:
            await self._one_by_one(changelogs)
        if not inputs:
            return
        if generation != self.app.consumer_generation_id or not self.app.flow_control.is_active():
            await self._again(inputs)
            return
        for tp, found in inputs.items():
            self._put(tp, found, generation)
        await self._until_taken(inputs)

    def _put(self, tp: TP, found: list[Any], generation: int) -> None:
        """Puts messages into the queue of the stream that reads the topic, except those before the last read offset."""
        read = self._read_offset[tp]
        if read is not None and found[0].offset < read:
            found = [record for record in found if record.offset >= read]
        if not found:
            return
        self._read_offset[tp] = found[-1].offset
        (channel,) = self._channels(tp)
        for start in range(0, len(found), CHUNK):
            channel.queue.put_nowait(Chunk(generation, found[start : start + CHUNK]))

    def _channels(self, tp: TP) -> set[Any]:
        """The channels of the streams that read the topic."""
        topics: Any = self.app.topics
        found: set[Any] = topics._tp_index[tp]
        return found

    async def _until_taken(self, inputs: Iterable[TP]) -> None:
        """Back pressure: returns when the stream's queue is short, or a rebalance has emptied it."""
        queues = [channel.queue for tp in inputs for channel in self._channels(tp)]
        while self.flow_active and not self.should_stop and any(q.qsize() >= self._most_waiting for q in queues):
            await asyncio.sleep(_LOOK_S)

    async def _again(self, inputs: Mapping[TP, list[Any]]) -> None:
        """Seeks back after a rebalance between fetch and hand-over, so that the partitions' owners read these again."""
        for tp, found in inputs.items():
            if tp in self.assignment():
                committed = self._committed_offset[tp]
                await self.seek(tp, found[0].offset if committed is None else committed)

    async def _seek_back(self, inputs: Mapping[TP, list[Any]]) -> None:
        """Seeks back where the flow was stopped during the fetch, as Faust does: the fetched messages are read again.

        Faust seeks to the committed offsets, which leaves out inputs without one. Where the seek fails, because the
        broker is down or the partitions are revoked, the recovery that follows seeks again.
        """
        try:
            await self.perform_seek()
            await self._again({tp: found for tp, found in inputs.items() if self._committed_offset[tp] is None})
        except (KafkaError, AssertionError) as exc:  # aiokafka asserts that something is assigned
            self.log.warning("could not seek back while the flow was stopped: %r", exc)

    async def _one_by_one(self, changelogs: Mapping[TP, list[Any]]) -> None:
        """Passes changelog messages one by one to Faust's recovery."""
        for tp, record in self.scheduler.iterate(changelogs):
            if not self.flow_active:
                return
            read = self._read_offset[tp]
            if read is None or record.offset >= read:
                await self.wait_first(self.callback(self._to_message(tp, record)), self.suspend_flow.wait())
                self._read_offset[tp] = record.offset


class GatheringThread(AIOKafkaConsumerThread):
    """Fetches for `BatchConsumer`; a fetch returns when 256 KiB are there, or after the app's `gather_s`."""

    def _create_worker_consumer(self, transport: Any) -> aiokafka.AIOKafkaConsumer:
        consumer, app = super()._create_worker_consumer(transport), self.app
        if isinstance(app, BatchApp) and app.gather_s:
            # Faust has no setting for these two, and passes nothing on to aiokafka.
            consumer._fetch_min_bytes = _MUCH_BYTES
            consumer._fetch_max_wait_ms = round(app.gather_s * 1000)
        self._sign_commits(consumer)
        return consumer

    def _sign_commits(self, consumer: aiokafka.AIOKafkaConsumer) -> None:
        """Makes each commit carry our metadata, and notes its offsets on disk: Faust commits without metadata."""
        commit, self._finished_by_us = consumer.commit, Finished(Path(self.app.conf.datadir))

        async def commit_signed(offsets: Mapping[Any, OffsetAndMetadata]) -> None:
            await commit(signed(offsets))
            await asyncio.to_thread(self._finished_by_us.note, offsets)

        consumer.commit = commit_signed

    async def tell_skipped(self, tps: Iterable[TP], never_read: Mapping[TopicPartition, int]) -> None:
        """Reports unread messages before offsets that no worker committed. Raises `KafkaError`.

        `never_read` has the earliest offset of partitions that no worker has owned before.
        """
        await self.call_thread(self._tell_skipped, [aiokafka.TopicPartition(*tp) for tp in tps], never_read)

    async def _tell_skipped(
        self, tps: Sequence[aiokafka.TopicPartition], never_read: Mapping[TopicPartition, int]
    ) -> None:
        coordinator: Any = self._ensure_consumer()._coordinator
        committed = await coordinator.fetch_committed_offsets(tps)
        tell_skipped(self._finished_by_us.skipped(committed, never_read))
        self._finished_by_us.note(committed)  # once


class BatchTransport(Transport):
    """Faust's transport with `BatchConsumer`."""

    Consumer = BatchConsumer


class BatchApp(faust.App):
    """A Faust app that reads through `BatchConsumer`."""

    gather_s: float = 0.0  # messages may wait this long at the broker for others: fewer, larger batches

    def _new_transport(self) -> Transport:
        return BatchTransport(self.conf.broker_consumer, self)

"""Runs a worker without Kafka: logs, states and offsets in memory, and crashes wherever a test wants one.

It processes messages with the `BatchProcessor` of the real worker. Messages reach the logs in the order of their times,
between batches, and a message that the worker moves is appended at the time that has been reached. After a crash the
same things remain as there: the logs, the committed offsets, the changelog, and the local store unless the disk is
lost too.
"""

from __future__ import annotations

import asyncio
from bisect import insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from services.common.partition import partition_of
from services.common.topics import PARTITIONS
from services.wire.codec.envelope import RawRecord, Record, TopicPartition
from services.wire.faust.batch import BatchProcessor
from services.wire.faust.group_progress import GroupProgress
from services.wire.faust.processor import Processor
from services.wire.faust.watermark import Watermarks

_Key = tuple[int, str]


class Crash(Exception):
    """Stands for the process being killed."""


class _Memory:
    """Local store and changelog in memory; implements `StateStore`."""

    def __init__(self) -> None:
        self.local: dict[_Key, bytes] = {}
        self.changelog: dict[_Key, bytes] = {}
        self.written: list[_Key] = []  # to the changelog, in order; an index in it is an offset, for every partition
        self._unsent: dict[_Key, bytes | None] = {}
        self.point: Callable[[], None] = lambda: None

    def get(self, partition: int, user: str) -> bytes | None:
        return self.local.get((partition, user))

    def put(self, partition: int, user: str, state: bytes | None) -> None:
        self.point()
        _store(self.local, (partition, user), state)
        self._unsent[partition, user] = state

    async def settle(self) -> None:
        for key, state in self._unsent.items():
            self.point()
            _store(self.changelog, key, state)
            self.written.append(key)
        self._unsent = {}

    def lose(self, disk: bool) -> None:
        self._unsent = {}
        if disk:
            self.local = dict(self.changelog)


@dataclass(frozen=True, slots=True)
class _StatesOf:
    """The states of one partition, read again at each iteration."""

    memory: _Memory
    partition: int

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        here = [(user, state) for (at, user), state in self.memory.local.items() if at == self.partition]
        return iter(here)

    def since(self, offset: int) -> Collection[str]:
        if offset == 0:
            return [user for user, _ in self]
        written = dict.fromkeys(self.memory.written[offset:])
        return [user for at, user in written if at == self.partition and (at, user) in self.memory.local]


class TopologyTestDriver:
    """One worker over topics in memory: call `append` and `run`, then read `published` and `sent`."""

    def __init__(self, make_processor: Callable[[], Processor], topics: Iterable[str]) -> None:
        self.topics = tuple(topics)
        self.logs: dict[TopicPartition, list[RawRecord]] = {(t, p): [] for t in self.topics for p in range(PARTITIONS)}
        self.sent: list[Record] = []  # to other topics, in order
        self.published: list[object] = []  # rows, in order
        self._coming: list[tuple[int, int, Record]] = []  # messages that are not appended yet: time, number
        self._now_ms = 0
        self.states = _Memory()
        self._make_processor = make_processor
        self._committed: dict[TopicPartition, int] = dict.fromkeys(self.logs, 0)
        self._points_left = -1
        self.states.point = self._point
        self._start()

    def append(self, record: Record, appended_ms: int) -> None:
        """Lets the record be appended at this LogAppendTime, while the worker runs."""
        insort(self._coming, (appended_ms, len(self._coming), record), key=lambda coming: coming[:2])

    def _append(self, record: Record, appended_ms: int) -> None:
        partition = record.partition
        if partition is None:
            partition = partition_of(record.key or b"", PARTITIONS)
        log = self.logs[record.topic, partition]
        raw = RawRecord(record.topic, partition, len(log), appended_ms, record.key, record.value, record.headers)
        log.append(raw)

    def run(self, chance: Random, now_ms: int, batch: int = 10, crash_after: int = -1) -> bool:
        """Processes all messages, topics interleaved at random; then what is due with the watermarks at `now_ms`.

        With `crash_after` the worker crashes at the crash point of that number. Returns whether it got to the end.
        """
        self._points_left = crash_after
        try:
            asyncio.run(self._run(chance, now_ms, batch))
        except Crash:
            return False
        finally:
            self._points_left = -1
        return True

    def restart(self, disk_lost: bool = False) -> None:
        """Restarts the worker after a crash."""
        self.states.lose(disk_lost)
        self._start()

    async def send(self, records: Sequence[Record]) -> None:
        """Appends records as the broker would; records for the worker's inputs are read by it."""
        for record in records:
            self._point()
            if record.topic in self.topics:
                self._append(record, self._now_ms)
            else:
                self.sent.append(record)

    async def publish(self, rows: Sequence[object]) -> None:
        """Publishes the rows and remembers them."""
        self._point()
        self._processor.publish(rows)
        self.published.extend(rows)

    def check_ours(self) -> None:
        """Does nothing: the one worker owns all partitions."""

    def _start(self) -> None:
        self._processor = self._make_processor()
        self._marks = Watermarks(self.topics)
        self._marks.begin(self._committed)
        self._group = GroupProgress(self.topics)
        self._hold(self._group.begin(range(PARTITIONS)))
        self._next = dict(self._committed)
        self._batch_processor = BatchProcessor(
            self._processor, dict.fromkeys(self.topics, PARTITIONS), self._marks, self
        )
        for partition in range(PARTITIONS):
            self._processor.restore(partition, _StatesOf(self.states, partition))

    async def _run(self, chance: Random, now_ms: int, batch: int) -> None:
        while self._let_come(chance.randint(1, 2 * batch)) | bool(raws := self._read(chance, batch)):
            await self._batch_processor.step(raws)
            self._point()
            for raw in raws:
                self._committed[raw.topic, raw.partition] = raw.offset + 1
            self._ask()
        self._now_ms = now_ms
        self._processor.check_store()
        self._ask()
        self._ask()  # only now it is known that nothing is still to be moved
        await self._batch_processor.step([])

    def _let_come(self, count: int) -> bool:
        """Appends the next messages that were to come; whether there were any."""
        coming, self._coming = self._coming[:count], self._coming[count:]
        for self._now_ms, _, record in coming:
            self._append(record, self._now_ms)
        return bool(coming)

    def _ask(self) -> None:
        """What the worker does when the broker has told where the inputs end."""
        ends = {tp: len(log) for tp, log in self.logs.items()}
        self._marks.ends(ends, self._now_ms)
        self._hold(self._group.note(ends, self._now_ms, self._marks.following))

    def _hold(self, until_ms: Mapping[int, int]) -> None:
        for partition, ms in until_ms.items():
            self._marks.hold(partition, ms)

    def _read(self, chance: Random, batch: int) -> list[RawRecord]:
        raws: list[RawRecord] = []
        while len(raws) < batch:
            waiting = [tp for tp, log in self.logs.items() if self._next[tp] < len(log)]
            if not waiting:
                break
            tp = chance.choice(waiting)
            raws.append(self.logs[tp][self._next[tp]])
            self._next[tp] += 1
        return raws

    def _point(self) -> None:
        if self._points_left == 0:
            raise Crash
        self._points_left -= 1


def _store(states: dict[_Key, bytes], key: _Key, state: bytes | None) -> None:
    if state is None:
        states.pop(key, None)
    else:
        states[key] = state

"""A changelog in which only the owner's states count, also where a zombie writer resumes and appends to it.

Kafka accepts writes from every client. A worker may be frozen between two steps (a paused machine, a long swap) and
lose its partitions meanwhile. When it resumes, it appends states that are older than its successor's, and recovery
keeps the last state of a key. So the log itself records who owns it:

- A new owner of a partition first appends an epoch marker. The marker's offset is its epoch, and each of its states
  carries the epoch in a header.
- A reader ignores a state whose epoch is older than the newest epoch before it in the log (`EpochFilter`).
- States that `adloom partitions` copies from another changelog carry another header. A copy that is appended after
  an owner's epoch marker comes too late, and a reader ignores it.
- A writer knows the offset at which its next states must lie. Where they lie elsewhere, another worker has written. The
  writer then checks that Kafka still counts it as the owner, appends a new epoch marker, and writes again its last
  states and those of all keys that the zombie overwrote, so that compaction keeps the right states.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import aiokafka

from services.wire.faust.batch import PartitionsRevoked
from services.wire.faust.emission import hand_over

EPOCH_MARKER: Final = b"\x00owner"
"""The key of epoch markers."""

_EPOCH: Final = "epoch"
_COPY: Final = "copy"
_BYTES: Final = 8

Write = tuple[bytes, bytes | None]  # key, state


class Span(NamedTuple):
    """A range of offsets."""

    first: int
    end: int  # one after the last


@dataclass(slots=True)
class EpochFilter:
    """Separates owners' states from those of zombie writers; must be called in the order of the log.

    >>> log = EpochFilter()
    >>> written = [(3, EPOCH_MARKER, ()), (4, b"a", epoch(3)), (5, EPOCH_MARKER, ()), (6, b"a", epoch(3))]
    >>> [log.allows(*entry) for entry in written]
    [False, True, False, False]
    >>> log.allows(7, b"a", epoch(5)), log.allows(8, b"b", ())  # an older release wrote no epochs
    (True, True)
    >>> EpochFilter().allows(0, b"a", copy()), log.allows(9, b"a", copy())
    (True, False)
    """

    epoch: int = -1

    def allows(self, offset: int, key: bytes, headers: Iterable[tuple[str, bytes | None]]) -> bool:
        """Whether this entry is an owner's state; False for epoch markers."""
        if key == EPOCH_MARKER:
            self.epoch = max(self.epoch, offset)
            return False
        given = dict(headers)
        if _COPY in given:
            return self.epoch < 0
        if not (value := given.get(_EPOCH)):
            return True
        received = int.from_bytes(value, "big")
        self.epoch = max(self.epoch, received)
        return received == self.epoch


def epoch(offset: int) -> tuple[tuple[str, bytes], ...]:
    """The headers of a state of this epoch."""
    return ((_EPOCH, offset.to_bytes(_BYTES, "big")),)


def copy() -> tuple[tuple[str, bytes], ...]:
    """The headers of a state that is copied from another changelog, before any owner's epoch."""
    return ((_COPY, b"1"),)


class Changelog:
    """Appends epoch markers and states, and detects zombie writers."""

    def __init__(self, producer: Callable[[], aiokafka.AIOKafkaProducer], topic: Callable[[], str]) -> None:
        self._producer = producer
        self._topic = topic
        self._epochs: dict[int, int] = {}  # by partition; ours only
        self._next: dict[int, int] = {}  # by partition: the offset at which our next states must lie

    def forget(self) -> None:
        """Forgets all epochs: no partition is ours until it is taken over again."""
        self._epochs.clear()

    def owns(self, partition: int) -> bool:
        """Whether the partition was taken over."""
        return partition in self._epochs

    def is_new(self, partition: int) -> bool:
        """Whether the partition was empty when it was taken over: no worker has owned it before."""
        return self._epochs.get(partition) == 0

    async def take_over(self, partition: int) -> int:
        """Begins an epoch and returns it; what other writers append from now on is not valid."""
        metadata = await self._producer().send_and_wait(self._topic(), b"", key=EPOCH_MARKER, partition=partition)
        offset: int = metadata.offset
        self._epochs[partition], self._next[partition] = offset, offset + 1
        return offset

    async def append(self, partition: int, writes: Sequence[Write]) -> Span:
        """Appends states. Raises `PartitionsRevoked`.

        Returns the span of our new states and another writer's; an empty one where nobody else has written.
        """
        if partition not in self._epochs:
            raise PartitionsRevoked
        sent = await self._sent(partition, writes)
        batches = [((await future).offset, count) for future, count in sent]
        begins, ends = self._next[partition], batches[-1][0] + batches[-1][1]
        self._next[partition] = ends
        strange = ends - begins > sum(count for _, count in batches)
        return Span(begins, ends) if strange else Span(ends, ends)

    def end(self, partition: int) -> int:
        """The offset after our last state or marker; 0 where we never wrote."""
        return self._next.get(partition, 0)

    async def _sent(self, partition: int, writes: Sequence[Write]) -> list[tuple[asyncio.Future[Any], int]]:
        headers = epoch(self._epochs[partition])
        entries = ((key, value, headers) for key, value in writes)
        return await hand_over(self._producer(), self._topic(), partition, entries)

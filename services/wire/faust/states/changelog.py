"""A changelog with one rightful writer a partition, also when another one wakes up and goes on writing.

Kafka lets everybody write who can reach it. A worker that was frozen between two steps (a paused machine, a long swap)
and has lost its partitions meanwhile appends, when it wakes, states that its successor has long overtaken; the last
state of a key is the one that a recovery keeps. So the log itself says who may write:

- Whoever gets a partition appends a mark first. The mark's offset is its epoch, and each of its states carries that.
- Whoever reads the log back takes no state of an epoch that is older than one before it (`EpochFilter`).
- A writer knows at which offset its next states must lie. Where they do not, somebody else has written: it makes sure
  that Kafka still counts it as the owner, appends a new mark, and writes again what it had written and what the
  stranger has written over, so that compaction keeps the right states.
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
"""Key of the marks."""

_EPOCH: Final = "epoch"
_BYTES: Final = 8

Write = tuple[bytes, bytes | None]  # key, state


class Span(NamedTuple):
    """Offsets."""

    first: int
    end: int  # one after the last


@dataclass(slots=True)
class EpochFilter:
    """Tells owners' states from those of workers that had lost the partition; to be asked in the order of the log.

    >>> log = EpochFilter()
    >>> written = [(3, EPOCH_MARKER, ()), (4, b"a", epoch(3)), (5, EPOCH_MARKER, ()), (6, b"a", epoch(3))]
    >>> [log.allows(*entry) for entry in written]
    [False, True, False, False]
    >>> log.allows(7, b"a", epoch(5)), log.allows(8, b"b", ())  # an older release knew no epochs
    (True, True)
    """

    epoch: int = -1

    def allows(self, offset: int, key: bytes, headers: Iterable[tuple[str, bytes | None]]) -> bool:
        """Whether this is a state, and an owner's."""
        if key == EPOCH_MARKER:
            self.epoch = max(self.epoch, offset)
            return False
        said = next((int.from_bytes(value, "big") for name, value in headers if name == _EPOCH and value), None)
        if said is None:
            return True
        self.epoch = max(self.epoch, said)
        return said == self.epoch


def epoch(offset: int) -> tuple[tuple[str, bytes], ...]:
    """The headers of a state of this epoch."""
    return ((_EPOCH, offset.to_bytes(_BYTES, "big")),)


class Changelog:
    """Appends marks and states, and notices strangers."""

    def __init__(self, producer: Callable[[], aiokafka.AIOKafkaProducer], topic: Callable[[], str]) -> None:
        self._producer = producer
        self._topic = topic
        self._epochs: dict[int, int] = {}  # by partition, of those that are ours
        self._next: dict[int, int] = {}  # where our next states must lie

    def forget(self) -> None:
        """No partition is ours until it is taken over."""
        self._epochs.clear()

    def owns(self, partition: int) -> bool:
        """Whether the partition was taken over."""
        return partition in self._epochs

    async def take_over(self, partition: int) -> int:
        """Begins an epoch, and says which: whatever others write from now on is not valid."""
        said = await self._producer().send_and_wait(self._topic(), b"", key=EPOCH_MARKER, partition=partition)
        offset: int = said.offset
        self._epochs[partition], self._next[partition] = offset, offset + 1
        return offset

    async def append(self, partition: int, writes: Sequence[Write]) -> Span:
        """Appends states; which offsets before and among them are others'. Raises `PartitionsRevoked`."""
        if partition not in self._epochs:
            raise PartitionsRevoked
        sent = await self._sent(partition, writes)
        places = [((await future).offset, count) for future, count in sent]
        begins, ends = self._next[partition], places[-1][0] + places[-1][1]
        self._next[partition] = ends
        strange = ends - begins > sum(count for _, count in places)
        return Span(begins, ends) if strange else Span(ends, ends)

    def end(self, partition: int) -> int:
        """One after our last state or mark; 0 where we never wrote."""
        return self._next.get(partition, 0)

    async def _sent(self, partition: int, writes: Sequence[Write]) -> list[tuple[asyncio.Future[Any], int]]:
        headers = epoch(self._epochs[partition])
        entries = ((key, value, headers) for key, value in writes)
        return await hand_over(self._producer(), self._topic(), partition, entries)

"""A fence in Redis: only the owner of a partition can write the rows of its shoppers, even after a worker was frozen.

A worker may be frozen (a paused machine, a long swap) between any two of its steps. Its partitions move to another
worker, which writes newer rows; when the first worker wakes, it resumes with the write that it was about to make. A
check with Kafka before the write does not help, because the worker may freeze between the check and the write. So each
partition has a key in Redis that names its owner, and rows are written in a transaction that Redis executes only if
these keys are unchanged (WATCH, MULTI, EXEC).

A worker that finds another name claims the partitions by writing its own. The claim is valid only if Kafka confirms
*after* it that the worker still owns the partitions. A claim that comes too late is not confirmed, nothing is written
under it, and the true owner claims the partition again with its next batch. The names need no order, so neither an
emptied Redis nor a Kafka whose generations start again does harm.

A second key of the partition is its mark (`feast_mark.py`): how much of the changelog is in its rows. The mark is
written in the same transaction as the rows, so Redis has both or neither. A claim compares the mark with the changelog.
Rows of states at or after `Mark.complete_before` may be missing for three reasons: Redis was emptied; Redis was
restored to an earlier state (a lagging replica was promoted, an older data folder or a truncated log was loaded); or
the previous owner stopped between a state and its row. `missing_rows` reports such partitions to the owner.
`Mark.complete_before` advances only after the owner has written the last missing row (`complete`). Between claims, each
transaction and each `check_rows` compares the mark with the last written one. An outside change of Redis changes the
mark, and then nothing is written until a new claim has read it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import redis

from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.features.feast_mark import Mark
from services.features.ports import Ownership, ProfileRow

PART = "ownership"

RedisValue = bytes | None
"""The value of a key in Redis."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """The key values that a transaction requires in Redis, and the marks that it writes."""

    name: bytes
    known: Mapping[int, Collection[RedisValue]]  # by partition: the values that its mark may have
    marks: Mapping[int, bytes]  # by partition: the mark that the transaction writes

    def keys(self) -> list[str]:
        """The keys to watch: all owner keys, then all mark keys."""
        return [*map(owner_key, self.known), *map(mark_key, self.known)]

    def valid(self, found: Sequence[RedisValue]) -> dict[int, bool]:
        """By partition: whether its keys in `found`, the values of `keys()`, have our name and a known mark."""
        owners, marks = found[: len(self.known)], found[len(self.known) :]
        both = zip(self.known.items(), owners, marks, strict=True)
        return {partition: owner == self.name and mark in known for (partition, known), owner, mark in both}


_CLAIM: ContextVar[_Claim | None] = ContextVar("claim", default=None)


class NotOwner(Exception):
    """A partition has another worker's name in Redis, or a mark that this worker did not write."""


class FencedRedis(redis.Redis):
    """Feast's Redis client: inside a claim, its pipelines are transactions that the claim guards."""

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Any:
        """As in redis-py, guarded inside a claim; raises `NotOwner` if the claim is no longer valid."""
        claim = _CLAIM.get()
        if claim is None:
            return super().pipeline(transaction, shard_hint)
        pipe: Any = super().pipeline(True, shard_hint)
        try:
            pipe.watch(*claim.keys())
            valid = claim.valid(pipe.mget(claim.keys()))
            if not all(valid.values()):
                raise NotOwner
            pipe.multi()
            pipe.mset({mark_key(partition): mark for partition, mark in claim.marks.items()})
        except BaseException:
            pipe.reset()
            raise
        return pipe


class Fence:
    """Claims partitions in Redis and tracks which of their rows Redis may lack."""

    def __init__(self, client: redis.Redis, owner: Ownership) -> None:
        self._client = client
        self._owner = owner
        self._name = b""
        self._known: dict[int, set[RedisValue]] = {}  # confirmed claims: possible marks, also after a lost reply
        self._missing_from: dict[int, int] = {}  # claimed partitions with possibly missing rows: the first such offset
        self._unreported: dict[int, int] = {}  # the part of `_missing_from` that `missing_rows` has not returned yet

    @contextmanager
    def around(self, rows: Sequence[ProfileRow]) -> Iterator[None]:
        """Inside, writes through a `FencedRedis` succeed only while the worker owns the rows' partitions.

        Claims partitions that are not claimed yet. Raises `NotOwner` and `redis.WatchError` if another worker has taken
        them or their marks were changed, and `Unavailable` if Kafka does not confirm a claim.
        """
        partitions = {row.partition for row in rows}
        self._claim(partitions)
        written = {partition: self._owner.written(partition) for partition in partitions}
        log = self._owner.changelog()
        marks = {
            partition: Mark(self._missing_from.get(partition, end), end, log) for partition, end in written.items()
        }
        with self._claimed(marks):
            yield

    def check_rows(self, partitions: Collection[int]) -> None:
        """See `ProfileWriter.check_rows`."""
        self._claim(partitions)
        claim = _Claim(self._name, {partition: self._known[partition] for partition in partitions}, {})
        if partitions:
            found: Any = self._client.mget(claim.keys())
            self._drop_claims(partition for partition, valid in claim.valid(found).items() if not valid)
            self._claim(partitions)

    def missing_rows(self) -> dict[int, int]:
        """See `ProfileWriter.missing_rows`."""
        found, self._unreported = self._unreported, {}
        return found

    def complete(self, partitions: Collection[int]) -> None:
        """See `ProfileWriter.complete`; raises `NotOwner` or `redis.WatchError` if another worker has taken them.

        Makes no new claim, because Redis may have been emptied since the claim under which the rows were written.
        """
        if not self._known.keys() >= set(partitions):
            raise NotOwner
        written = {partition: self._owner.written(partition) for partition in partitions}
        marks = {partition: Mark(end, end, self._owner.changelog()) for partition, end in written.items()}
        with self._claimed(marks), self._client.pipeline() as pipe:
            pipe.execute()
        for partition in partitions:
            self._missing_from.pop(partition, None)

    @contextmanager
    def _claimed(self, marks: Mapping[int, Mark]) -> Iterator[None]:
        """Inside, pipelines succeed only if Redis still has our name and our last mark for these partitions."""
        values = {partition: mark.to_bytes() for partition, mark in sorted(marks.items())}
        known = {partition: frozenset(self._known[partition]) for partition in values}
        token = _CLAIM.set(_Claim(self._name, known, values))
        for partition, value in values.items():
            self._known[partition].add(value)  # Redis may have written it even if its reply is lost
        try:
            yield
        except (NotOwner, redis.WatchError):
            self._drop_claims(values)
            raise
        finally:
            _CLAIM.reset(token)
        self._known |= {partition: {value} for partition, value in values.items()}

    def _drop_claims(self, partitions: Iterable[int]) -> None:
        for partition in list(partitions):
            self._known.pop(partition, None)

    def _claim(self, partitions: Collection[int]) -> None:
        name = self._owner.name().encode()
        if name != self._name:
            self._name, self._known, self._missing_from, self._unreported = name, {}, {}, {}
        claimed = sorted(set(partitions) - self._known.keys())
        if not claimed:
            return
        with self._client.pipeline() as pipe:  # one transaction: Redis could be emptied between the two commands
            pipe.mset({owner_key(partition): name for partition in claimed})
            pipe.mget([mark_key(partition) for partition in claimed])
            _, found = pipe.execute()
        METRICS.claims.inc(len(claimed))
        if not self._owner.is_confirmed():
            raise Unavailable(PART, f"Kafka does not confirm that {name.decode()} owns its partitions")
        for partition, value in zip(claimed, found, strict=True):
            first = Mark.from_bytes(value, self._owner.changelog()).complete_before
            self._known[partition] = {value}
            # a larger offset is of a changelog that was created again
            self._missing_from[partition] = first if first <= self._owner.written(partition) else 0
            self._unreported[partition] = self._missing_from[partition]


def owner_key(partition: int) -> str:
    """The key that holds the name of a partition's owner."""
    return f"adloom:owner:profiles:{partition}"


def mark_key(partition: int) -> str:
    """The key that holds a partition's mark."""
    return f"adloom:written:profile_2:{partition}"

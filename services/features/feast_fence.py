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
Rows of states at or after `Mark.whole` may be missing for three reasons: Redis was emptied; Redis was restored to an
earlier state (a lagging replica was promoted, an older data folder or a truncated log was loaded); or the previous
owner stopped between a state and its row. `lacking` reports such partitions to the owner. `Mark.whole` advances only
after the owner has written the last missing row (`complete`). Between claims, each transaction and each `look` compares
the mark with the last written one. An outside change of Redis changes the mark, and then nothing is written until
a new claim has read it.
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

Told = bytes | None
"""The value of a key in Redis."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """The key values that a transaction requires in Redis, and the marks that it writes."""

    name: bytes
    known: Mapping[int, Collection[Told]]  # by partition: the values that its mark may have
    marks: Mapping[int, bytes]  # by partition: the mark that the transaction writes

    def keys(self) -> list[str]:
        """The keys to watch: all owner keys, then all mark keys."""
        return [*map(owner_key, self.known), *map(mark_key, self.known)]

    def stands(self, found: Sequence[Told]) -> dict[int, bool]:
        """By partition: whether its keys in `found`, the values of `keys()`, have our name and a known mark."""
        owners, marks = found[: len(self.known)], found[len(self.known) :]
        both = zip(self.known.items(), owners, marks, strict=True)
        return {place: owner == self.name and mark in known for (place, known), owner, mark in both}


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
            stands = claim.stands(pipe.mget(claim.keys()))
            if not all(stands.values()):
                raise NotOwner
            pipe.multi()
            pipe.mset({mark_key(place): mark for place, mark in claim.marks.items()})
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
        self._known: dict[int, set[Told]] = {}  # confirmed claims: possible values of the mark, also after a lost reply
        self._whole: dict[int, int] = {}  # claimed partitions with possibly missing rows: the first such offset
        self._untold: dict[int, int] = {}  # the part of `_whole` that `lacking` has not returned yet

    @contextmanager
    def around(self, rows: Sequence[ProfileRow]) -> Iterator[None]:
        """Inside, writes through a `FencedRedis` succeed only while the worker owns the rows' partitions.

        Claims partitions that are not claimed yet. Raises `NotOwner` and `redis.WatchError` if another worker has taken
        them or their marks were changed, and `Unavailable` if Kafka does not confirm a claim.
        """
        partitions = {row.partition for row in rows}
        self._claim(partitions)
        written = {place: self._owner.written(place) for place in partitions}
        log = self._owner.changelog()
        with self._claimed({place: Mark(self._whole.get(place, end), end, log) for place, end in written.items()}):
            yield

    def look(self, partitions: Collection[int]) -> None:
        """See `ProfileWriter.look`."""
        self._claim(partitions)
        claim = _Claim(self._name, {place: self._known[place] for place in partitions}, {})
        if partitions:
            found: Any = self._client.mget(claim.keys())
            self._let_go(place for place, stands in claim.stands(found).items() if not stands)
            self._claim(partitions)

    def lacking(self) -> dict[int, int]:
        """See `ProfileWriter.lacking`."""
        found, self._untold = self._untold, {}
        return found

    def complete(self, partitions: Collection[int]) -> None:
        """See `ProfileWriter.complete`; raises `NotOwner` or `redis.WatchError` if another worker has taken them.

        Makes no new claim, because Redis may have been emptied since the claim under which the rows were written.
        """
        if not self._known.keys() >= set(partitions):
            raise NotOwner
        written = {place: self._owner.written(place) for place in partitions}
        marks = {place: Mark(end, end, self._owner.changelog()) for place, end in written.items()}
        with self._claimed(marks), self._client.pipeline() as pipe:
            pipe.execute()
        for place in partitions:
            self._whole.pop(place, None)

    @contextmanager
    def _claimed(self, marks: Mapping[int, Mark]) -> Iterator[None]:
        """Inside, pipelines succeed only if Redis still has our name and our last mark for these partitions."""
        told = {place: mark.told() for place, mark in sorted(marks.items())}
        token = _CLAIM.set(_Claim(self._name, {place: frozenset(self._known[place]) for place in told}, told))
        for place, mark in told.items():
            self._known[place].add(mark)  # Redis may have written it even if its reply is lost
        try:
            yield
        except (NotOwner, redis.WatchError):
            self._let_go(told)
            raise
        finally:
            _CLAIM.reset(token)
        self._known |= {place: {mark} for place, mark in told.items()}

    def _let_go(self, partitions: Iterable[int]) -> None:
        for place in list(partitions):
            self._known.pop(place, None)

    def _claim(self, partitions: Collection[int]) -> None:
        name = self._owner.name().encode()
        if name != self._name:
            self._name, self._known, self._whole, self._untold = name, {}, {}, {}
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
        for place, told in zip(claimed, found, strict=True):
            whole = Mark.read(told, self._owner.changelog()).whole
            self._known[place] = {told}
            self._whole[place] = whole if whole <= self._owner.written(place) else 0  # larger: of a changelog made anew
            self._untold[place] = self._whole[place]


def owner_key(partition: int) -> str:
    """The key that holds the name of a partition's owner."""
    return f"adloom:owner:profiles:{partition}"


def mark_key(partition: int) -> str:
    """The key that holds a partition's mark."""
    return f"adloom:written:profiles:{partition}"

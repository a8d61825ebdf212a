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

A second key of the partition is its mark (`feast_mark.py`): how much of the changelog its rows hold. It is written in
the same transaction as rows, so Redis has both or neither. A claim compares it with the changelog: rows of states
behind the mark may be missing, because Redis was emptied, or put back to an earlier moment (a replica that lagged is
made master, an older folder or a log that was cut off is started), or because whoever was to write them did not come to
it. The owner hears of it (`lacking`), and the mark moves on only when it has written the last one (`complete`). Between
claims each transaction, and each `look`, compares the mark with what was last said: whoever changes Redis from outside
changes that, and nothing is written there before another claim has looked.
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
"""What a key says in Redis."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """What must stand in Redis for a transaction to be carried out, and what it changes."""

    name: bytes
    known: Mapping[int, Collection[Told]]  # by partition: what its mark may say
    marks: Mapping[int, bytes]  # what it says afterwards

    def keys(self) -> list[str]:
        """Owners, and then marks."""
        return [*map(owner_key, self.known), *map(mark_key, self.known)]

    def stands(self, found: Sequence[Told]) -> dict[int, bool]:
        """By partition: whether `found`, what the keys say, is what was last said under our name."""
        owners, marks = found[: len(self.known)], found[len(self.known) :]
        both = zip(self.known.items(), owners, marks, strict=True)
        return {place: owner == self.name and mark in known for (place, known), owner, mark in both}


_CLAIM: ContextVar[_Claim | None] = ContextVar("claim", default=None)


class NotOwner(Exception):
    """Another worker's name stands at one of the partitions, or its mark is not ours."""


class FencedRedis(redis.Redis):
    """Feast's Redis client: inside a claim, its pipelines are transactions that the claim guards."""

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Any:
        """As redis-py's; raises `NotOwner`."""
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
    """Which partitions are whose, as Redis knows it, and which of their rows it has."""

    def __init__(self, client: redis.Redis, owner: Ownership) -> None:
        self._client = client
        self._owner = owner
        self._name = b""
        self._known: dict[
            int, set[Told]
        ] = {}  # claimed with Kafka's consent: what the mark may say, a lost answer or not
        self._whole: dict[int, int] = {}  # of these, those of which rows may be missing: from which offset on
        self._untold: dict[int, int] = {}  # those of them that `lacking` has not named yet

    @contextmanager
    def around(self, rows: Sequence[ProfileRow]) -> Iterator[None]:
        """Inside, writes through a `FencedRedis` succeed only while the worker owns the rows' partitions.

        Claims them where they are not; raises `NotOwner` and `redis.WatchError` where they were taken away or are not
        as they were left, and `Unavailable` where Kafka does not confirm a claim.
        """
        partitions = {row.partition for row in rows}
        self._claim(partitions)
        written = {place: self._owner.written(place) for place in partitions}
        with self._claimed({place: Mark(self._whole.get(place, end), end) for place, end in written.items()}):
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
        """See `ProfileWriter.complete`; raises `NotOwner` or `redis.WatchError` where another worker has taken them.

        Does not claim: since the claim under which the rows were written, Redis may have been emptied.
        """
        if not self._known.keys() >= set(partitions):
            raise NotOwner
        written = {place: self._owner.written(place) for place in partitions}
        marks = {place: Mark(end, end) for place, end in written.items()}
        with self._claimed(marks), self._client.pipeline() as pipe:
            pipe.execute()
        for place in partitions:
            self._whole.pop(place, None)

    @contextmanager
    def _claimed(self, marks: Mapping[int, Mark]) -> Iterator[None]:
        """Inside, pipelines are carried out only where Redis still knows these partitions as claimed and left by us."""
        told = {place: mark.told() for place, mark in sorted(marks.items())}
        token = _CLAIM.set(_Claim(self._name, {place: frozenset(self._known[place]) for place in told}, told))
        for place, mark in told.items():
            self._known[place].add(mark)  # it may stand there although no answer comes
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
        with self._client.pipeline() as pipe:  # one transaction: between the two, Redis might be emptied
            pipe.mset({owner_key(partition): name for partition in claimed})
            pipe.mget([mark_key(partition) for partition in claimed])
            _, found = pipe.execute()
        METRICS.claims.inc(len(claimed))
        if not self._owner.is_confirmed():
            raise Unavailable(PART, f"Kafka does not confirm that {name.decode()} owns its partitions")
        for place, told in zip(claimed, found, strict=True):
            whole = Mark.read(told).whole
            self._known[place] = {told}
            self._whole[place] = whole if whole <= self._owner.written(place) else 0  # beyond it: of another changelog
            self._untold[place] = self._whole[place]


def owner_key(partition: int) -> str:
    """The key that holds the name of a partition's owner."""
    return f"adloom:owner:profiles:{partition}"


def mark_key(partition: int) -> str:
    """Where a partition's mark stands."""
    return f"adloom:written:profiles:{partition}"

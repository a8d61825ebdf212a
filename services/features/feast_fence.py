"""Lets only the owner of a shopper's partition write the shopper's row, whatever woke up in the meantime.

A worker may be frozen (a paused machine, a long swap) between any two of its steps. Its partitions move, their new
owner writes newer rows, and when it wakes it goes on with the write that it was about to make. Asking Kafka first does
not help: it may freeze between the answer and the write. So each partition has a key in Redis that names its owner, and
rows are written in a transaction that Redis carries out only if those keys still say so (WATCH, MULTI, EXEC).

A worker that finds another's name claims the partitions, and believes its own claim only when Kafka confirms *after*
it that the partitions are still its own: a claim that comes too late is not confirmed, nothing is written under it, and
the true owner takes the partition back with its next batch. Names are not ordered, so a wiped Redis or a Kafka that
begins to count anew does no harm.

A second key of the partition says that the rows of all its shoppers are there. Where a claim does not find it, Redis
was emptied (or is new, or was filled before there was such a key), or whoever was to write the rows again did not come
to the end: the owner hears of it (`incomplete`), and sets the key when it has written the last one (`complete`), under
the claim of that row and in such a transaction, too. Whoever empties Redis takes the owner's key as well, so nothing is
written there before another claim has looked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import redis

from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.common.partition import partition_of
from services.common.topics import PARTITIONS
from services.features.ports import Ownership, ProfileRow

PART = "ownership"

_Claim = tuple[Sequence[str], bytes]
_CLAIM: ContextVar[_Claim | None] = ContextVar("claim", default=None)


class NotOwner(Exception):
    """Another worker's name stands at one of the partitions."""


class FencedRedis(redis.Redis):
    """Feast's client: its pipelines become transactions under the claim of the moment, where there is one."""

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> Any:
        """As redis-py's; raises `NotOwner`."""
        claim = _CLAIM.get()
        if claim is None:
            return super().pipeline(transaction, shard_hint)
        keys, name = claim
        pipe: Any = super().pipeline(True, shard_hint)
        try:
            pipe.watch(*keys)
            if any(owner != name for owner in pipe.mget(keys)):
                raise NotOwner
            pipe.multi()
        except BaseException:
            pipe.reset()
            raise
        return pipe


class Fence:
    """Which partitions are whose, as Redis knows it, and of which it has all rows."""

    def __init__(self, client: redis.Redis, owner: Ownership) -> None:
        self._client = client
        self._owner = owner
        self._name = b""
        self._confirmed: set[int] = set()  # partitions that `_name` has claimed with Kafka's consent
        self._incomplete: set[int] = set()  # those whose claim found that rows may be missing; not told yet

    @contextmanager
    def around(self, rows: Sequence[ProfileRow]) -> Iterator[None]:
        """What is written inside through a `FencedRedis` is written only if the rows' partitions are the owner's.

        Claims them where they are not; raises `NotOwner` and `redis.WatchError` where they were taken away, and
        `Unavailable` where Kafka does not confirm a claim.
        """
        partitions = {partition_of(row.user_id.encode(), PARTITIONS) for row in rows}
        self._claim(partitions)
        with self._claimed(partitions):
            yield

    def incomplete(self) -> set[int]:
        """See `ProfileWriter.incomplete`."""
        found, self._incomplete = self._incomplete, set()
        return found

    def complete(self, partitions: Collection[int]) -> None:
        """See `ProfileWriter.complete`; raises `NotOwner` and `redis.WatchError` where they were taken away.

        Claims nothing: under another claim than that of the rows, they may be gone.
        """
        with self._claimed(partitions), self._client.pipeline() as pipe:
            pipe.mset({complete_key(partition): self._name for partition in partitions})
            pipe.execute()

    @contextmanager
    def _claimed(self, partitions: Collection[int]) -> Iterator[None]:
        """Inside, pipelines are carried out only where Redis still knows these partitions as claimed."""
        token = _CLAIM.set(([owner_key(partition) for partition in sorted(partitions)], self._name))
        try:
            yield
        except (NotOwner, redis.WatchError):
            self._confirmed.difference_update(partitions)
            raise
        finally:
            _CLAIM.reset(token)

    def _claim(self, partitions: Collection[int]) -> None:
        name = self._owner.name().encode()
        if name != self._name:
            self._name, self._confirmed = name, set()
        claimed = sorted(set(partitions) - self._confirmed)
        if not claimed:
            return
        with self._client.pipeline() as pipe:  # at once: between the two somebody might empty Redis
            pipe.mset({owner_key(partition): name for partition in claimed})
            pipe.mget([complete_key(partition) for partition in claimed])
            _, found = pipe.execute()
        METRICS.claims.inc(len(claimed))
        if not self._owner.is_confirmed():
            raise Unavailable(PART, f"Kafka does not confirm that {name.decode()} owns its partitions")
        self._confirmed.update(claimed)
        self._incomplete.update(partition for partition, by in zip(claimed, found, strict=True) if by is None)


def owner_key(partition: int) -> str:
    """Where the name of a partition's owner stands."""
    return f"adloom:owner:profiles:{partition}"


def complete_key(partition: int) -> str:
    """Where it stands that all rows of a partition are there: the name of who wrote the last of them."""
    return f"adloom:complete:profiles:{partition}"

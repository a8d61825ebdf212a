"""Lets only the owner of a shopper's partition write the shopper's row, whatever woke up in the meantime.

A worker may be frozen (a paused machine, a long swap) between any two of its steps. Its partitions move, their new
owner writes newer rows, and when it wakes it goes on with the write that it was about to make. Asking Kafka first does
not help: it may freeze between the answer and the write. So each partition has a key in Redis that names its owner, and
rows are written in a transaction that Redis carries out only if those keys still say so (WATCH, MULTI, EXEC).

A worker that finds another's name claims the partitions, and believes its own claim only when Kafka confirms *after*
it that the partitions are still its own: a claim that comes too late is not confirmed, nothing is written under it, and
the true owner takes the partition back with its next batch. Names are not ordered, so a wiped Redis or a Kafka that
begins to count anew does no harm. That a partition has no name at all tells that Redis was emptied: then its rows are
gone too, and whoever owns it hears of it (`emptied`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    """Which partitions are whose, as Redis knows it."""

    def __init__(self, client: redis.Redis, owner: Ownership) -> None:
        self._client = client
        self._owner = owner
        self._name = b""
        self._confirmed: set[str] = set()  # keys that `_name` has claimed with Kafka's consent
        self._nameless: set[str] = set()  # those of them that had no name before

    @contextmanager
    def around(self, rows: Sequence[ProfileRow]) -> Iterator[None]:
        """What is written inside through a `FencedRedis` is written only if the rows' partitions are the owner's.

        Claims them where they are not; raises `NotOwner` and `redis.WatchError` where they were taken away, and
        `Unavailable` where Kafka does not confirm a claim.
        """
        keys = sorted({_key(row) for row in rows})
        self._claim(keys)
        token = _CLAIM.set((keys, self._name))
        try:
            yield
        except (NotOwner, redis.WatchError):
            self._confirmed.difference_update(keys)
            raise
        finally:
            _CLAIM.reset(token)

    def emptied(self) -> set[int]:
        """See `ProfileWriter.emptied`."""
        found = self._nameless & self._confirmed
        self._nameless -= found
        return {int(key.rpartition(":")[2]) for key in found}

    def _claim(self, keys: Sequence[str]) -> None:
        name = self._owner.name().encode()
        if name != self._name:
            self._name, self._confirmed = name, set()
        if self._confirmed.issuperset(keys):
            return
        before: Any = self._client.mget(keys)
        self._nameless.update(key for key, owner in zip(keys, before, strict=True) if owner is None)
        self._client.mset(dict.fromkeys(keys, name))
        METRICS.claims.inc(len(keys))
        if not self._owner.is_confirmed():
            raise Unavailable(PART, f"Kafka does not confirm that {name.decode()} owns its partitions")
        self._confirmed.update(keys)


def owner_key(partition: int) -> str:
    """Where the name of a partition's owner stands."""
    return f"adloom:owner:profiles:{partition}"


def _key(row: ProfileRow) -> str:
    return owner_key(partition_of(row.user_id.encode(), PARTITIONS))

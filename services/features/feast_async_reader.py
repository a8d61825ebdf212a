"""Reads one shopper's profile from Feast's online store on the event loop; every request waits for this.

Feast decides where a row is stored and what its bytes mean: its own store names keys and fields here, and a test
compares the result with `get_online_features`. Only the connection to Redis is ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import hiredis
from google.protobuf.message import DecodeError

from services.common.clock import Clock, SystemClock
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.features.feast_client import PART, Limits, entity_key, provider_of
from services.features.feast_library import Value, definitions
from services.features.feast_row import FIELDS, from_values
from services.features.ports import Reading
from services.features.profile import Profile, micros
from services.features.redis_pipe import RedisPipe
from services.runtime.breaker import Breaker

_WRONG_TYPE = "WRONGTYPE"  # what Redis answers where the key holds something else than a hash


class FeastAsyncReader:
    """A `RequestProfiles` on Feast's online store; belongs to one event loop."""

    def __init__(
        self, address: str, default: Callable[[str], Profile], clock: Clock | None = None, answer_s: float = 0.02
    ) -> None:
        """`default` gives the default profile of a segment.

        A connection on which an answer takes longer than `answer_s` is closed.
        """
        self._default = default
        self._clock = clock or SystemClock()
        self._breaker = Breaker(failures=3, open_s=0.5)
        self._redis = RedisPipe(address, Limits(connect_s=answer_s, answer_s=answer_s))
        self._key, self._fields = _layout(address)

    async def read(self, user_id: str, segment: str, budget_s: float) -> Reading:
        """See `RequestProfiles`; after three failures in a row one read in half a second is tried."""
        if budget_s <= 0:
            raise Unavailable(PART, "no time is left to read a profile")
        if not self._breaker.may_try(self._clock.monotonic()):
            raise Unavailable(PART, "it failed a moment ago and is left alone")
        try:
            async with asyncio.timeout(budget_s) as own:
                reply = await self._redis.execute(b"HMGET", self._key(user_id), *self._fields)
        except OSError as exc:  # TimeoutError too
            if not own.expired():  # a timeout by the request's own budget does not mean that Redis is down
                self._breaker.failed(self._clock.monotonic())
            raise Unavailable(PART, f"no profile within {budget_s * 1000:.1f} ms ({exc!r})") from exc
        row = self._row(reply)
        self._breaker.succeeded()
        if row is None:
            return Reading(self._default(segment), default=True, freshness_ms=None)
        return Reading(row[0], False, max(micros(self._clock.now()) - row[1], 0) // 1000)

    def close(self) -> None:
        """Closes the connection to Redis."""
        self._redis.close()

    def _row(self, reply: Any) -> tuple[Profile, int] | None:
        """The stored row, or None. A row that cannot be decoded counts as missing, and not as a failure of Redis."""
        if isinstance(reply, hiredis.ReplyError):
            if _WRONG_TYPE not in str(reply):
                self._breaker.failed(self._clock.monotonic())
                raise Unavailable(PART, f"it refused to read a profile ({reply})")
            METRICS.unreadable_profiles.inc()
            return None
        if reply[0] is None:
            return None
        try:
            return from_values(
                {name: Value.FromString(value or b"") for name, value in zip(FIELDS, reply, strict=True)}
            )
        except DecodeError:
            METRICS.unreadable_profiles.inc()
            return None


def _layout(address: str) -> tuple[Callable[[str], bytes], tuple[bytes, ...]]:
    """A function from a user to the Redis key, and the hash fields of FIELDS in their order, both as Feast makes them.

    Feast builds two protobuf messages for each key. The keys of ids of one length differ in the id alone, so Feast
    makes one key for each length, and the id is replaced in it.
    """
    config, provider = provider_of(address, Limits(1.0, 1.0))  # never connected
    store: Any = provider.online_store

    @lru_cache(maxsize=64)
    def around(length: int) -> tuple[bytes, bytes]:
        stand_in = "x" * length
        (key,) = store._generate_redis_keys_for_entities(config, [entity_key("user_id", stand_in)])
        before, _, after = key.partition(stand_in.encode())
        return before, after

    def key(user_id: str) -> bytes:
        raw = user_id.encode()
        before, after = around(len(raw))
        return before + raw + after

    _, names = store._generate_hset_keys_for_features(definitions.profile, list(FIELDS))
    return key, tuple(name.encode() if isinstance(name, str) else name for name in names[: len(FIELDS)])

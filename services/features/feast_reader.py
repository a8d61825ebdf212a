"""Reads profiles from Feast within a time limit.

A row that cannot be decoded affects one shopper, and does not mean that Redis is down: the shopper is treated as one
without a profile, the row is counted, and the circuit breaker stays closed.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence

import redis
from google.protobuf.message import DecodeError

from services.common.clock import Clock, SystemClock
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.features.cold_start import DEFAULTS
from services.features.feast_client import PART, Limits, entity_key, provider_of
from services.features.feast_library import EntityKey, definitions, feast
from services.features.feast_row import FIELDS, from_values
from services.features.ports import Reading
from services.features.profile import Profile, micros
from services.runtime.breaker import Breaker

_EMPTY = Profile()
_WRONG_TYPE = "WRONGTYPE"  # what Redis answers where the key holds something else than a hash


class FeastReader:
    """A `ProfileReader` on Feast's online store; threads may share it."""

    def __init__(self, address: str, timeout_s: float = 0.02, clock: Clock | None = None) -> None:
        """`timeout_s` bounds each wait for Redis; after three failures in a row one read in half a second is tried."""
        self._clock = clock or SystemClock()
        self._breaker = Breaker(failures=3, open_s=0.5)
        self._config, self._provider = provider_of(address, Limits(timeout_s, timeout_s))
        self._defaults: Mapping[str, Profile] = DEFAULTS

    def read(self, user_ids: Sequence[str], segment: str = "new_unknown") -> Mapping[str, Reading]:
        """A reading for each shopper: one round trip."""
        found = self._read(definitions.profile, [entity_key("user_id", user_id) for user_id in user_ids])
        now_us = micros(self._clock.now())
        missing = Reading(self.default_of(segment), default=True, freshness_ms=None)
        return {
            user_id: missing if row is None else Reading(row[0], False, max(now_us - row[1], 0) // 1000)
            for user_id, row in zip(user_ids, found, strict=True)
        }

    def default_of(self, segment: str) -> Profile:
        """The default profile of the segment."""
        return self._defaults.get(segment, _EMPTY)

    def refresh_defaults(self) -> None:
        """Reads the segments' default profiles from Feast; raises `Unavailable`. Called at the start and by a timer.

        A default that Feast does not have is taken from `cold_start.py`.
        """
        found = self._read(definitions.segment_defaults, [entity_key("segment", name) for name in DEFAULTS])
        stored = {name: row[0] for name, row in zip(DEFAULTS, found, strict=True) if row is not None}
        self._defaults = {**DEFAULTS, **stored}

    def _read(self, view: feast.FeatureView, keys: list[EntityKey]) -> list[tuple[Profile, int] | None]:
        if not self._breaker.may_try(self._clock.monotonic()):
            raise Unavailable(PART, "it failed a moment ago and is left alone")
        try:
            rows = self._rows(view, keys)
        except redis.RedisError as exc:
            self._breaker.failed(self._clock.monotonic())
            raise Unavailable(PART, f"{len(keys)} profiles were not read ({exc!r})") from exc
        self._breaker.succeeded()
        return rows

    def _rows(self, view: feast.FeatureView, keys: list[EntityKey]) -> list[tuple[Profile, int] | None]:
        """One row per key. Feast decodes all rows or none, so where one cannot be decoded, each is read alone."""
        try:
            found = self._provider.online_read(self._config, view, keys, list(FIELDS))
        except (DecodeError, ValueError, OverflowError, OSError, redis.ResponseError) as exc:
            if not _is_garbage(exc):
                raise
            if len(keys) > 1:
                return [row for key in keys for row in self._rows(view, [key])]
            METRICS.unreadable_profiles.inc()
            return [None]
        return [from_values(values) for _, values in found]


def _is_garbage(exc: Exception) -> bool:
    """Whether the error comes from the stored data and not from Redis: no protobuf, a time out of range, no hash."""
    if isinstance(exc, redis.ResponseError):
        return _WRONG_TYPE in str(exc)
    return not isinstance(exc, OSError) or exc.errno == errno.EOVERFLOW

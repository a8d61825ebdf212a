"""Profiles out of Feast, in time or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import redis

from services.common.clock import Clock, SystemClock
from services.common.errors import Unavailable
from services.features.breaker import Breaker
from services.features.feast_client import PART, Limits, entity_key, provider_of
from services.features.feast_library import EntityKey, definitions, feast
from services.features.feast_row import FIELDS, from_values
from services.features.ports import Reading
from services.features.profile import Profile, micros
from services.features.segments import SEGMENTS

_EMPTY = Profile()


class FeastReader:
    """A `ProfileReader` on Feast's online store; threads may share it."""

    def __init__(self, address: str, timeout_s: float = 0.02, clock: Clock | None = None) -> None:
        """`timeout_s` bounds each wait for Redis; after three failures in a row it is tried once in half a second."""
        self._clock = clock or SystemClock()
        self._breaker = Breaker(failures=3, open_s=0.5)
        self._config, self._provider = provider_of(address, Limits(timeout_s, timeout_s))
        self._defaults: Mapping[str, Profile] = {}

    def read(self, user_ids: Sequence[str], segment: str = "new_unknown") -> Mapping[str, Reading]:
        """A reading for each shopper: one round trip."""
        found = self._read(definitions.profile, [entity_key("user_id", user_id) for user_id in user_ids])
        now_us = micros(self._clock.now())
        missing = Reading(self._defaults.get(segment, _EMPTY), default=True, freshness_ms=None)
        return {
            user_id: missing if row is None else Reading(row[0], False, max(now_us - row[1], 0) // 1000)
            for user_id, row in zip(user_ids, found, strict=True)
        }

    def refresh_defaults(self) -> None:
        """Takes the segments' default profiles over from Feast; raises `Unavailable`. For the start and a timer."""
        found = self._read(definitions.segment_defaults, [entity_key("segment", name) for name in SEGMENTS])
        self._defaults = {name: row[0] for name, row in zip(SEGMENTS, found, strict=True) if row is not None}

    def _read(self, view: feast.FeatureView, keys: list[EntityKey]) -> list[tuple[Profile, int] | None]:
        if not self._breaker.may_try(self._clock.monotonic()):
            raise Unavailable(PART, "it failed a moment ago and is left alone")
        try:
            rows = self._provider.online_read(self._config, view, keys, list(FIELDS))
        except redis.RedisError as exc:
            self._breaker.failed(self._clock.monotonic())
            raise Unavailable(PART, f"{len(keys)} profiles were not read ({exc!r})") from exc
        self._breaker.succeeded()
        return [from_values(values) for _, values in rows]

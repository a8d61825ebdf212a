"""Profiles kept in memory: for tests, dry runs and trying things out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from services.common.clock import Clock, SystemClock
from services.common.errors import AdloomError, Unavailable
from services.common.partition import partition_of
from services.common.topics import PARTITIONS
from services.features.cold_start import DEFAULTS
from services.features.ports import ProfileRow, Reading
from services.features.profile import Profile, micros


class MemoryStore:
    """`ProfileWriter`, `DefaultsWriter` and `ProfileReader`; set `failure` to see what callers do without it."""

    def __init__(self, clock: Clock | None = None, defaults: Mapping[str, Profile] | None = None) -> None:
        self.failure: AdloomError | None = None
        self.rows: dict[str, ProfileRow] = {}
        self.completed: set[int] = set()  # partitions
        self._claimed: set[int] = set()
        self._incomplete: set[int] = set()
        self._clock = clock or SystemClock()
        self.defaults = dict(DEFAULTS if defaults is None else defaults)

    def write(self, rows: Sequence[ProfileRow]) -> None:
        """Stores rows at once."""
        if self.failure:
            raise self.failure
        claimed = {partition_of(row.user_id.encode(), PARTITIONS) for row in rows} - self._claimed
        self._claimed |= claimed
        self._incomplete |= claimed - self.completed
        self.rows.update((row.user_id, row) for row in rows)

    def incomplete(self) -> set[int]:
        """Partitions that were written to for the first time (by this owner), and never `complete`."""
        found, self._incomplete = self._incomplete, set()
        return found

    def complete(self, partitions: Collection[int]) -> None:
        """Remembers it until the store is emptied."""
        if self.failure:
            raise self.failure
        if not self._claimed.issuperset(partitions):
            raise Unavailable("ownership", f"some of {partitions} were not claimed")
        self.completed.update(partitions)

    def owned_anew(self) -> None:
        """Another worker writes from here on."""
        self._claimed, self._incomplete = set(), set()

    def empty(self) -> None:
        """Nothing of what was written is there any more."""
        self.rows, self.completed = {}, set()
        self.owned_anew()

    def write_defaults(self, defaults: Mapping[str, Profile], computed_at: datetime) -> None:
        """Stores them at once."""
        if self.failure:
            raise self.failure
        self.defaults = {**self.defaults, **defaults}

    def read(self, user_ids: Sequence[str], segment: str = "new_unknown") -> Mapping[str, Reading]:
        """A reading for each shopper, at once."""
        if self.failure:
            raise self.failure
        return {user_id: self._reading(user_id, segment) for user_id in user_ids}

    def _reading(self, user_id: str, segment: str) -> Reading:
        row = self.rows.get(user_id)
        if row is None:
            return Reading(self.defaults.get(segment, Profile()), default=True, freshness_ms=None)
        age_ms = max(micros(self._clock.now()) - row.appended_us, 0) // 1000
        return Reading(row.profile, default=False, freshness_ms=age_ms)

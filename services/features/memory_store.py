"""The fake of the feature store: profiles in memory, for tests and dry runs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from services.common.clock import Clock, SystemClock
from services.common.errors import AdloomError, Unavailable
from services.features.cold_start import DEFAULTS
from services.features.feast_mark import Mark
from services.features.ports import ProfileRow, Reading
from services.features.profile import Profile, micros

Saved = tuple[dict[str, ProfileRow], dict[int, Mark]]


class MemoryStore:
    """`ProfileWriter`, `DefaultsWriter` and `ProfileReader`; with `failure` set, every call raises it."""

    def __init__(
        self,
        clock: Clock | None = None,
        defaults: Mapping[str, Profile] | None = None,
        written: Callable[[int], int] = lambda _: 0,
    ) -> None:
        """`written`: see `Ownership`."""
        self.failure: AdloomError | None = None
        self.rows: dict[str, ProfileRow] = {}
        self.marks: dict[int, Mark] = {}  # by partition
        self._written = written
        self._known: dict[int, Mark] = {}  # of claimed partitions, as last written or read
        self._missing_from: dict[int, int] = {}
        self._unreported: dict[int, int] = {}
        self._clock = clock or SystemClock()
        self.defaults = dict(DEFAULTS if defaults is None else defaults)

    def write(self, rows: Sequence[ProfileRow]) -> None:
        """Stores rows at once."""
        if self.failure:
            raise self.failure
        self._claim({row.partition for row in rows})
        for partition in {row.partition for row in rows}:
            end = self._written(partition)
            self.marks[partition] = self._known[partition] = Mark(self._missing_from.get(partition, end), end, "")
        self.rows.update((row.user_id, row) for row in rows)

    def check_rows(self, partitions: Collection[int]) -> None:
        """Claims the partitions, which compares their marks."""
        if self.failure:
            raise self.failure
        self._claim(partitions)

    def missing_rows(self) -> dict[int, int]:
        """The partitions claimed since the last call, with the offset from which rows may be missing."""
        found, self._unreported = self._unreported, {}
        return found

    def complete(self, partitions: Collection[int]) -> None:
        """Marks the partitions as complete, until the store is emptied or put back."""
        if self.failure:
            raise self.failure
        if any(
            partition not in self._known or self.marks.get(partition, Mark(0, 0, "")) != self._known[partition]
            for partition in partitions
        ):
            raise Unavailable("ownership", f"some of {partitions} were not claimed")
        for partition in partitions:
            end = self._written(partition)
            self.marks[partition] = self._known[partition] = Mark(end, end, "")
            self._missing_from.pop(partition, None)

    def owner_changed(self) -> None:
        """Forgets all claims, as if another worker took over."""
        self._known, self._missing_from, self._unreported = {}, {}, {}

    def empty(self) -> None:
        """Deletes all rows and marks."""
        self.put_back(({}, {}))

    def as_it_is(self) -> Saved:
        """All rows and marks, for `put_back`."""
        return dict(self.rows), dict(self.marks)

    def put_back(self, saved: Saved) -> None:
        """Replaces all rows and marks by those of `as_it_is`."""
        self.rows, self.marks = dict(saved[0]), dict(saved[1])

    def _claim(self, partitions: Collection[int]) -> None:
        for partition in partitions:
            mark = self.marks.get(partition, Mark(0, 0, ""))
            if partition not in self._known or self._known[partition] != mark:
                self._known[partition] = mark
                first = mark.complete_before if mark.complete_before <= self._written(partition) else 0
                self._missing_from[partition] = self._unreported[partition] = first

    def write_defaults(self, defaults: Mapping[str, Profile], computed_at: datetime) -> None:
        """Stores the defaults at once."""
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

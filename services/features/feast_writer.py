"""Writes profiles to Feast in batches: whole rows as protobuf values, straight to the provider, without a read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime

import redis

from services.common.errors import Unavailable
from services.features.feast_client import PART, Limits, entity_key, provider_of
from services.features.feast_fence import PART as OWNERSHIP
from services.features.feast_fence import Fence, NotOwner
from services.features.feast_library import EntityKey, Value, definitions
from services.features.feast_row import to_values
from services.features.ports import Ownership, ProfileRow
from services.features.profile import Profile, micros

_Row = tuple[EntityKey, dict[str, Value], datetime, datetime | None]
_LIMITS = Limits(connect_s=1.0, answer_s=5.0)  # long limits: the caller waits and repeats anyway


class FeastWriter:
    """A `ProfileWriter` and `DefaultsWriter` on Feast's online store."""

    def __init__(self, address: str, owner: Ownership | None = None) -> None:
        """With an `owner`, only rows of its partitions can be written (see `feast_fence.py`)."""
        self._config, self._provider = provider_of(address, _LIMITS)
        self._fence = Fence(self._provider.online_store._client, owner) if owner else None  # type: ignore[attr-defined]

    def write(self, rows: Sequence[ProfileRow]) -> None:
        """Stores rows in one round trip; a row's event timestamp is the LogAppendTime of its newest event."""
        data = [
            _row("user_id", row.user_id, to_values(row.profile, row.appended_us), _moment(row.appended_us))
            for row in rows
        ]
        with _translated(f"{len(rows)} profiles"), self._fence.around(rows) if self._fence else nullcontext():
            self._provider.online_write_batch(self._config, definitions.profile, data, None)

    def check_rows(self, partitions: Collection[int]) -> None:
        """See `ProfileWriter.check_rows`; does nothing without an owner."""
        if self._fence:
            with _translated(f"the rows of {len(partitions)} partitions", "checked"):
                self._fence.check_rows(partitions)

    def missing_rows(self) -> dict[int, int]:
        """See `ProfileWriter.missing_rows`; none without an owner."""
        return self._fence.missing_rows() if self._fence else {}

    def complete(self, partitions: Collection[int]) -> None:
        """See `ProfileWriter.complete`; does nothing without an owner."""
        if self._fence:
            with _translated(f"the marks of {len(partitions)} complete partitions"):
                self._fence.complete(partitions)

    def write_defaults(self, defaults: Mapping[str, Profile], computed_at: datetime) -> None:
        """Stores the default profiles, by segment."""
        data = [
            _row("segment", segment, to_values(profile, micros(computed_at)), computed_at)
            for segment, profile in defaults.items()
        ]
        with _translated("the segments' defaults"):
            self._provider.online_write_batch(self._config, definitions.segment_defaults, data, None)


@contextmanager
def _translated(what: str, done: str = "written") -> Iterator[None]:
    """Translates Redis errors to `Unavailable`, which says why `what` could not be `done`."""
    try:
        yield
    except (NotOwner, redis.WatchError) as exc:
        raise Unavailable(OWNERSHIP, f"{what} belong to another worker now") from exc
    except redis.RedisError as exc:
        raise Unavailable(PART, f"{what} were not {done} ({exc!r})") from exc


def _row(join_key: str, name: str, values: dict[str, Value], at: datetime) -> _Row:
    return entity_key(join_key, name), values, at, None


def _moment(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1e6, UTC)

"""Ports for writing and reading profiles; adapters: `feast_*.py`; fakes: `memory_store.py`, `memory_profiles.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.features.profile import Profile


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A shopper's whole profile; it replaces the stored one."""

    user_id: str  # pseudonym
    profile: Profile
    appended_us: int  # LogAppendTime of the newest event in it, microseconds since 1970
    partition: int  # of the shopper's events; only its owner may write the row


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known about a shopper."""

    profile: Profile
    default: bool  # no profile is stored: this is the default of the shopper's segment
    freshness_ms: int | None  # age of the newest event in it when it was read; None for a default


class ProfileWriter(Protocol):
    """Writes profiles."""

    def write(self, rows: Sequence[ProfileRow]) -> None:
        """Stores rows; returns when they can be read. Of two rows of one shopper the later one wins.

        Blocks. Raises `Unavailable("redis")`; some of the rows may then have been stored.
        """
        ...

    def check_rows(self, partitions: Collection[int]) -> None:
        """Checks which rows of these partitions the store lacks, as `write` does, without writing a row.

        Blocks. Raises `Unavailable`.
        """
        ...

    def missing_rows(self) -> dict[int, int]:
        """The partitions whose rows the store may lack, as `write` and `check_rows` found them since the last call.

        Each comes with an offset: rows of states written at this offset or later (`Ownership.written`) may be missing;
        at 0, all rows may.

        Causes: the store is new, was emptied or was replaced by an older one; or the previous writer stopped between a
        state and its row; or a writer was given the partition before and never reached `complete`. Does not block.
        """
        ...

    def complete(self, partitions: Collection[int]) -> None:
        """Marks these partitions as complete: all rows that `missing_rows` reported missing have been written since.

        This writer must have written rows of each partition before. Blocks. Raises `Unavailable`, also if another
        worker has taken the partitions or the store was emptied since; the next `write` finds out which.
        """
        ...


class Ownership(Protocol):
    """Who may write which shoppers' rows."""

    def name(self) -> str:
        """A unique name of this worker with its current assignment; another assignment gives another name."""
        ...

    def is_confirmed(self) -> bool:
        """Whether Kafka confirms now that the partitions of `name` are this worker's. May block for some seconds."""
        ...

    def written(self, partition: int) -> int:
        """The offset after the partition's last durable state; it never decreases within one `changelog`."""
        ...

    def changelog(self) -> str:
        """The name of the log that the offsets of `written` belong to."""
        ...


class DefaultsWriter(Protocol):
    """Writes the default profiles of shoppers without a profile."""

    def write_defaults(self, defaults: Mapping[str, Profile], computed_at: datetime) -> None:
        """Stores one profile per segment; returns when they can be read. Blocks. Raises `Unavailable("redis")`."""
        ...


class ProfileReader(Protocol):
    """Reads many profiles at once, for commands and drills, which may block; requests use `RequestProfiles`."""

    def read(self, user_ids: Sequence[str], segment: str = "new_unknown") -> Mapping[str, Reading]:
        """A reading for each shopper; a shopper without a profile gets the default of `segment`, flagged.

        Returns within the reader's time limit or raises `Unavailable("redis")`, at once while the store is known to be
        down.
        """
        ...


class RequestProfiles(Protocol):
    """Reads one shopper's profile for a request, on an event loop."""

    async def read(self, user_id: str, segment: str, budget_s: float) -> Reading:
        """The shopper's reading; a shopper without a profile gets the default of `segment`, flagged.

        Returns within `budget_s` seconds or raises `Unavailable("redis")`, at once while the store is known to be down.
        """
        ...

    def close(self) -> None:
        """Closes the connection to the store."""
        ...

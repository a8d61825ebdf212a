"""Where profiles are written and read; `feast_*.py` do it, `memory_store.py` and `memory_profiles.py` stand in."""

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
    partition: int  # of the shopper's events: whose owner alone may write the row


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known about a shopper."""

    profile: Profile
    default: bool  # nothing is stored: this is the profile of the shopper's segment
    freshness_ms: int | None  # age of the newest event in it when it was read; None for a default


class ProfileWriter(Protocol):
    """Writes profiles."""

    def write(self, rows: Sequence[ProfileRow]) -> None:
        """Stores rows; returns when they can be read. Of two rows of one shopper the later one wins.

        Blocks. Raises `Unavailable("redis")`; some of the rows may then have been stored.
        """
        ...

    def look(self, partitions: Collection[int]) -> None:
        """Finds out what the store lacks of these partitions, as `write` does, without writing a row.

        Blocks. Raises `Unavailable`.
        """
        ...

    def lacking(self) -> dict[int, int]:
        """Partitions of which the store may lack rows, as `write` and `look` have found since this was last asked.

        What may lack are the rows of states that were written (`Ownership.written`) at this offset or later; at 0, all.

        Somebody has emptied the store, or put an older one in its place, or it is new; or whoever wrote before ended
        between a state and its row; or they were named before, to this writer or to another one, and `complete` was
        never reached. Does not block.
        """
        ...

    def complete(self, partitions: Collection[int]) -> None:
        """Notes that the rows that `lacking` has named of these partitions have all been written since.

        This writer must have written rows of each of them before. Blocks. Raises `Unavailable`, also where another
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
        """The offset behind the last state of the partition that is durable: a measure of its rows that only grows."""
        ...


class DefaultsWriter(Protocol):
    """Writes the default profiles of shoppers without a profile."""

    def write_defaults(self, defaults: Mapping[str, Profile], computed_at: datetime) -> None:
        """Stores one profile per segment; returns when they can be read. Blocks. Raises `Unavailable("redis")`."""
        ...


class ProfileReader(Protocol):
    """Gives the profiles of many shoppers at once, to commands and drills, which may block; requests have their own."""

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

"""The worker `profiles`: `ad.views`, `ad.clicks`, `ad.orders` -> one state a shopper -> one row in Feast.

Key: user pseudonym. Order: of each topic-partition; profiles do not depend on how topics interleave. Delivery: every
event counts once (`services/wire/faust_ledger.py`). A replay is harmless: it changes no state and writes the same row
again. Where the online store turns out to lack rows (somebody has emptied it), those of all shoppers are written again,
a partition's after its next event. The store is told when the last one is there; where the worker ends or loses the
partition before, whoever has it then begins anew, after its next event.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import cast

from services.common.health import Readiness
from services.common.partition import partition_of
from services.common.topics import CLICKS, ORDERS, PARTITIONS, VIEWS
from services.features.ports import ProfileRow, ProfileWriter
from services.features.product import Catalogue
from services.stream.apply import apply_events
from services.stream.large_states import LargeStates
from services.stream.state import pack
from services.wire.envelope import Envelope
from services.wire.faust_app import WorkerSettings
from services.wire.faust_room import Advance, NothingKept
from services.wire.faust_worker import Worker

log = logging.getLogger(__name__)

NAME = "profiles"
TOPICS = (VIEWS, CLICKS, ORDERS)


AGAIN_AT_ONCE = 1_000
"""Rows that are written again in one step, so that events do not wait long for them."""


class ProfilesRoom(NothingKept):
    """Decides what becomes of a shopper's profile; see `Room`. Profiles fade when they are read, not as time passes."""

    def __init__(
        self, sink: ProfileWriter, catalogue: Catalogue, burst: int, again_at_once: int = AGAIN_AT_ONCE
    ) -> None:
        self._sink = sink
        self._catalogue = catalogue
        self._burst = burst
        self._again_at_once = again_at_once
        self._remembered = LargeStates()
        self._states: dict[int, Iterable[tuple[str, bytes]]] = {}  # of our partitions
        self._lacking: set[int] = set()  # partitions whose rows are all to be written again, from the first one on
        self._again: dict[int, list[str]] = {}  # whose rows are still to be written again, where that has begun

    def restore(self, partition: int, states: Iterable[tuple[str, bytes]]) -> None:
        """The partition is ours; its states are gone through only where the online store lacks rows."""
        self._states[partition] = states
        if self._again.pop(partition, None) is not None:  # some of those that were due may never have been published
            self._lacking.add(partition)

    def release(self, partition: int) -> None:
        """The partition is not ours any more; the store tells its next owner whether it lacks rows."""
        self._states.pop(partition, None)
        self._again.pop(partition, None)
        self._lacking.discard(partition)

    def due(self, partition: int, watermark_ms: int) -> Sequence[str]:
        """Some of those whose rows the online store lacks."""
        if partition in self._lacking:
            self._lacking.discard(partition)
            self._again[partition] = [user for user, _ in self._states[partition]]
            log.info("writes the %d rows of partition %d again", len(self._again[partition]), partition)
        left = self._again.get(partition)
        if not left:
            return ()
        some, self._again[partition] = left[: self._again_at_once], left[self._again_at_once :]
        return some

    def advance(
        self, user: str, partition: int, state: bytes | None, events: Sequence[Envelope], watermark_ms: int
    ) -> Advance:
        """The shopper's state after the events, and their whole row."""
        after = self._remembered.state_of(user, state)
        fates, refused = apply_events(after, events, self._catalogue, self._burst)
        row = ProfileRow(user, after.profile, after.appended_us)
        packed = pack(after)
        self._remembered.keep(user, packed, after)
        return Advance(packed, row=row, refused=refused, fates=fates)

    def publish(self, rows: Sequence[object]) -> None:
        """Into Feast, which is told where these were the last ones of a partition to be written again."""
        profiles = cast("Sequence[ProfileRow]", rows)
        self._sink.write(profiles)
        self._lacking |= self._sink.incomplete()
        if complete := self._complete_with(profiles):
            self._sink.complete(complete)
            log.info("has written all rows of partitions %s again", sorted(complete))
            for partition in complete:
                del self._again[partition]

    def _complete_with(self, rows: Sequence[ProfileRow]) -> set[int]:
        """Partitions whose last rows to be written again are among `rows`."""
        nothing_left = {partition for partition, left in self._again.items() if not left} - self._lacking
        return nothing_left and nothing_left & {partition_of(row.user_id.encode(), PARTITIONS) for row in rows}


def build(
    sink: ProfileWriter, settings: WorkerSettings, catalogue: Catalogue, burst: int, readiness: Readiness
) -> Worker:
    """The worker, wired and not started."""
    return Worker(NAME, settings, TOPICS, ProfilesRoom(sink, catalogue, burst), readiness)

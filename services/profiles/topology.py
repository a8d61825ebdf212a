"""The worker `profiles`: `ad.views`, `ad.clicks`, `ad.orders` -> one state a shopper -> one row in Feast.

Key: user pseudonym. Order: of each topic-partition; profiles do not depend on how topics interleave. Delivery: every
event counts once (`services/wire/faust/deduplicator.py`). A replay is harmless: it changes no state and writes the row
again. Where the online store lacks rows (it was emptied, or replaced by an older copy), the worker writes them again:
those of states written since the store's mark, or all. It notices this with the next event, or within `LOOK_S`
(`worker.py`) without one. When the last row is written, the worker marks the partition complete in the store. If the
worker ends or loses the partition before that, the partition's next owner starts over.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import cast

from services.catalogue.product_features import Catalogue
from services.common.errors import Unavailable
from services.common.topics import CLICKS, ORDERS, VIEWS
from services.features.ports import ProfileRow, ProfileWriter
from services.profiles.apply import apply_events
from services.profiles.large_states import LargeStates
from services.profiles.state import pack
from services.runtime.health import Readiness
from services.wire.codec.envelope import Envelope
from services.wire.faust.app import WorkerSettings
from services.wire.faust.processor import States, StateUpdate
from services.wire.faust.worker import Worker

log = logging.getLogger(__name__)

NAME = "profiles"
TOPICS = (VIEWS, CLICKS, ORDERS)


AGAIN_AT_ONCE = 1_000
"""The most rows that are written again in one step, so that events do not wait long for them."""


class ProfilesProcessor:
    """Decides the next state of a shopper's profile; see `Processor`. Profiles decay when read, not by timers."""

    def __init__(
        self, sink: ProfileWriter, catalogue: Catalogue, burst: int, again_at_once: int = AGAIN_AT_ONCE
    ) -> None:
        self._sink = sink
        self._catalogue = catalogue
        self._burst = burst
        self._again_at_once = again_at_once
        self._remembered = LargeStates()
        self._states: dict[int, States] = {}  # of our partitions
        self._lacks: dict[int, int] = {}  # by partition with missing rows: their first changelog offset
        self._again: dict[int, list[str]] = {}  # by such a partition: users whose rows are still to be written

    def restore(self, partition: int, states: States) -> None:
        """Keeps the partition's states; they are iterated only where the online store lacks rows."""
        self._states[partition] = states
        self._again.pop(partition, None)  # rows of users already taken may not have been published

    def release(self, partition: int) -> None:
        """Drops the partition; its next owner learns from the store whether rows are missing."""
        for known in (self._states, self._lacks, self._again):
            known.pop(partition, None)

    def due_users(self, partition: int, watermark_ms: int) -> Sequence[str]:
        """The next users whose rows the online store lacks."""
        left = self._again.get(partition)
        if not left:
            return ()
        some, self._again[partition] = left[: self._again_at_once], left[self._again_at_once :]
        return some

    def advance(
        self, user: str, partition: int, state: bytes | None, events: Sequence[Envelope], watermark_ms: int
    ) -> StateUpdate:
        """The shopper's state after the events, and the whole row."""
        after = self._remembered.state_of(user, state)
        fates, refused = apply_events(after, events, self._catalogue, self._burst, watermark_ms)
        row = ProfileRow(user, after.profile, after.appended_us, partition)
        packed = pack(after)
        self._remembered.keep(user, packed, after)
        return StateUpdate(packed, row=row, refused=refused, fates=fates)

    def publish(self, rows: Sequence[object]) -> None:
        """Writes the rows to Feast, and marks a partition complete with the last of its missing rows."""
        profiles = cast("Sequence[ProfileRow]", rows)
        self._sink.write(profiles)
        self._see_to_what_is_lacking(profiles)

    def look(self) -> None:
        """Checks that Feast still has the rows, also without events."""
        try:
            self._sink.look(self._states.keys())
            self._see_to_what_is_lacking(())
        except Unavailable as exc:
            log.debug("rows were not looked at: %s", exc)

    def _see_to_what_is_lacking(self, written: Sequence[ProfileRow]) -> None:
        """Starts writing missing rows again, and marks partitions complete where `written` had the last of them."""
        for partition, offset in self._sink.lacking().items():
            self._lacks[partition] = offset
            self._again.pop(partition, None)
        begun = {p for p in self._lacks if p in self._states and p not in self._again}
        users = {row.user_id for row in written}
        for partition in begun:
            self._again[partition] = [
                u for u in self._states[partition].since(self._lacks[partition]) if u not in users
            ]
            if again := len(self._again[partition]):
                log.info("writes %d rows of partition %d again", again, partition)
        self._tell_complete(begun | {row.partition for row in written})

    def _tell_complete(self, touched: set[int]) -> None:
        complete = {partition for partition in touched if self._again.get(partition) == []}
        if complete:
            self._sink.complete(complete)
            log.info("all rows of partitions %s are there", sorted(complete))
            for partition in complete:
                del self._again[partition], self._lacks[partition]


def build(
    sink: ProfileWriter, settings: WorkerSettings, catalogue: Catalogue, burst: int, readiness: Readiness
) -> Worker:
    """The worker, wired and not started."""
    return Worker(NAME, settings, TOPICS, ProfilesProcessor(sink, catalogue, burst), readiness)

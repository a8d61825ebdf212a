"""The worker `profiles`: `ad.views`, `ad.clicks`, `ad.orders` -> one state a shopper -> one row in Feast.

Key: user pseudonym. Order: of each topic-partition; profiles do not depend on how topics interleave. Delivery: every
event counts once (`services/wire/faust/deduplicator.py`). A replay is harmless: it changes no state and writes the row
again. Where the online store turns out to lack rows (somebody has emptied it, or an older one has taken its place),
they are written again: those of states since the store's mark, or of all. That is noticed with the next event, or
within `LOOK_S` (`worker.py`) without one. The store is told when the last one is there; where the worker ends or
loses the partition before, whoever has it then begins anew.
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
from services.wire.faust.processor import StatelessProcessor, States, StateUpdate
from services.wire.faust.worker import Worker

log = logging.getLogger(__name__)

NAME = "profiles"
TOPICS = (VIEWS, CLICKS, ORDERS)


AGAIN_AT_ONCE = 1_000
"""Rows that are written again in one step, so that events do not wait long for them."""


class ProfilesProcessor(StatelessProcessor):
    """Decides what becomes of a shopper's profile; see `Processor`. They fade when read, not as time passes."""

    def __init__(
        self, sink: ProfileWriter, catalogue: Catalogue, burst: int, again_at_once: int = AGAIN_AT_ONCE
    ) -> None:
        self._sink = sink
        self._catalogue = catalogue
        self._burst = burst
        self._again_at_once = again_at_once
        self._remembered = LargeStates()
        self._states: dict[int, States] = {}  # of our partitions
        self._lacks: dict[int, int] = {}  # partitions whose rows may be missing: of states since this offset
        self._again: dict[int, list[str]] = {}  # of these: whose rows are still to be written again

    def restore(self, partition: int, states: States) -> None:
        """The partition is ours; its states are gone through only where the online store lacks rows."""
        self._states[partition] = states
        self._again.pop(partition, None)  # some of those that were due may never have been published

    def release(self, partition: int) -> None:
        """The partition is not ours any more; the store tells its next owner whether it lacks rows."""
        for known in (self._states, self._lacks, self._again):
            known.pop(partition, None)

    def due_users(self, partition: int, watermark_ms: int) -> Sequence[str]:
        """Some of those whose rows the online store lacks."""
        left = self._again.get(partition)
        if not left:
            return ()
        some, self._again[partition] = left[: self._again_at_once], left[self._again_at_once :]
        return some

    def advance(
        self, user: str, partition: int, state: bytes | None, events: Sequence[Envelope], watermark_ms: int
    ) -> StateUpdate:
        """The shopper's state after the events, and their whole row."""
        after = self._remembered.state_of(user, state)
        fates, refused = apply_events(after, events, self._catalogue, self._burst)
        row = ProfileRow(user, after.profile, after.appended_us, partition)
        packed = pack(after)
        self._remembered.keep(user, packed, after)
        return StateUpdate(packed, row=row, refused=refused, fates=fates)

    def publish(self, rows: Sequence[object]) -> None:
        """Into Feast, which is told where these were the last ones of a partition to be written again."""
        profiles = cast("Sequence[ProfileRow]", rows)
        self._sink.write(profiles)
        self._see_to_what_is_lacking(profiles)

    def look(self) -> None:
        """Whether Feast still has what was written, also where nobody acts."""
        try:
            self._sink.look(self._states.keys())
            self._see_to_what_is_lacking(())
        except Unavailable as exc:
            log.debug("rows were not looked at: %s", exc)

    def _see_to_what_is_lacking(self, written: Sequence[ProfileRow]) -> None:
        """Begins with rows that the store lacks, and tells it where `written` were the last ones of a partition."""
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

"""The worker `profiles`: `ad.views`, `ad.clicks`, `ad.orders` -> one state a shopper -> one row in Feast.

Key: user pseudonym. Order: of each topic-partition; profiles do not depend on how topics interleave. What a product is,
the newest messages of `ad.products` and `ad.vocabulary` say when an event is applied: integers depend on the events
alone, decayed sums on the catalogue too. Delivery: every event counts once (`services/wire/faust/deduplicator.py`). A
replay is harmless: it changes no state and writes the row again.

Where the online store lacks rows (it was emptied, or replaced by an older copy), the worker writes them again: those of
states written since the store's mark, or all. It notices this with the next event, or within `CHECK_INTERVAL_S`
(`worker.py`) without one. When the last row is written, the worker marks the partition complete in the store. If the
worker ends or loses the partition before that, the partition's next owner starts over.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import cast

from services.catalogue.facts import ProductLookup
from services.common.consent import ALLOWED, Consent, consent_of
from services.common.errors import Unavailable
from services.common.topics import CLICKS, ORDERS, VIEWS
from services.features.ports import ProfileRow, ProfileWriter
from services.profiles.apply import apply_events
from services.profiles.large_states import LargeStates
from services.profiles.state import pack
from services.profiles.without_consent import with_consent
from services.runtime.health import Readiness
from services.wire.codec.envelope import Envelope
from services.wire.faust.app import WorkerSettings
from services.wire.faust.processor import PartitionStates, StateUpdate
from services.wire.faust.worker import Worker

log = logging.getLogger(__name__)

NAME = "profiles"
TOPICS = (VIEWS, CLICKS, ORDERS)


REWRITTEN_AT_ONCE = 1_000
"""The most rows that are written again in one step, so that events do not wait long for them."""


class ProfilesProcessor:
    """Decides the next state of a shopper's profile; see `Processor`. Profiles decay when read, not by timers."""

    def __init__(
        self,
        sink: ProfileWriter,
        lookup: ProductLookup,
        burst: int,
        rewritten_at_once: int = REWRITTEN_AT_ONCE,
        consent: Consent = ALLOWED,
    ) -> None:
        """`consent` is what shoppers allow whose events do not say."""
        self._consent = consent
        self._sink = sink
        self._lookup = lookup
        self._burst = burst
        self._rewritten_at_once = rewritten_at_once
        self._remembered = LargeStates()
        self._states: dict[int, PartitionStates] = {}  # of our partitions
        self._missing_from: dict[int, int] = {}  # by partition with missing rows: their first changelog offset
        self._to_rewrite: dict[int, list[str]] = {}  # by such a partition: users whose rows are still to be written

    def restore(self, partition: int, states: PartitionStates) -> None:
        """Keeps the partition's states; they are iterated only where the online store lacks rows."""
        self._states[partition] = states
        self._to_rewrite.pop(partition, None)  # rows of users already taken may not have been published

    def release(self, partition: int) -> None:
        """Drops the partition; its next owner learns from the store whether rows are missing."""
        for known in (self._states, self._missing_from, self._to_rewrite):
            known.pop(partition, None)

    def due_users(self, partition: int, watermark_ms: int) -> Sequence[str]:
        """The next users whose rows the online store lacks."""
        left = self._to_rewrite.get(partition)
        if not left:
            return ()
        some, self._to_rewrite[partition] = left[: self._rewritten_at_once], left[self._rewritten_at_once :]
        return some

    def advance(
        self, user: str, partition: int, state: bytes | None, events: Sequence[Envelope], watermark_ms: int
    ) -> StateUpdate:
        """The shopper's state after the events, and the whole row; none for shoppers who never allowed a profile."""
        events, without = with_consent(events, self._consent)
        if state is None and without and not events:
            return StateUpdate(None, fates=without)
        after = self._remembered.state_of(user, state)
        fates, refused = apply_events(after, events, self._lookup, self._burst, watermark_ms)
        row = ProfileRow(user, after.profile, after.appended_us, partition)
        packed = pack(after)
        self._remembered.keep(user, packed, after)
        return StateUpdate(packed, row=row, refused=refused, fates=fates + without if without else fates)

    def publish(self, rows: Sequence[object]) -> None:
        """Writes the rows to Feast, and marks a partition complete with the last of its missing rows."""
        profiles = cast("Sequence[ProfileRow]", rows)
        self._sink.write(profiles)
        self._rewrite_missing_rows(profiles)

    def check_store(self) -> None:
        """Checks that Feast still has the rows, also without events."""
        try:
            self._sink.check_rows(self._states.keys())
            self._rewrite_missing_rows(())
        except Unavailable as exc:
            log.debug("rows were not checked: %s", exc)

    def _rewrite_missing_rows(self, written: Sequence[ProfileRow]) -> None:
        """Starts writing missing rows again, and marks partitions complete where `written` had the last of them."""
        for partition, offset in self._sink.missing_rows().items():
            self._missing_from[partition] = offset
            self._to_rewrite.pop(partition, None)
        begun = {p for p in self._missing_from if p in self._states and p not in self._to_rewrite}
        users = {row.user_id for row in written}
        for partition in begun:
            self._to_rewrite[partition] = [
                u for u in self._states[partition].since(self._missing_from[partition]) if u not in users
            ]
            if count := len(self._to_rewrite[partition]):
                log.info("writes %d rows of partition %d again", count, partition)
        self._report_complete(begun | {row.partition for row in written})

    def _report_complete(self, touched: set[int]) -> None:
        complete = {partition for partition in touched if self._to_rewrite.get(partition) == []}
        if complete:
            self._sink.complete(complete)
            log.info("all rows of partitions %s are there", sorted(complete))
            for partition in complete:
                del self._to_rewrite[partition], self._missing_from[partition]


def build(
    sink: ProfileWriter, settings: WorkerSettings, lookup: ProductLookup, burst: int, readiness: Readiness
) -> Worker:
    """The worker, wired and not started."""
    processor = ProfilesProcessor(sink, lookup, burst, consent=consent_of(settings.consent))
    return Worker(NAME, settings, TOPICS, processor, readiness)

"""The worker `profiles`: `ad.views`, `ad.clicks`, `ad.orders` -> one state a shopper -> one row in Feast.

Key: user pseudonym. Order: of each topic-partition; profiles do not depend on how topics interleave. Delivery: every
event counts once (`services/wire/faust_ledger.py`). A replay is harmless: it changes no state and writes the same row
again. Where the online store turns out to have been emptied, the rows of all shoppers are written again, a partition's
with its next event; should the worker end meanwhile, the rest come with an event of theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from services.common.health import Readiness
from services.common.topics import CLICKS, ORDERS, VIEWS
from services.features.ports import ProfileRow, ProfileWriter
from services.features.product import Catalogue
from services.stream.apply import apply_events
from services.stream.large_states import LargeStates
from services.stream.state import pack
from services.wire.envelope import Envelope
from services.wire.faust_app import WorkerSettings
from services.wire.faust_room import Advance, NothingKept
from services.wire.faust_worker import Worker

NAME = "profiles"
TOPICS = (VIEWS, CLICKS, ORDERS)


AGAIN_AT_ONCE = 1_000
"""Rows that are written again in one step, so that events do not wait long for them."""


class ProfilesRoom(NothingKept):
    """Decides what becomes of a shopper's profile; see `Room`. Profiles fade when they are read, not as time passes."""

    def __init__(self, sink: ProfileWriter, catalogue: Catalogue, burst: int) -> None:
        self._sink = sink
        self._catalogue = catalogue
        self._burst = burst
        self._remembered = LargeStates()
        self._states: dict[int, Iterable[tuple[str, bytes]]] = {}  # of our partitions
        self._again: dict[int, list[str]] = {}  # whose rows are to be written again, by partition

    def restore(self, partition: int, states: Iterable[tuple[str, bytes]]) -> None:
        """The partition is ours; its states are gone through only where the online store has lost its rows."""
        self._states[partition] = states
        self._again.pop(partition, None)

    def release(self, partition: int) -> None:
        """The partition is not ours any more."""
        self._states.pop(partition, None)
        self._again.pop(partition, None)

    def due(self, partition: int, watermark_ms: int) -> Sequence[str]:
        """Some of those whose rows the online store has lost."""
        for emptied in self._sink.emptied() & self._states.keys():
            self._again[emptied] = [user for user, _ in self._states[emptied]]
        left = self._again.get(partition, [])
        some, self._again[partition] = left[:AGAIN_AT_ONCE], left[AGAIN_AT_ONCE:]
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
        """Into Feast."""
        self._sink.write(cast("Sequence[ProfileRow]", rows))


def build(
    sink: ProfileWriter, settings: WorkerSettings, catalogue: Catalogue, burst: int, readiness: Readiness
) -> Worker:
    """The worker, wired and not started."""
    return Worker(NAME, settings, TOPICS, ProfilesRoom(sink, catalogue, burst), readiness)

"""Which events a user's state holds already, so that delivery at least once gives state exactly once (law 4).

Two things tell an event that was applied before:

- the last applied offset of its topic-partition: a message at or before it is *redelivered* (the worker crashed before
  it could commit);
- its identity, remembered for the lateness span (24 h after its own time): another message with the same identity is a
  *duplicate* (somebody sent it twice). A still later copy is too old to be accepted at all.

Whether an id is still remembered is decided by LogAppendTime, never by a clock. A type of event travels on one topic
and a user lives in one partition, so the order of two messages with one identity is the log's: the outcome is the same
for every interleaving of the topics.

A state travels whole, in one message of the changelog, so the ids in it are bounded: `MOST_REMEMBERED` a topic. No
person has so many events in a day; a flood's are refused beyond that (`too_many`), for what is not remembered could
count twice. The bound is of each topic, so that this, too, does not depend on how topics interleave.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import Enum
from hashlib import blake2b
from typing import Any

from services.common.clock import to_ms
from services.wire.codec.envelope import Envelope
from services.wire.codec.rules import LATENESS

MOST_REMEMBERED = 100_000
"""Ids of one user and topic; 18 bytes each, packed."""

TOO_MANY = "too_many"
"""Why an event beyond that is a dead letter."""

_LATENESS_MS = LATENESS // timedelta(milliseconds=1)


class Fate(Enum):
    """What an event is to a state."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    REDELIVERED = "redelivered"
    REFUSED = "refused"  # too many are remembered


class Deduplicator:
    """The bookkeeping in one user's state; part of what is packed and written whole."""

    __slots__ = ("_offsets", "_seen")

    def __init__(self) -> None:
        self._offsets: dict[str, int] = {}  # "topic/partition": last applied offset
        self._seen: dict[str, dict[int, int]] = {}  # topic: {identity: the event's time, ms}

    def admit(self, envelope: Envelope) -> Fate:
        """What `envelope` is to this state; APPLIED means: it is noted, the caller applies it now."""
        place = f"{envelope.topic}/{envelope.partition}"
        if envelope.offset <= self._offsets.get(place, -1):
            return Fate.REDELIVERED
        self._offsets[place] = envelope.offset
        seen = self._seen.setdefault(envelope.topic, {})
        appended_ms = to_ms(envelope.appended_at)
        _forget(seen, appended_ms)
        identity = _identity(envelope)
        known_ms = seen.get(identity)
        if known_ms is not None and known_ms + _LATENESS_MS >= appended_ms:
            return Fate.DUPLICATE
        if len(seen) >= MOST_REMEMBERED and identity not in seen:
            return Fate.REFUSED
        seen[identity] = to_ms(envelope.time) + 1  # rounded up: not forgotten before its copies are too old
        return Fate.APPLIED

    def packed(self) -> list[Any]:
        """Plain lists, dicts and numbers, for msgpack (with integer keys)."""
        return [self._offsets, self._seen]

    @classmethod
    def unpacked(cls, packed: Sequence[Any]) -> Deduplicator:
        """The ledger that `packed` was made from; takes what it is given over."""
        deduplicator = cls()
        deduplicator._offsets, deduplicator._seen = packed
        return deduplicator


def _forget(seen: dict[int, int], appended_ms: int) -> None:
    """Drops ids whose later copies would be too old. The oldest come first, roughly: one look is enough mostly."""
    if seen and next(iter(seen.values())) + _LATENESS_MS < appended_ms:
        for identity in [i for i, time_ms in seen.items() if time_ms + _LATENESS_MS < appended_ms]:
            del seen[identity]


def _identity(envelope: Envelope) -> int:
    """64 bits of a hash of source and id: a day of one user's events is far too few for two to meet by chance."""
    text = f"{len(envelope.source)}:{envelope.source}{envelope.event_id}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")

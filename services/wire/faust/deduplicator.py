"""Recognises events that a user's state already holds: at-least-once delivery, exactly-once state (law 4).

The states of `profiles` hold one; those of `outcomes` recognise events by themselves (`services/outcomes/state.py`).

Two checks recognise an event that was applied before:

- The offset: a message at or before the last applied offset of its topic-partition is *redelivered* (the worker crashed
  before it could commit).
- The identity, remembered for the lateness span (24 h after the event's own time): another message with the same
  identity is a *duplicate* (it was sent twice). A copy after that span is too old to be accepted at all.

LogAppendTime decides whether an id is still remembered, never a clock. A type of event is on one topic and a user is in
one partition, so two messages with one identity are ordered by the log. The result is therefore the same for every
interleaving of the topics.

A state is one message of the changelog, so the number of ids in it is bounded: `MOST_REMEMBERED` per topic. No person
has so many events in a day. Further events of a flood are refused (`too_many`), because an event whose id is not
remembered could count twice. The bound holds per topic, so that it does not depend on how topics interleave either.
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
"""The most ids of one user and topic; 18 bytes each, packed."""

TOO_MANY = "too_many"
"""The reason of a dead letter for an event beyond `MOST_REMEMBERED`."""

_LATENESS_MS = LATENESS // timedelta(milliseconds=1)


class Fate(Enum):
    """Whether a state applies an event, and if not, why."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    REDELIVERED = "redelivered"
    REFUSED = "refused"  # too many ids are remembered


class Deduplicator:
    """The offsets and ids in one user's state; packed and written as a part of that state."""

    __slots__ = ("_offsets", "_seen")

    def __init__(self) -> None:
        self._offsets: dict[str, int] = {}  # "topic/partition": last applied offset
        self._seen: dict[str, dict[int, int]] = {}  # topic: {identity: the event's time, ms}

    def admit(self, envelope: Envelope) -> Fate:
        """Decides whether `envelope` is new and, if so, remembers it. On APPLIED the caller must apply it now."""
        topic_partition = f"{envelope.topic}/{envelope.partition}"
        if envelope.offset <= self._offsets.get(topic_partition, -1):
            return Fate.REDELIVERED
        self._offsets[topic_partition] = envelope.offset
        seen = self._seen.setdefault(envelope.topic, {})
        appended_ms = to_ms(envelope.appended_at)
        _forget(seen, appended_ms)
        identity = _identity(envelope)
        known_ms = seen.get(identity)
        if known_ms is not None and known_ms + _LATENESS_MS >= appended_ms:
            return Fate.DUPLICATE
        if len(seen) >= MOST_REMEMBERED and identity not in seen:
            return Fate.REFUSED
        seen[identity] = to_ms(envelope.time) + 1  # rounded up: kept until every copy is too old
        return Fate.APPLIED

    def packed(self) -> list[Any]:
        """The contents as plain lists, dicts and numbers, for msgpack (with integer keys)."""
        return [self._offsets, self._seen]

    @classmethod
    def unpacked(cls, packed: Sequence[Any]) -> Deduplicator:
        """The deduplicator that `packed` was made from; it keeps and changes the given objects."""
        deduplicator = cls()
        deduplicator._offsets, deduplicator._seen = packed
        return deduplicator


def _forget(seen: dict[int, int], appended_ms: int) -> None:
    """Drops ids whose later copies would be too old. Ids are roughly in order of age, so the first mostly decides."""
    if seen and next(iter(seen.values())) + _LATENESS_MS < appended_ms:
        for identity in [i for i, time_ms in seen.items() if time_ms + _LATENESS_MS < appended_ms]:
            del seen[identity]


def _identity(envelope: Envelope) -> int:
    """64 bits of a hash of source and id; one user's events of a day are too few for a collision by chance."""
    text = f"{len(envelope.source)}:{envelope.source}{envelope.event_id}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")

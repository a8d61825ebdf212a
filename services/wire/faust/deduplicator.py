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

A copy that lay in another partition arrives behind younger messages, with the time of its first append. So an id is
forgotten only once the watermark has passed its span, too (`group_progress.py`). An event whose id may be forgotten
although the event is not too old is refused (`too_old`) rather than counted twice: another worker group may move a copy
a day after ours, or a producer may forge the time.

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

TOO_OLD = "too_old"
"""The reason of a dead letter for an event that may have been applied before its id was forgotten."""

_LATENESS_MS = LATENESS // timedelta(milliseconds=1)
_ALL_READ_MS = 1 << 62  # later than every message


class Fate(Enum):
    """Whether a state applies an event, and if not, why."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    REDELIVERED = "redelivered"
    REFUSED = "refused"  # too many ids are remembered
    TOO_OLD = "too_old"  # its id may have been forgotten


class Deduplicator:
    """The offsets and ids in one user's state; packed and written as a part of that state."""

    __slots__ = ("_offsets", "_seen")

    def __init__(self) -> None:
        # "topic/partition": last applied offset; "topic": the time up to which ids were forgotten, which earlier
        # releases neither wrote nor read.
        self._offsets: dict[str, int] = {}
        self._seen: dict[str, dict[int, int]] = {}  # topic: {identity: the event's time, ms}

    def admit(self, envelope: Envelope, watermark_ms: int = _ALL_READ_MS) -> Fate:
        """Decides whether `envelope` is new and, if so, remembers it. On APPLIED the caller must apply it now.

        Every message that was first appended up to `watermark_ms` has been admitted before.
        """
        topic_partition = f"{envelope.topic}/{envelope.partition}"
        if envelope.offset <= self._offsets.get(topic_partition, -1):
            return Fate.REDELIVERED
        self._offsets[topic_partition] = envelope.offset
        seen = self._seen.setdefault(envelope.topic, {})
        appended_ms = to_ms(envelope.appended_at)
        self._forget(envelope.topic, min(appended_ms, watermark_ms))
        identity = _identity(envelope)
        known_ms = seen.get(identity)
        if known_ms is not None and known_ms + _LATENESS_MS >= appended_ms:
            return Fate.DUPLICATE
        time_ms = to_ms(envelope.time) + 1  # rounded up: kept until every copy is too old
        if known_ms is None and time_ms + _LATENESS_MS < self._offsets.get(envelope.topic, 0):
            return Fate.TOO_OLD
        if len(seen) >= MOST_REMEMBERED:
            self._forget(envelope.topic, appended_ms)  # so that the bound depends on the topic alone
        if len(seen) >= MOST_REMEMBERED and identity not in seen:
            return Fate.REFUSED
        seen[identity] = time_ms
        return Fate.APPLIED

    def _forget(self, topic: str, read_to_ms: int) -> None:
        """Drops ids whose copies are too old after that time. Ids are roughly in order of age: the first decides."""
        seen = self._seen[topic]
        if seen and next(iter(seen.values())) + _LATENESS_MS < read_to_ms:
            for identity in [i for i, time_ms in seen.items() if time_ms + _LATENESS_MS < read_to_ms]:
                del seen[identity]
            self._offsets[topic] = max(self._offsets.get(topic, 0), read_to_ms)

    def packed(self) -> list[Any]:
        """The contents as plain lists, dicts and numbers, for msgpack (with integer keys)."""
        return [self._offsets, self._seen]

    @classmethod
    def unpacked(cls, packed: Sequence[Any]) -> Deduplicator:
        """The deduplicator that `packed` was made from; it keeps and changes the given objects."""
        deduplicator = cls()
        deduplicator._offsets, deduplicator._seen = packed
        return deduplicator


def _identity(envelope: Envelope) -> int:
    """64 bits of a hash of source and id; one user's events of a day are too few for a collision by chance."""
    text = f"{len(envelope.source)}:{envelope.source}{envelope.event_id}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")

"""Sorts the raw messages of a batch into events by user, messages for other partitions, and dead letters. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.common.errors import Rejected
from services.common.partition import partition_of
from services.common.pseudonym import is_pseudonym
from services.wire.codec.decode_or_dead_letter import DeadLetter, dead_letter_of, decode_or_dead_letter
from services.wire.codec.encode import check_size, largest
from services.wire.codec.envelope import Envelope, RawRecord, Record
from services.wire.codec.moved import moved

User = tuple[int, str]  # partition, pseudonym

_HEADER_BYTES = 10  # the most that the framing of a header takes: two lengths


@dataclass(slots=True)
class ClassifiedBatch:
    """The messages of a batch, sorted."""

    events: dict[User, list[Envelope]] = field(default_factory=dict)
    raws: dict[tuple[str, int, int], RawRecord] = field(default_factory=dict)  # by topic, partition, offset
    outgoing: list[Record] = field(default_factory=list)  # repartitioned messages and dead letters
    repartitioned: list[str] = field(default_factory=list)  # topics
    refused: list[tuple[str, str]] = field(default_factory=list)  # (topic, reason)

    def refuse(self, event: Envelope, reason: str) -> None:
        """Makes a dead letter of a valid event that the processor refuses."""
        self._bury(dead_letter_of(self.raws[event.topic, event.partition, event.offset], reason))

    def _bury(self, letter: DeadLetter) -> None:
        self.outgoing.append(letter.record)
        self.refused.append((letter.topic, letter.reason))


def classify(raws: Iterable[RawRecord], partitions: Mapping[str, int]) -> ClassifiedBatch:
    """Sorts messages; `partitions` is the number of partitions by topic. Never raises, whatever the bytes are."""
    classified = ClassifiedBatch()
    for raw in raws:
        home = _home(raw, partitions)
        found = decode_or_dead_letter(raw) if home == raw.partition else _repartitioned(raw, home)
        if isinstance(found, DeadLetter):
            classified._bury(found)
            continue
        if isinstance(found, Record):
            classified.outgoing.append(found)
            classified.repartitioned.append(raw.topic)
            continue
        classified.raws[raw.topic, raw.partition, raw.offset] = raw
        classified.events.setdefault((raw.partition, found.key.decode()), []).append(found)
    return classified


def _home(raw: RawRecord, partitions: Mapping[str, int]) -> int:
    """The partition that the message belongs to. A message whose key is no pseudonym is not moved: it becomes a dead
    letter where it was read, so that a raw user id is not copied to another partition."""
    if raw.key is None or not is_pseudonym(raw.key.decode("latin-1")):
        return raw.partition
    return partition_of(raw.key, partitions[raw.topic])


def _repartitioned(raw: RawRecord, home: int) -> Record | DeadLetter:
    repartitioned = moved(raw, home)
    try:
        check_size(repartitioned)  # the added headers may exceed the topic's limit
    except Rejected as too_large:
        return dead_letter_of(raw, too_large.reason)
    framed = repartitioned.size_bytes() + _HEADER_BYTES * len(repartitioned.headers)
    if framed > largest(raw.topic):
        return dead_letter_of(raw, "invalid")  # the framing of its many headers exceeds the limit
    return repartitioned

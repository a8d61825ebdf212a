"""Raw messages of a batch, sorted: events by user, messages for other partitions, and dead letters. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.common.errors import Rejected
from services.common.partition import partition_of
from services.common.pseudonym import is_pseudonym
from services.wire.codec.deadletter import dead_letter
from services.wire.codec.decode import decode
from services.wire.codec.encode import check_size, largest
from services.wire.codec.envelope import Envelope, RawRecord, Record
from services.wire.codec.headers import REPARTITIONED

User = tuple[int, str]  # partition, pseudonym

_HEADER_BYTES = 10  # of a header's frame, at most: two lengths


@dataclass(slots=True)
class ClassifiedBatch:
    """What a batch of raw messages turned out to be."""

    events: dict[User, list[Envelope]] = field(default_factory=dict)
    raws: dict[tuple[str, int, int], RawRecord] = field(default_factory=dict)  # by topic, partition, offset
    outgoing: list[Record] = field(default_factory=list)  # moved messages and dead letters
    repartitioned: list[str] = field(default_factory=list)  # topics
    refused: list[tuple[str, str]] = field(default_factory=list)  # (topic, reason)

    def refuse(self, event: Envelope, reason: str) -> None:
        """A valid event that the room has no use for goes to the dead letters as it came."""
        self._bury(self.raws[event.topic, event.partition, event.offset], reason)

    def _bury(self, raw: RawRecord, reason: str) -> None:
        self.outgoing.append(dead_letter(raw, reason, redact=reason == "not_a_pseudonym"))
        self.refused.append((raw.topic, reason))


def classify(raws: Iterable[RawRecord], partitions: Mapping[str, int]) -> ClassifiedBatch:
    """Sorts messages; `partitions` says how many each topic has. Never raises, whatever the bytes are."""
    classified = ClassifiedBatch()
    for raw in raws:
        home = _home(raw, partitions)
        try:
            if home != raw.partition:
                classified.outgoing.append(_repartitioned(raw, home))
                classified.repartitioned.append(raw.topic)
                continue
            event = decode(raw)
        except Rejected as exc:
            classified._bury(raw, exc.reason)
            continue
        classified.raws[raw.topic, raw.partition, raw.offset] = raw
        classified.events.setdefault((raw.partition, event.key.decode()), []).append(event)
    return classified


def _home(raw: RawRecord, partitions: Mapping[str, int]) -> int:
    """The partition in which the message belongs. One without a pseudonym as key belongs nowhere: it stays, and becomes
    a dead letter where it lies, so that a raw identity is not copied around."""
    if raw.key is None or not is_pseudonym(raw.key.decode("latin-1")):
        return raw.partition
    return partition_of(raw.key, partitions[raw.topic])


def _repartitioned(raw: RawRecord, home: int) -> Record:
    kept = tuple((name, value or b"") for name, value in raw.headers if name != REPARTITIONED)
    found_at = f"{raw.topic}/{raw.partition}/{raw.offset}".encode()
    repartitioned = Record(raw.topic, raw.key, raw.value, (*kept, (REPARTITIONED, found_at)), home)
    check_size(repartitioned)  # with one header more, one of the largest is larger than its topic takes
    framed = repartitioned.size_bytes() + _HEADER_BYTES * len(repartitioned.headers)
    if framed > largest(raw.topic):
        raise Rejected("invalid", "headers", len(repartitioned.headers), "so few that one more has room")
    return repartitioned

"""Reads from the tail of `ad.impressions` in which formats placements asked for an ad and got none."""

from __future__ import annotations

from typing import Final

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.topics import IMPRESSIONS
from services.policies.assignment import DRILL
from services.studio.asked_formats import AskedFormats
from services.wire.codec.decode_or_dead_letter import DeadLetter, decode_or_dead_letter
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.tail import Tail

LACKED: Final = "candidates"
"""What the record of a decision without an ad in its format says in `degraded`."""

_LAST: Final = 20  # records of each partition: with 25 KB each, 3 MB in every look
_EVERY_S: Final = 5.0


def tail_of(kafka: str, asked: AskedFormats) -> Tail:
    """Tells `asked` what placements ask for, once it is started."""
    return Tail(kafka, IMPRESSIONS, lambda raw: see(raw, asked), _LAST, _EVERY_S)


def see(raw: RawRecord, asked: AskedFormats) -> None:
    """Takes one record; drills and invalid traffic ask for nothing."""
    needles = (LACKED, *asked.made())
    if raw.value is None or not any(needle.encode() in raw.value for needle in needles):
        return  # most records: searching is much faster than decoding
    found = decode_or_dead_letter(raw)
    if isinstance(found, DeadLetter) or not isinstance(found.message, Impression):
        return
    record = found.message
    if record.experiment_arm != DRILL and not record.invalid_traffic:
        asked.see(record.format, lacked=LACKED in record.degraded, now_ms=raw.timestamp_ms)

"""Counts the impressions of campaigns from their records on `ad.impressions`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.assets.campaigns.terms import Terms
from services.common.topics import IMPRESSIONS
from services.policies.assignment import DRILL
from services.wire.codec.decode_or_dead_letter import DeadLetter, decode_or_dead_letter
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.reader import read_to_end


class KafkaRecords:
    """The `Records` on a broker."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    def impressions_of(self, all_terms: Sequence[Terms]) -> Mapping[str, int]:
        """See `Records.impressions_of`."""
        since_ms = min(terms.begins_ms for terms in all_terms)
        return counted(read_to_end(self._bootstrap, IMPRESSIONS, since_ms=since_ms), all_terms)


def counted(raws: Iterable[RawRecord], all_terms: Sequence[Terms]) -> dict[str, int]:
    """The impressions of each campaign since its begin, by counter; copies of a record count once, drills never."""
    by_name = {terms.campaign_id: terms for terms in all_terms}
    needles = [name.encode() for name in by_name]  # of a record of 25 KB most often none: searching is much faster
    ids: dict[str, set[str]] = {terms.counter: set() for terms in all_terms}
    for raw in raws:
        if raw.value is None or not any(needle in raw.value for needle in needles):
            continue
        record = _impression(raw)
        terms = None if record is None else by_name.get(record.campaign_id)
        if record is not None and terms is not None and raw.timestamp_ms >= terms.begins_ms:
            ids[terms.counter].add(record.impression_id)
    return {counter: len(found) for counter, found in ids.items()}


def _impression(raw: RawRecord) -> Impression | None:
    found = decode_or_dead_letter(raw)
    if isinstance(found, DeadLetter) or not isinstance(found.message, Impression):
        return None
    return None if found.message.experiment_arm == DRILL else found.message

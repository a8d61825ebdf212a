"""Follows `ad.creatives` and keeps all creatives in memory; what cannot be used becomes a dead letter."""

from __future__ import annotations

from services.assets.creative_messages import read_creative
from services.assets.creative_table import CreativeTable
from services.common.topics import CREATIVES
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.compacted import CompactedFollower, Refusing
from services.wire.kafka.reader import read_to_end


class KafkaCreatives(Refusing):
    """Holds the newest creatives in `table`."""

    def __init__(self, bootstrap: str) -> None:
        """Set `refuse`, which takes the dead letters, before `follower` is started."""
        self.table = CreativeTable()
        self.follower = CompactedFollower(bootstrap, CREATIVES, self.apply)

    def apply(self, raw: RawRecord) -> None:
        """Applies one message of the topic."""
        found = read_creative(raw)
        if isinstance(found, DeadLetter):
            self.bury(found)
        else:
            self.table.take(found)


def creatives_now(bootstrap: str) -> CreativeTable:
    """All creatives that the topic holds now; raises `Unavailable`. What is none is left to those who follow it."""
    table = CreativeTable()
    for raw in read_to_end(bootstrap, CREATIVES, committed=True):
        found = read_creative(raw)
        if not isinstance(found, DeadLetter):
            table.take(found)
    return table

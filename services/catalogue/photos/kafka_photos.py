"""Follows `ad.photos` and keeps what is known of each link; what cannot be used becomes a dead letter."""

from __future__ import annotations

from collections.abc import Callable

from services.catalogue.photos.photo_messages import read_photo
from services.catalogue.photos.photo_table import PhotoTable
from services.common.topics import PHOTOS
from services.wire.codec.decode_or_dead_letter import DeadLetter
from services.wire.codec.envelope import RawRecord
from services.wire.kafka.compacted import CompactedFollower, Refusing
from services.wire.kafka.reader import read_to_end


class KafkaPhotos(Refusing):
    """Holds the newest photos in `table`; calls `changed` with a link after something new is known of it."""

    def __init__(self, bootstrap: str, changed: Callable[[str], None] = lambda link: None) -> None:
        """Set `refuse`, which takes the dead letters, before `follower` is started."""
        self.table = PhotoTable()
        self.follower = CompactedFollower(bootstrap, PHOTOS, self.apply)
        self._changed = changed

    def apply(self, raw: RawRecord) -> None:
        """Applies one message of the topic."""
        found = read_photo(raw)
        if isinstance(found, DeadLetter):
            self.bury(found)
        elif self.table.take(found):
            self._changed(found.link)


def photos_now(bootstrap: str) -> PhotoTable:
    """All photos that the topic holds now; raises `Unavailable`. What is none is left to those who follow it."""
    table = PhotoTable()
    for raw in read_to_end(bootstrap, PHOTOS, committed=True):
        found = read_photo(raw)
        if not isinstance(found, DeadLetter):
            table.take(found)
    return table

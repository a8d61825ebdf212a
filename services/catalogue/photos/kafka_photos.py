"""What `ad.photos` says."""

from __future__ import annotations

from services.catalogue.photos.links import Known
from services.catalogue.photos.photo_messages import known_by
from services.common.topics import PHOTOS
from services.wire.kafka.reader import read_to_end


def photos_now(bootstrap: str) -> dict[str, Known]:
    """What is known of each link now; raises `Unavailable`. What is no photo is left to those who follow the topic."""
    return known_by(read_to_end(bootstrap, PHOTOS, committed=True))

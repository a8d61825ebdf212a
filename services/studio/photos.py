"""How photos are got beside the making of ads, by the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Final

from services.assets.pictures.picture_store import pictures_in
from services.catalogue.photos.get_photo import Places
from services.catalogue.photos.http_photos import HttpPhotos, HttpSettings
from services.catalogue.photos.ledger import Ledger
from services.catalogue.photos.sources import Sources
from services.common.clock import SystemClock
from services.common.partition import partition_of
from services.common.topics import PARTITIONS
from services.composer.photos.same_picture import is_same_picture
from services.studio.desk import Desk
from services.studio.photo_keeper import PhotoKeeper
from services.studio.settings import StudioSettings
from services.studio.share import Share
from services.wire.kafka.producer import Producer

_S_MS: Final = 1_000
_LEAVE_S: Final = 5.0


def ledger_of(settings: StudioSettings, share: Share) -> Ledger:
    """It asks for the links of this share, by their partition of `ad.photos`: each is asked by one process."""
    every_ms = round(settings.photos_again_s * _S_MS)
    return Ledger(every_ms, lambda link: share.owns(partition_of(link.encode(), PARTITIONS)))


def wait_ms_of(settings: StudioSettings) -> int:
    """How long a product's first ads wait for its photo: not at all where nobody gets it."""
    return round(settings.photos_wait_s * _S_MS) if settings.photos else 0


@contextmanager
def photos_kept(settings: StudioSettings, desk: Desk, connected: Callable[[], Producer | None]) -> Iterator[None]:
    """Gets photos meanwhile, where the settings want it and Kafka can be told; `connected` gives a way to it."""
    producer = connected() if settings.photos else None
    if producer is None:
        yield
        return
    ending, clock = Event(), SystemClock()
    sources = Sources(None, HttpPhotos(HttpSettings(settings.photos_private), clock, ending))
    places = Places(sources, sources.asked, pictures_in(settings.assets_dir), producer, clock, is_same_picture)
    keeper = PhotoKeeper(desk.ledger, places, desk.look_at, ending, settings.photos_per_s)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop(_LEAVE_S)
        producer.close(_LEAVE_S)

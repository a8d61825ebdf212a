"""The hashes of all pictures that something names: creatives, photos of products, the house."""

from __future__ import annotations

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.assets.creative_table import CreativeTable
from services.assets.house_creatives import house_pictures
from services.catalogue.product_messages import NewestChanges
from services.common.topics import PHOTOS
from services.wire.codec.decode_or_dead_letter import DeadLetter, decode_or_dead_letter
from services.wire.codec.envelope import Position
from services.wire.kafka.reader import read_to_end


def named_pictures(creatives: CreativeTable, kafka: str) -> set[str]:
    """Those of the creatives, of `ad.photos` as it is now, and of the house; raises `Unavailable`."""
    named = {creative.image_sha256 for creative in creatives.all(lambda _: True)}
    return named | photos_now(kafka) | house_pictures().keys()


def photos_now(kafka: str) -> set[str]:
    """The hashes on `ad.photos`."""
    newest, found = NewestChanges(), dict[str, str]()
    for raw in read_to_end(kafka, PHOTOS, committed=True):
        key = (raw.key or b"").decode(errors="replace")
        if not newest.takes(key, Position(raw.partition, raw.offset, raw.timestamp_ms)):
            continue
        found.pop(key, None)
        photo = None if raw.value is None else decode_or_dead_letter(raw)
        if photo is not None and not isinstance(photo, DeadLetter) and isinstance(photo.message, Photo):
            found[key] = photo.message.sha256
    return set(found.values())

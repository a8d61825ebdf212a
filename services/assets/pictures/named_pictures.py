"""The hashes of all pictures that something names: creatives, photos of products, the house."""

from __future__ import annotations

from services.assets.creative_table import CreativeTable
from services.assets.house_creatives import house_pictures
from services.catalogue.photos.kafka_photos import photos_now


def named_pictures(creatives: CreativeTable, kafka: str) -> set[str]:
    """Those of the creatives, of `ad.photos` as it is now, and of the house; raises `Unavailable`."""
    named = {creative.image_sha256 for creative in creatives.all(lambda _: True)}
    photos = {known.sha256 for known in photos_now(kafka).values()}
    return named | photos | house_pictures().keys()

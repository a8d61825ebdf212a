"""All photos as of the newest messages on `ad.photos`, by link."""

from __future__ import annotations

import threading

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.catalogue.photos.links import Known
from services.catalogue.photos.photo_messages import DatedPhoto, known_of
from services.catalogue.product_messages import NewestChanges


class PhotoTable:
    """One thread applies messages; others ask. Photos are kept serialized, in a tenth of the memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._photos: dict[str, bytes] = {}
        self._newest = NewestChanges()

    def take(self, found: DatedPhoto) -> bool:
        """Applies one message; False where a newer one about its link was applied before."""
        with self._lock:
            if not self._newest.takes(found.link, found.position):
                return False
            if found.photo is None:
                self._photos.pop(found.link, None)
            else:
                self._photos[found.link] = found.photo.SerializeToString()
            return True

    def get(self, link: str) -> Photo | None:
        """What is known of a link; `sha256` is empty where it was refused. None: it was not fetched yet."""
        found = self._photos.get(link)
        return None if found is None else Photo.FromString(found)

    def known(self) -> dict[str, Known]:
        """What is known of each link."""
        with self._lock:
            return {link: known_of(Photo.FromString(photo)) for link, photo in self._photos.items()}

    def __len__(self) -> int:
        return len(self._photos)

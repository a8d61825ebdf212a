"""A product's photo, prepared when an ad is drawn: most products that are looked at have all their ads."""

from __future__ import annotations

from services.composer.photos.prepared_photo import PreparedPhoto
from services.screening.asset import Photo
from services.studio.prepared_photos import PreparedPhotos


class LazyPhoto:
    """At most one picture of the store."""

    def __init__(self, sha256: str, product_id: str, photos: PreparedPhotos) -> None:
        self.sha256 = sha256
        self._product_id, self._photos = product_id, photos
        self._opened: PreparedPhoto | None = None

    def opened(self) -> PreparedPhoto | None:
        """The photo; None where there is none. Raises `NotYet`: then the product is looked at again."""
        if self.sha256 and self._opened is None:
            self._opened = self._photos.of(self.sha256, self._product_id)
        return self._opened

    def judged(self) -> Photo | None:
        """The photo as the screen judges it; None where there is none."""
        opened = self.opened()
        return None if opened is None else Photo(self.sha256, opened.image)

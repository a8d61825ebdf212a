"""A product's photo, read from the store when an ad is drawn: most products that are looked at have all their ads."""

from __future__ import annotations

import logging

from services.assets.pictures.picture_store import PictureStore
from services.common.errors import Rejected
from services.composer.drawing.photo import Photo, opened

_LOG = logging.getLogger(__name__)


class LazyPhoto:
    """At most one picture of the store."""

    def __init__(self, sha256: str, pictures: PictureStore) -> None:
        self.sha256 = sha256
        self._pictures = pictures
        self._opened: Photo | None = None

    def is_usable(self) -> bool:
        """Whether it is in the store."""
        return self._pictures.has(self.sha256)

    def opened(self) -> Photo | None:
        """The photo; None where there is none, or what there is cannot be read."""
        if self.sha256 and self._opened is None:
            try:
                self._opened = opened(self._pictures.get(self.sha256))
            except Rejected as why:
                _LOG.warning("photo %s is left out: %s", self.sha256, why)
                self.sha256 = ""
        return self._opened

"""Prepared photos in the store of pictures: each is made once, for all its ads."""

from __future__ import annotations

import logging

from services.assets.pictures.picture_store import PictureStore
from services.common.errors import AdloomError, Rejected, Unavailable
from services.composer.photos.cut_out import CutOut
from services.composer.photos.photo_file import from_png, to_png
from services.composer.photos.prepare import prepared, version_of
from services.composer.photos.prepared_photo import PreparedPhoto

_LOG = logging.getLogger(__name__)


class NoPhoto(Exception):
    """A photo was looked at and is none that ads can be made of."""


class PreparedPhotos:
    """Belongs to one thread."""

    def __init__(self, pictures: PictureStore, cut_out: CutOut) -> None:
        self.pictures, self._cut_out = pictures, cut_out
        self._form = version_of(cut_out).replace("/", "-").replace("+", "-")
        self._refused: set[str] = set()

    def are_there(self, sha256: str) -> bool:
        """Whether ads can be made of the photo, as far as is known."""
        return bool(sha256) and sha256 not in self._refused and self.pictures.has(sha256)

    def of(self, sha256: str) -> PreparedPhoto:
        """The photo; raises `NoPhoto`, and `Unavailable` where it cannot be read now."""
        content = self.pictures.form(sha256, self._form)
        found = None if content is None else from_png(content)
        if found is not None and found.version == version_of(self._cut_out):
            return found
        try:
            return self._prepared(sha256)
        except Unavailable:
            raise
        except Rejected as why:
            _LOG.warning("photo %s is left out: %s", sha256, why)
        except AdloomError:
            raise
        except Exception:  # else its products would have no ads at all
            _LOG.exception("photo %s is left out", sha256)
        self._refused.add(sha256)
        raise NoPhoto(sha256)

    def _prepared(self, sha256: str) -> PreparedPhoto:
        photo = prepared(self.pictures.get(sha256), self._cut_out)
        self.pictures.put_form(sha256, self._form, to_png(photo))
        _LOG.info("photo %s: %s, quality %.2f: %s", sha256, photo.kind, photo.quality, photo.why)
        return photo

"""Prepared photos in the store of pictures: each is made once, beside the making of ads, for all its ads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from services.assets.pictures.picture_store import PictureStore
from services.common.errors import Rejected, Unavailable
from services.composer.photos.cut_out import CutOut
from services.composer.photos.photo_file import from_png, to_png
from services.composer.photos.prepare import prepared, version_of
from services.composer.photos.prepared_photo import PreparedPhoto

_LOG = logging.getLogger(__name__)


class NotYet(Exception):
    """A photo is being prepared; the product is looked at again when it is."""


class PreparedPhotos:
    """Any thread may call it."""

    def __init__(
        self,
        pictures: PictureStore,
        cut_out: CutOut,
        look_at: Callable[[str], None],  # a product, again
        run: Callable[[Callable[[], None]], object],  # now, or later in another thread
    ) -> None:
        self.pictures, self._cut_out, self._look_at, self._run = pictures, cut_out, look_at, run
        self._form = version_of(cut_out).replace("/", "-").replace("+", "-")
        self._lock = threading.Lock()
        self._products: dict[str, set[str]] = {}  # by photo that is being prepared, who waits for it
        self._refused: set[str] = set()

    def waiting(self) -> int:
        """How many photos are still to be prepared."""
        return len(self._products)

    def refuses(self, sha256: str) -> bool:
        """Whether it was looked at and is none that ads can be made of."""
        return sha256 in self._refused

    def of(self, sha256: str, product_id: str) -> PreparedPhoto:
        """The photo; raises `NotYet` where it is not prepared, `Unavailable`."""
        content = self.pictures.form(sha256, self._form)
        found = None if content is None else from_png(content)
        if found is not None and found.version == version_of(self._cut_out):
            return found
        with self._lock:
            is_new = sha256 not in self._products
            self._products.setdefault(sha256, set()).add(product_id)
        if is_new:
            self._run(lambda: self._prepare(sha256))
        raise NotYet(sha256)

    def _prepare(self, sha256: str) -> None:
        try:
            photo = prepared(self.pictures.get(sha256), self._cut_out)
            self.pictures.put_form(sha256, self._form, to_png(photo))
            _LOG.info("photo %s: %s, quality %.2f: %s", sha256, photo.kind, photo.quality, photo.why)
        except Rejected as why:
            _LOG.warning("photo %s is left out: %s", sha256, why)
            self._refused.add(sha256)
        except Unavailable as missing:  # its products are looked at again, and ask for it again
            _LOG.warning("photo %s waits: %s", sha256, missing)
        except Exception:  # else its products would wait for ever
            _LOG.exception("photo %s is left out", sha256)
            self._refused.add(sha256)
        with self._lock:
            products = self._products.pop(sha256, set())
        for product_id in sorted(products):
            self._look_at(product_id)

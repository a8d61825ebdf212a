"""A folder first, where one is given, then the URL."""

from __future__ import annotations

from dataclasses import dataclass

from services.catalogue.photos.address import is_url
from services.catalogue.photos.folder import PhotoFolder
from services.catalogue.photos.http_photos import HttpPhotos, host_of
from services.catalogue.photos.links import Known, Wanted
from services.catalogue.photos.ports import Got
from services.common.errors import Rejected


@dataclass(frozen=True, slots=True)
class Sources:
    """A `Source` of both."""

    folder: PhotoFolder | None
    http: HttpPhotos

    def get(self, wanted: Wanted) -> Got:
        """See `Source.get`."""
        if self.folder is not None and (self.folder.has(wanted) or not is_url(wanted.link)):
            return Got(self.folder.get(wanted), brought=True)
        if not is_url(wanted.link):
            raise Rejected("no_file", "link", wanted.link, "a URL, or a folder in which the file lies (--photos)")
        return self.http.get(wanted)

    def asked(self, wanted: Wanted) -> str:
        """The host that is asked; empty where a file is read."""
        return "" if self.folder is not None and self.folder.has(wanted) else host_of(wanted)

    def is_stale(self, wanted: Wanted, known: Known) -> bool:
        """Whether the folder has it anew, or for the first time; the studio asks hosts again (`ledger.py`)."""
        if self.folder is None or not self.folder.has(wanted):
            return False
        return not known.brought or self.folder.is_newer(wanted, known)

"""An object store that fsspec knows: S3, GCS, Azure, or `memory://` in tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import fsspec  # type: ignore[import-untyped]  # it ships no types

from services.assets.pictures.ports import Kept
from services.common.errors import Misconfigured, Unavailable

_TIMES: Final = ("LastModified", "last_modified", "updated", "mtime", "created")  # of S3, Azure, GCS, folders, memory


class ObjectStore:
    """A `Blobs` at a URL; an object is written whole by the store itself."""

    def __init__(self, url: str) -> None:
        """Connects at the first use; raises `Misconfigured` for a URL of no store that can be used here."""
        try:
            self._store: Any
            # What other processes write is there at once: no list of an object store is kept.
            self._store, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise Misconfigured(f"ADLOOM_ASSETS_DIR: {url!r} is no folder or store of pictures ({error})") from error
        self._path = path.rstrip("/")

    def put(self, name: str, content: bytes) -> None:
        """See `Blobs.put`."""
        with _translated(name):
            self._store.pipe_file(self._at(name), content)

    def has(self, name: str) -> bool:
        """See `Blobs.has`."""
        with _translated(name):
            return bool(self._store.exists(self._at(name)))

    def get(self, name: str) -> bytes | None:
        """See `Blobs.get`."""
        with _translated(name):
            try:
                found: bytes = self._store.cat_file(self._at(name))
            except FileNotFoundError:
                return None
            return found

    def all(self) -> Iterator[Kept]:
        """See `Blobs.all`."""
        with _translated(self._path):
            found = self._store.find(self._path, detail=True)
        for path, about in sorted(found.items()):
            name = "/".join(path.split("/")[-2:])
            yield Kept(name, int(about.get("size") or 0), _modified_s(about))

    def remove(self, name: str) -> None:
        """See `Blobs.remove`."""
        with _translated(name):
            if self._store.exists(self._at(name)):
                self._store.rm_file(self._at(name))

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}"


def _modified_s(about: dict[str, Any]) -> float:
    """When it was written: each store has its own name for that."""
    at = next((about[key] for key in _TIMES if key in about), 0)
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return at.timestamp() if isinstance(at, datetime) else float(at)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    """Each store's client has errors of its own."""
    try:
        yield
    except Exception as error:
        raise Unavailable("assets", f"{name}: {error!r}") from error

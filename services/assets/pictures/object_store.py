"""An object store that fsspec knows: S3, GCS, Azure, or `memory://` in tests.

Where it lies and who may use it is said to its client, not to us: for S3 by `AWS_ENDPOINT_URL`, `AWS_REGION`,
`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, by a profile, or by the role of the machine or pod.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import fsspec  # type: ignore[import-untyped]  # it ships no types

from services.assets.pictures.ports import Kept, RefusedStore
from services.assets.pictures.refused_store import wrong_setting
from services.common.errors import Misconfigured, Unavailable

_TIMES: Final = ("LastModified", "last_modified", "updated", "mtime", "created")  # of S3, Azure, GCS, folders, memory
_S3: Final = {"connect_timeout": 2, "read_timeout": 10, "retries": {"total_max_attempts": 2}}
"""The client's own would try for 10 s where nothing listens: callers have a next rung, or try again later."""
WITHIN_S: Final = 15
"""For one object. S3's client waits without end for a store that is to take one and says nothing (100-continue)."""
LIST_WITHIN_S: Final = 120  # a thousand names a round trip


class ObjectStore:
    """A `Blobs` in the folder `pictures` of a URL; an object is written whole by the store itself."""

    def __init__(self, url: str) -> None:
        """Connects at the first use; raises `Misconfigured` for a URL of no store that can be used here."""
        self._url = url
        options = {"config_kwargs": _S3} if url.startswith(("s3://", "s3a://")) else {}
        try:
            self._store: Any
            # What other processes write is there at once: no list of an object store is kept.
            self._store, path = fsspec.core.url_to_fs(url, use_listings_cache=False, **options)
        except (ImportError, ValueError) as error:
            raise Misconfigured(f"ADLOOM_ASSETS_DIR: {url!r} is no folder or store of pictures ({error})") from error
        self._path = f"{path.rstrip('/')}/pictures"

    def put(self, name: str, content: bytes) -> None:
        """See `Blobs.put`."""
        with self._translated(name):
            self._store.pipe_file(self._at(name), content, **self._within(WITHIN_S))

    def has(self, name: str) -> bool:
        """See `Blobs.has`."""
        with self._translated(name):
            return self._is_there(name)

    def get(self, name: str) -> bytes | None:
        """See `Blobs.get`."""
        with self._translated(name):
            try:
                found: bytes = self._store.cat_file(self._at(name), **self._within(WITHIN_S))
            except FileNotFoundError as error:
                self._require_bucket(error)
                return None
            return found

    def all(self) -> Iterator[Kept]:
        """See `Blobs.all`."""
        with self._translated(""):
            found = self._store.find(self._path, detail=True, **self._within(LIST_WITHIN_S))
        for path, about in sorted(found.items()):
            name = "/".join(path.split("/")[-2:])
            yield Kept(name, int(about.get("size") or 0), _modified_s(about))

    def remove(self, name: str) -> None:
        """See `Blobs.remove`."""
        with self._translated(name):
            if self._is_there(name):
                self._store.rm_file(self._at(name), **self._within(WITHIN_S))

    def _is_there(self, name: str) -> bool:
        try:
            self._store.info(self._at(name), **self._within(WITHIN_S))
        except FileNotFoundError as error:
            self._require_bucket(error)
            return False
        return True

    def _require_bucket(self, error: FileNotFoundError) -> None:
        """Raises the error where it is the bucket that is missing: nothing is known of the object then."""
        if wrong_setting(self._url, error):
            raise error

    def _within(self, seconds: int) -> dict[str, int]:
        """The deadline that fsspec keeps for the clients of real stores; `memory://` has none and needs none."""
        return {"timeout": seconds} if self._store.async_impl else {}

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}"

    @contextmanager
    def _translated(self, name: str) -> Iterator[None]:
        """Each store's client has errors of its own."""
        try:
            yield
        except Exception as error:
            if wrong := wrong_setting(self._url, error):
                raise RefusedStore(wrong) from error
            why = str(error) or "no answer in time"
            raise Unavailable("assets", f"{name or 'the list of pictures'} in {self._url}: {why}") from error


def _modified_s(about: dict[str, Any]) -> float:
    """When it was written: each store has its own name for that."""
    at = next((about[key] for key in _TIMES if key in about), 0)
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return at.timestamp() if isinstance(at, datetime) else float(at)

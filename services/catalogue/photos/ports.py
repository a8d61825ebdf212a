"""What a run needs of the places that pictures come from and go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.catalogue.photos.links import Wanted


@dataclass(frozen=True, slots=True)
class Got:
    """What is behind a link now."""

    content: bytes | None  # None: it is what `Wanted.before` says
    etag: str = ""
    last_modified: str = ""
    brought: bool = False  # the shop brought it as a file


class Source(Protocol):
    """Where files are got from; called by several threads at once."""

    def get(self, wanted: Wanted) -> Got:
        """The file, or as much of it as shows that it is larger than `LARGEST_BYTES`; may block.

        Raises `Rejected` where there is none to be had under this link, and `Unavailable` where its host is down.
        """
        ...


class Store(Protocol):
    """Keeps pictures by their content; called by several threads at once."""

    def put(self, picture: bytes, media_type: str) -> str:
        """Stores the bytes and returns their SHA-256; safe to repeat. May block, raises `Unavailable`."""
        ...

    def get(self, sha256: str) -> bytes:
        """The picture of that content; may block, raises `Unavailable`."""
        ...

    def has(self, sha256: str) -> bool:
        """Whether there is a picture of that content; may block, raises `Unavailable`."""
        ...

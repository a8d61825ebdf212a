"""Where pictures are kept, by content: in a folder, or in an object store (`s3://bucket/path`).

Equal names mean equal content, so any number of processes may share a store. What is read is verified by its hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from services.assets.creative import EXTENSIONS, PNG
from services.assets.pictures.object_store import ObjectStore
from services.assets.pictures.picture_files import PictureFiles
from services.assets.pictures.ports import Blobs, Kept
from services.common.errors import Bug, Misconfigured, Unavailable

_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAME: Final = re.compile(r"[0-9a-f]{2}/([0-9a-f]{64})(?:\.[\w-]+)?\.(\w+)", re.ASCII)


class NoSuchPicture(Unavailable):
    """The store answers, and has no picture of that content."""

    def __init__(self, sha256: str) -> None:
        super().__init__("assets", f"No such picture: {sha256}")


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture that is in the store."""

    sha256: str
    about: Kept


@dataclass(frozen=True, slots=True)
class PictureStore:
    """Pictures by the SHA-256 of their content."""

    blobs: Blobs

    def put(self, picture: bytes, media_type: str = PNG) -> str:
        """Stores the bytes and returns their SHA-256; safe to repeat."""
        sha256 = hashlib.sha256(picture).hexdigest()
        self.blobs.put(_name(sha256, EXTENSIONS[media_type]), picture)
        return sha256

    def has(self, sha256: str) -> bool:
        """Whether there is a picture of that content."""
        return bool(_SHA256.fullmatch(sha256)) and any(self.blobs.has(name) for name in _names(sha256))

    def get(self, sha256: str) -> bytes:
        """The bytes of that content; `Unavailable("assets")` where they are missing, damaged or cannot be read."""
        return self.found(sha256)[0]

    def found(self, sha256: str) -> tuple[bytes, str]:
        """As `get`, with the kind of the picture, "image/png"; `NoSuchPicture` where the store has none."""
        if not _SHA256.fullmatch(sha256):
            raise Bug(f"{sha256!r} is no SHA-256 of a picture.")
        for media_type, name in zip(EXTENSIONS, _names(sha256), strict=True):
            picture = self.blobs.get(name)
            if picture is None:
                continue
            if hashlib.sha256(picture).hexdigest() != sha256:
                raise Unavailable("assets", f"picture {sha256} was damaged in its store")
            return picture, media_type
        raise NoSuchPicture(sha256)

    def put_form(self, sha256: str, form: str, content: bytes) -> None:
        """Keeps a PNG that was made of the picture of this hash, in the place of an earlier one of this form."""
        name = _name(sha256, f"{form}.png")
        self.blobs.remove(name)
        self.blobs.put(name, content)

    def form(self, sha256: str, form: str) -> bytes | None:
        """What `put_form` kept, unchecked; None where there is none."""
        return self.blobs.get(_name(sha256, f"{form}.png"))

    def all(self) -> Iterator[Stored]:
        """All pictures and their forms, which live as long as they; what else lies in the store is left alone."""
        for about in self.blobs.all():
            name = _NAME.fullmatch(about.name)
            if name is not None and name[2] in EXTENSIONS.values():
                yield Stored(name[1], about)


def pictures_in(place: str | Path) -> PictureStore:
    """The pictures of `ADLOOM_ASSETS_DIR`, a folder or the URL of an object store; makes nothing yet."""
    if str(place).startswith("file://"):
        return PictureStore(PictureFiles(_folder_of(str(place)) / "pictures"))
    if "://" in str(place):
        return PictureStore(ObjectStore(str(place)))
    return PictureStore(PictureFiles(Path(place) / "pictures"))


def _folder_of(url: str) -> Path:
    """The folder of a URL.

    >>> _folder_of("file:///srv/a%20b").as_posix()
    '/srv/a b'
    """
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost") or not parts.path:
        raise Misconfigured(f"ADLOOM_ASSETS_DIR: {url!r} where a folder like 'file:///srv/pictures' was expected.")
    return Path(unquote(parts.path))


def _names(sha256: str) -> list[str]:
    return [_name(sha256, extension) for extension in EXTENSIONS.values()]


def _name(sha256: str, extension: str) -> str:
    return f"{sha256[:2]}/{sha256}.{extension}"

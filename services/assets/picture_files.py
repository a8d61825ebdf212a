"""Pictures as files named by the SHA-256 of their content; written atomically."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from services.common.errors import Bug, Unavailable

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """A folder of PNG files; several processes may share it, because equal names mean equal content."""

    folder: Path

    def put(self, png: bytes) -> str:
        """Stores the bytes and returns their SHA-256; safe to repeat."""
        sha256 = hashlib.sha256(png).hexdigest()
        path = self._path(sha256)
        if path.exists():
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(png)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        return sha256

    def has(self, sha256: str) -> bool:
        """Whether there is a file of that content."""
        return _SHA256.fullmatch(sha256) is not None and self._path(sha256).is_file()

    def get(self, sha256: str) -> bytes:
        """The bytes of that content; `Unavailable("assets")` where the file is missing, damaged or cannot be read."""
        if not _SHA256.fullmatch(sha256):
            raise Bug(f"{sha256!r} is no SHA-256 of a picture.")
        try:
            png = self._path(sha256).read_bytes()
        except OSError as error:
            raise Unavailable("assets", f"picture {sha256} cannot be read: {error.strerror}") from error
        if hashlib.sha256(png).hexdigest() != sha256:
            raise Unavailable("assets", f"picture {sha256} was damaged on disk")
        return png

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.png"

"""Files in a folder, each written whole or not at all; several processes may share it."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.assets.pictures.ports import Kept
from services.common.errors import Misconfigured, Unavailable

_OF_THE_DISK: Final = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE}
"""Errors that may pass; others mean that the folder is the wrong one."""


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """A `Blobs` on this machine."""

    folder: Path

    def put(self, name: str, content: bytes) -> None:
        """See `Blobs.put`; the file is on the disk afterwards."""
        path = self.folder / name
        if path.exists():
            with suppress(OSError):  # of another user
                os.utime(path)  # garbage collection must see that it is wanted again
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, content)
        except OSError as error:
            if error.errno in _OF_THE_DISK:
                raise Unavailable("assets", f"{path} cannot be written: {error.strerror}") from error
            raise Misconfigured(f"The folder of pictures {self.folder} cannot be made or written: {error}.") from error

    def has(self, name: str) -> bool:
        """See `Blobs.has`."""
        return (self.folder / name).is_file()

    def get(self, name: str) -> bytes | None:
        """See `Blobs.get`."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unavailable("assets", f"{name} cannot be read: {error.strerror}") from error

    def all(self) -> Iterator[Kept]:
        """See `Blobs.all`."""
        for path in sorted(self.folder.glob("??/[0-9a-f]*.*")):
            about = path.stat()
            yield Kept(f"{path.parent.name}/{path.name}", about.st_size, about.st_mtime)

    def remove(self, name: str) -> None:
        """See `Blobs.remove`."""
        (self.folder / name).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise

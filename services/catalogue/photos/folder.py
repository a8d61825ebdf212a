"""Pictures in a folder that the shop brings along, found by the name of the file; names differ in case as they like.

Only files that the folder was seen to have are ever opened, so that no link leads out of it.
"""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from services.catalogue.photos.address import is_url
from services.catalogue.photos.check_photo import LARGEST_BYTES
from services.catalogue.photos.links import Known, Wanted
from services.common.errors import Misconfigured, Rejected

_EXTENSIONS: Final = (".jpg", ".jpeg", ".png", ".webp", ".gif")


class PhotoFolder:
    """A `Source` of the files below a folder, as of when it was made."""

    def __init__(self, folder: Path) -> None:
        """Reads the names of all files; raises `Misconfigured` where the folder cannot be read."""
        if not folder.is_dir():
            raise Misconfigured(f"--photos: {folder} where a folder was expected.")
        self._by_path: dict[str, Path] = {}
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        root = folder.resolve()
        for place, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                path = Path(place, name)
                if not name.startswith(".") and _is_inside(path, root):
                    self._by_path[path.relative_to(root).as_posix().casefold()] = path
                    self._by_name[name.casefold()].append(path)

    def has(self, wanted: Wanted) -> bool:
        """Whether one or several files are meant."""
        return bool(self._found(wanted))

    def is_newer(self, wanted: Wanted, known: Known) -> bool:
        """Whether the file was changed after the picture was taken or refused."""
        return any(changed_at(path) > known.fetched_at for path in self._found(wanted))

    def get(self, wanted: Wanted) -> bytes:
        """See `Source.get`; raises `Rejected("no_file")`, or `ambiguous` where several files have the name."""
        found = self._found(wanted)
        if not found:
            raise Rejected("no_file", "link", wanted.link, "the name of a file in the folder (--photos), or a URL")
        if len(found) > 1:
            raise Rejected("ambiguous", "link", wanted.link, f"a name that one file has ({found[0]}, {found[1]})")
        try:
            with found[0].open("rb") as file:
                return file.read(LARGEST_BYTES + 1)
        except OSError as error:
            raise Rejected("no_file", "link", wanted.link, f"a file that can be read ({error.strerror})") from error

    def _found(self, wanted: Wanted) -> list[Path]:
        """By the path in the folder, by the last part of the link, or, a product's main picture, by its id."""
        whole = wanted.link if not is_url(wanted.link) else _path_of(wanted.link)
        path = PurePosixPath(whole.replace("\\", "/").casefold())
        relative = path.as_posix().lstrip("/")
        if relative in self._by_path:
            return [self._by_path[relative]]
        if path.name in self._by_name:
            return self._by_name[path.name]
        if not wanted.is_main:
            return []
        names = (f"{wanted.product_id.casefold()}{extension}" for extension in _EXTENSIONS)
        return [file for name in names for file in self._by_name.get(name, [])]


def changed_at(path: Path) -> datetime:
    """When a file was changed last; long ago where that cannot be told."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return datetime.fromtimestamp(0, UTC)


def _is_inside(path: Path, root: Path) -> bool:
    """Whether it is a file of the folder: a pipe would block its reader, and a symbolic link may lead out of it."""
    return path.is_file() and (not path.is_symlink() or path.resolve().is_relative_to(root))


def _path_of(url: str) -> str:
    try:
        return unquote(urlsplit(url).path)
    except ValueError:
        return ""

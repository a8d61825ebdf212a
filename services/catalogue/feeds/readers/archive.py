"""Unpacks gzip and zip into a folder, within bounds: a bomb is refused before it fills the disk."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from services.catalogue.feeds.columns import printable
from services.catalogue.feeds.readers.feed_file import FeedFile
from services.common.errors import Misconfigured

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_CHUNK_BYTES: Final = 1 << 20
MOST_BYTES: Final = 8 * 1024**3
"""Of all that an archive holds: ten million products are about this much."""

MOST_RATIO: Final = 100
"""Unpacked to packed bytes, of what is beyond `FREE_BYTES`: feeds come to 5-30, a bomb to 1,000."""

FREE_BYTES: Final = 64 * 1024**2
_MOST_FILES: Final = 1_000
_SHEETS: Final = ("[Content_Types].xml", "mimetype")  # what spreadsheets hold, which are zip files too


def unpacked(file: FeedFile, folder: Path, free_bytes: int = FREE_BYTES) -> list[FeedFile] | None:
    """The files that an archive holds, written to `folder`; None where the file is no archive."""
    with file.path.open("rb") as opened:
        begin = opened.read(4)
    if begin.startswith(_GZIP):
        inner = FeedFile(folder / "unpacked", file.name.removesuffix(".gz"))
        with gzip.open(file.path) as source:
            _write(source, inner.path, _Allowance(file, free_bytes))
        return [inner]
    return _unzipped(file, folder, free_bytes) if begin == _ZIP else None


class _Allowance:
    """How much an archive may still unpack to."""

    def __init__(self, file: FeedFile, free_bytes: int) -> None:
        self._name, self._unpacked = file.name, 0
        self._most = min(MOST_BYTES, free_bytes + MOST_RATIO * file.path.stat().st_size)

    def take(self, count: int) -> None:
        """Raises `Misconfigured` where the archive unpacks to more than it may."""
        self._unpacked += count
        if self._unpacked > self._most:
            raise Misconfigured(f"{self._name} unpacks to more than {self._most} bytes: it is refused as a bomb.")


def _unzipped(file: FeedFile, folder: Path, free_bytes: int) -> list[FeedFile]:
    found: list[FeedFile] = []
    try:
        with zipfile.ZipFile(file.path) as archive:
            allowance = _Allowance(file, free_bytes)
            for number, member in enumerate(_members(archive, file.name)):
                # Under a name of our own: theirs may lead out of the folder.
                inner = FeedFile(folder / str(number), f"{file.name}/{printable(member.filename)}")
                with archive.open(member) as source:
                    _write(source, inner.path, allowance)
                found.append(inner)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise Misconfigured(f"{file.name} cannot be unpacked: {error}.") from error  # RuntimeError: it is encrypted
    return found


def _members(archive: zipfile.ZipFile, name: str) -> Iterator[zipfile.ZipInfo]:
    members = archive.infolist()
    if {member.filename for member in members} & set(_SHEETS):
        raise Misconfigured(f"{name} is a spreadsheet: save it as CSV in UTF-8.")
    if len(members) > _MOST_FILES:
        raise Misconfigured(f"{name} holds {len(members)} files where at most {_MOST_FILES} were expected.")
    for member in members:
        last = member.filename.rsplit("/", 1)[-1]
        if not member.is_dir() and last and not last.startswith(".") and "__MACOSX" not in member.filename:
            yield member


def _write(source: IO[bytes] | gzip.GzipFile, target: Path, allowance: _Allowance) -> None:
    try:
        with target.open("wb") as file:
            while chunk := source.read(_CHUNK_BYTES):
                allowance.take(len(chunk))
                file.write(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Misconfigured(f"An archive is damaged or breaks off: {error}.") from error

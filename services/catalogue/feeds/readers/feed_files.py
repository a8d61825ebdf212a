"""Which files make a feed, and which reader is for each: told by what is in a file, not by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from services.catalogue.feeds.readers.archive import unpacked
from services.catalogue.feeds.readers.delimited import Delimited
from services.catalogue.feeds.readers.feed_file import FeedFile
from services.catalogue.feeds.readers.json_lines import JsonFeed
from services.catalogue.feeds.readers.parquet import ParquetFeed, is_parquet
from services.catalogue.feeds.readers.programs.standing_alone import standing_alone
from services.catalogue.feeds.readers.reader import Reader
from services.catalogue.feeds.readers.xml_feed import XmlFeed, is_xml
from services.common.errors import Misconfigured

_ENDINGS: Final = frozenset(
    (".csv", ".tsv", ".txt", ".tab", ".xml", ".rss", ".atom", ".json", ".jsonl", ".ndjson", ".parquet", ".gz", ".zip")
)
_BINARY: Final = {
    b"\xd0\xcf\x11\xe0": "a spreadsheet or document of an old office program: save it as CSV",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "a picture",
    b"\x28\xb5\x2f\xfd": "packed by zstd: give it unpacked, or packed by gzip or zip",
    b"BZh": "packed by bzip2: give it unpacked, or packed by gzip or zip",
    b"\xfd7zXZ": "packed by xz: give it unpacked, or packed by gzip or zip",
    b"7z\xbc\xaf": "packed by 7-Zip: give it unpacked, or packed by gzip or zip",
    b"Rar!": "packed by RAR: give it unpacked, or packed by gzip or zip",
    b"SQLite": "a database",
    b"\x1f\x8b": "an archive within an archive: unpack it",
    b"PK\x03\x04": "an archive within an archive: unpack it",
}
_PAGES: Final = (b"<!doctype html", b"<html")


def feed_files(path: Path, folder: Path) -> list[FeedFile]:
    """The plain files of a FILE or FOLDER; archives are unpacked into `folder`.

    Raises `Misconfigured` where there are none, or where one is no feed.
    """
    if path.is_dir():
        inside = sorted(one for one in path.iterdir() if one.is_file() and one.suffix.lower() in _ENDINGS)
        files = [FeedFile(one, one.name) for one in inside]
    else:
        files = [FeedFile(path, path.name)]
    if not files:
        raise Misconfigured(f"{path} has no feed: its files end with {', '.join(sorted(_ENDINGS))}.")
    found: list[FeedFile] = []
    for number, file in enumerate(files):
        inner = folder / str(number)
        inner.mkdir()
        found += _plain(file, inner)
    return found


def _plain(file: FeedFile, folder: Path) -> list[FeedFile]:
    if not file.path.is_file():
        raise Misconfigured(f"{file.path} is no file: give a feed or a folder of feeds.")
    try:
        return unpacked(file, folder) or [file]
    except OSError as error:
        raise Misconfigured(f"{file.path} cannot be read: {error.strerror or error}.") from error


def open_reader(file: FeedFile, encoding: str = "") -> Reader:
    """The reader for a file; raises `Misconfigured` where it is no feed."""
    with file.path.open("rb") as opened:
        begin = opened.read(512)
    if not begin.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\0"):
        raise Misconfigured(f"{file.name} is empty.")
    for mark, what in _BINARY.items():
        if begin.startswith(mark):
            raise Misconfigured(f"{file.name} is {what}.")
    if begin.lstrip(b" \t\r\n\xef\xbb\xbf").lower().startswith(_PAGES):
        raise Misconfigured(f"{file.name} is a web page, not a feed.")
    if is_parquet(file.path):
        return ParquetFeed(file)
    if is_xml(file.path):
        return XmlFeed(file)
    return JsonFeed(file, encoding) if _is_json(begin) else standing_alone(Delimited(file, encoding))


def _is_json(begin: bytes) -> bool:
    return begin.replace(b"\0", b"").lstrip(b" \t\r\n\xef\xbb\xbf\xff\xfe").startswith((b"{", b"["))

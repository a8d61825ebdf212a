"""Reads the rows of JSONL and Parquet logs in order, each with its number and its original text."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.common.errors import Misconfigured, Rejected
from services.events.log_format import Row
from services.events.log_parquet import column_names, is_parquet, outline, parquet_rows
from services.wire.codec.json_codec import read_object

_CHUNK_BYTES = 1 << 20
LONGEST_LINE_BYTES = 1 << 20
_BEFORE = re.compile(rb"(?:[ \t\r\n]|" + codecs.BOM_UTF8 + rb")*")
"""Marks and spaces before a row."""

_ALL_ROWS = frozenset(("type", "user_id"))
_OTHERS = {
    codecs.BOM_UTF16_LE: "text in UTF-16 or UTF-32",
    codecs.BOM_UTF16_BE: "text in UTF-16",
    codecs.BOM_UTF32_BE: "text in UTF-32",
    b"\x1f\x8b": "packed by gzip",
    b"\x28\xb5\x2f\xfd": "packed by zstd",
    b"\x04\x22\x4d\x18": "packed by lz4",
    b"\xfd7zXZ\0": "packed by xz",
    b"BZh": "packed by bzip2",
    b"PK\x03\x04": "packed by zip",
    b"PARE": "Parquet that is encrypted",
    b"ARROW1": "Arrow or Feather",
    b"Obj\x01": "Avro",
    b"ORC": "ORC",
}
"""First bytes of files that are not JSON lines, and the name of their format."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a log, parsed or rejected."""

    number: int  # from 1
    text: str  # as in the file, for the person who corrects it
    row: Row | Rejected


@dataclass(frozen=True, slots=True)
class LogFile:
    """A log that can be read more than once."""

    name: str
    checksum: str  # SHA-256 of its bytes, hexadecimal: the event ids of the rows are made from it
    rows: int
    files: tuple[Path, ...]
    passed_over: tuple[str, ...] = ()  # columns that no type of row has

    def lines(self) -> Iterator[Line]:
        """All rows in order; never raises for bad content, which gives a `Rejected` row."""
        return parquet_lines(self.files[0]) if is_parquet(self.files[0]) else jsonl_lines(self.files[0])


def open_log(path: Path) -> LogFile:
    """The log in our format at `path`; raises `Misconfigured` if there is no readable log."""
    require_file(path)
    with path.open("rb") as file:
        begin = file.read(8)
    for mark, what in _OTHERS.items():
        if begin.startswith(mark):
            raise Misconfigured(f"{path} is {what}: give a log of JSON lines in UTF-8, or of Parquet")
    rows, passed_over = outline(path) if is_parquet(path) else (_lines_in(path), ())
    return LogFile(path.name, checksum((path,)), rows, (path,), passed_over)


def require_file(path: Path) -> None:
    """Raises `Misconfigured` where `path` is no file."""
    if not path.is_file():
        raise Misconfigured(f"{path} is no file: give a CSV, JSONL or Parquet log, or the word open-bandit")


def is_delimited(path: Path) -> bool:
    """Whether the file is CSV or TSV, by its name, or by its first character where the name says nothing."""
    if path.suffix.lower() in (".csv", ".tsv", ".tab", ".txt"):
        return True
    with path.open("rb") as file:
        begin = file.read(512)
    known = path.suffix.lower() in (".json", ".jsonl", ".ndjson") or begin.startswith((*_OTHERS, b"PAR1"))
    return not known and b"\0" not in begin and not begin[_after_marks(begin) :].startswith((b"{", b"["))


def is_ours(path: Path) -> bool:
    """Whether a Parquet file or the first row of a JSON one has the columns that all rows of our format have."""
    if is_parquet(path):
        return set(column_names(path)) >= _ALL_ROWS
    first = next(jsonl_lines(path), None)
    return first is None or isinstance(first.row, Rejected) or first.row.keys() >= _ALL_ROWS


def row_count(path: Path) -> int:
    """How many rows a log has, for the progress that is shown: of text, how many lines."""
    return outline(path)[0] if is_parquet(path) else _lines_in(path)


def checksum(paths: tuple[Path, ...]) -> str:
    """SHA-256 over the bytes of all files, in order, hexadecimal."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()


def jsonl_lines(path: Path) -> Iterator[Line]:
    """The rows of a JSONL file; empty lines are skipped, but numbered.

    UTF-8 byte order marks and spaces are removed before any line, as joined files have such marks in the middle too.
    """
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LONGEST_LINE_BYTES):
            number += 1
            whole = raw.endswith(b"\n") or len(raw) < LONGEST_LINE_BYTES
            while not whole and (rest := file.readline(LONGEST_LINE_BYTES)):
                whole = rest.endswith(b"\n")
                raw = raw[:200] + b"..."
            raw = raw[_after_marks(raw) :]
            if raw.strip():
                yield Line(number, raw.decode("utf-8", "replace").rstrip("\n"), _parsed(raw))


def _after_marks(raw: bytes) -> int:
    return _BEFORE.match(raw).end()  # type: ignore[union-attr]  # it matches nothing too


def _parsed(raw: bytes) -> Row | Rejected:
    try:
        row = read_object(raw, "line", "a row")
    except Rejected as why:
        return why
    return {name: value for name, value in row.items() if value is not None}


def parquet_lines(path: Path) -> Iterator[Line]:
    """The rows of a Parquet file; the text of each is its JSON form."""
    for number, row in enumerate(parquet_rows(path), 1):
        yield Line(number, "" if isinstance(row, Rejected) else json.dumps(row, default=str, ensure_ascii=False), row)


def _lines_in(path: Path) -> int:
    """The number of the last line, which may lack its newline."""
    count, last = 0, b"\n"
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            count, last = count + chunk.count(b"\n"), chunk[-1:]
    return count + (last != b"\n")

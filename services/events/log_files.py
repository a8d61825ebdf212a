"""Rows of JSONL and Parquet logs, one after another, each with its number and as it stands in the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.common.errors import Misconfigured, Rejected
from services.events.log_format import Row
from services.wire.json_codec import read_object

_CHUNK_BYTES = 1 << 20
LONGEST_LINE_BYTES = 1 << 20
_UNREADABLE = (ValueError, OverflowError, LookupError)  # of a value: no UTF-8, no date, no time zone that is known


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a log, read or not."""

    number: int  # from 1
    text: str  # as it stands in the file, for whoever has to mend it
    row: Row | Rejected


@dataclass(frozen=True, slots=True)
class Log:
    """A log that can be read more than once."""

    name: str
    checksum: str  # SHA-256 of its bytes, hexadecimal: the same log has the same event ids
    rows: int
    files: tuple[Path, ...]

    def lines(self) -> Iterator[Line]:
        """All rows in order; never raises for what is in them."""
        return parquet_lines(self.files[0]) if is_parquet(self.files[0]) else jsonl_lines(self.files[0])


def open_log(path: Path) -> Log:
    """The log at `path`; raises `Misconfigured` where there is none that can be read."""
    if not path.is_file():
        raise Misconfigured(f"{path} is no file: give a JSONL or Parquet log, or the word open-bandit")
    rows = _parquet_rows(path) if is_parquet(path) else _jsonl_rows(path)
    return Log(path.name, checksum((path,)), rows, (path,))


def checksum(paths: tuple[Path, ...]) -> str:
    """SHA-256 over the files' bytes, in order."""
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()


def is_parquet(path: Path) -> bool:
    """Whether the file says in its first bytes that it is Parquet."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def jsonl_lines(path: Path) -> Iterator[Line]:
    """The rows of a JSONL file; empty lines are passed over, but numbered."""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LONGEST_LINE_BYTES):
            number += 1
            whole = raw.endswith(b"\n") or len(raw) < LONGEST_LINE_BYTES
            while not whole and (rest := file.readline(LONGEST_LINE_BYTES)):
                whole = rest.endswith(b"\n")
                raw = raw[:200] + b"..."
            if raw.strip():
                yield Line(number, raw.decode("utf-8", "replace").rstrip("\n"), _parsed(raw))


def _parsed(raw: bytes) -> Row | Rejected:
    try:
        row = read_object(raw, "line", "a row")
    except Rejected as why:
        return why
    return {name: value for name, value in row.items() if value is not None}


def parquet_lines(path: Path) -> Iterator[Line]:
    """The rows of a Parquet file; columns that are null are absent. What lies behind damage is one rejected row."""
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1_000):
                for found in _rows(batch):
                    number += 1
                    yield _parquet_line(number, found)
    except _damage() as exc:
        why = Rejected("undecodable", "line", "the rest of the file", f"Parquet ({exc})")
        yield Line(number + 1, "", why)


def _rows(batch: Any) -> Iterator[dict[str, object] | Rejected]:
    """The rows of an Arrow batch; one with text that is no UTF-8, or a time that no calendar has, is rejected alone."""
    try:
        yield from batch.to_pylist()
    except _UNREADABLE:
        for number in range(batch.num_rows):
            try:
                yield batch.slice(number, 1).to_pylist()[0]
            except _UNREADABLE as exc:
                yield Rejected("undecodable", "line", "a row", f"values that can be read ({exc})")


def _parquet_line(number: int, found: dict[str, object] | Rejected) -> Line:
    if isinstance(found, Rejected):
        return Line(number, "", found)
    row = {name: value for name, value in found.items() if value is not None}
    return Line(number, json.dumps(row, default=str, ensure_ascii=False), row)


def _damage() -> tuple[type[Exception], ...]:
    """What reading a Parquet file raises for its bytes; ValueError for names that are no UTF-8, among others."""
    import pyarrow as pa

    return (pa.ArrowException, OSError, *_UNREADABLE)


def _jsonl_rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK_BYTES), b""))


def _parquet_rows(path: Path) -> int:
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return int(file.metadata.num_rows)
    except _damage() as exc:
        raise Misconfigured(f"{path} begins like Parquet, but cannot be read: {exc}") from exc

"""Rows of JSONL and Parquet logs, one after another, each with its number and as it stands in the file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services.common.errors import Misconfigured, Rejected
from services.events.log_format import Row

_CHUNK_BYTES = 1 << 20
LONGEST_LINE_BYTES = 1 << 20


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
        row = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as exc:
        return Rejected("undecodable", "line", f"{len(raw)} bytes", f"a JSON object ({exc})")
    if not isinstance(row, dict):
        return Rejected("undecodable", "line", type(row).__name__, "a JSON object")
    return {name: value for name, value in row.items() if value is not None}


def parquet_lines(path: Path) -> Iterator[Line]:
    """The rows of a Parquet file; columns that are null are absent."""
    import pyarrow.parquet as pq

    number = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=1_000):
            for found in batch.to_pylist():
                number += 1
                row = {name: value for name, value in found.items() if value is not None}
                yield Line(number, json.dumps(row, default=str, ensure_ascii=False), row)


def _jsonl_rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_CHUNK_BYTES), b""))


def _parquet_rows(path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return int(file.metadata.num_rows)
    except (pa.ArrowInvalid, OSError) as exc:
        raise Misconfigured(f"{path} begins like Parquet, but cannot be read: {exc}") from exc

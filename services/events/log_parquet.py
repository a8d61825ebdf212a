"""Reads the rows of a Parquet log: skips unknown columns, and turns unreadable rows into rejected ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.common.errors import Misconfigured, Rejected
from services.events.log_format import NAMES, Row

_UNREADABLE = (ValueError, OverflowError, LookupError)  # invalid UTF-8, an invalid date, an unknown time zone


def is_parquet(path: Path) -> bool:
    """Whether the file begins with the magic bytes of Parquet."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def outline(path: Path) -> tuple[int, tuple[str, ...]]:
    """The number of rows and the skipped columns; raises `Misconfigured` if the file is not valid Parquet."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return int(file.metadata.num_rows), tuple(sorted(set(file.schema_arrow.names) - NAMES))
    except _damage() as exc:
        raise Misconfigured(f"{path} begins like Parquet, but cannot be read: {exc}") from exc


def parquet_rows(path: Path) -> Iterator[Row | Rejected]:
    """The rows without nulls and unknown columns; damage ends the rows with one rejected row for the rest."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            known = [name for name in file.schema_arrow.names if name in NAMES]
            for batch in file.iter_batches(batch_size=1_000, columns=known):
                for row in _rows(batch):
                    yield row if isinstance(row, Rejected) else _present(row)
    except _damage() as exc:
        yield Rejected("undecodable", "line", "the rest of the file", f"Parquet ({exc})")


def _rows(batch: Any) -> Iterator[dict[str, Any] | Rejected]:
    """The rows of an Arrow batch; a row with invalid UTF-8 or an impossible date is rejected by itself."""
    try:
        yield from batch.to_pylist()
    except _UNREADABLE:
        for number in range(batch.num_rows):
            try:
                yield batch.slice(number, 1).to_pylist()[0]
            except _UNREADABLE as exc:
                yield Rejected("undecodable", "line", "a row", f"values that can be read ({exc})")


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    """Removes absent values at any depth: a Parquet row has all columns and struct fields, also those it does not use.

    >>> _present({"user_id": "alice", "dwell_ms": None, "quantity": float("nan"), "context": {"page": None}})
    {'user_id': 'alice'}
    """
    found = {name: _present(value) if isinstance(value, dict) else value for name, value in fields.items()}
    return {name: value for name, value in found.items() if not _is_absent(value)}


def _is_absent(value: object) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, float) and math.isnan(value))


def _damage() -> tuple[type[Exception], ...]:
    """The exceptions that reading a damaged Parquet file raises; ValueError for names of invalid UTF-8, for example."""
    import pyarrow as pa

    return (pa.ArrowException, OSError, *_UNREADABLE)

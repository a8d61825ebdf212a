"""Rows of a Parquet log: what the table has too much is passed over, and what cannot be read is one rejected row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.common.errors import Misconfigured, Rejected
from services.events.log_format import NAMES, Row

_UNREADABLE = (ValueError, OverflowError, LookupError)  # of a value: no UTF-8, no date, no time zone that is known


def is_parquet(path: Path) -> bool:
    """Whether the file says in its first bytes that it is Parquet."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def outline(path: Path) -> tuple[int, tuple[str, ...]]:
    """How many rows there are, and the columns that are passed over; raises `Misconfigured` for no Parquet."""
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return int(file.metadata.num_rows), tuple(sorted(set(file.schema_arrow.names) - NAMES))
    except _damage() as exc:
        raise Misconfigured(f"{path} begins like Parquet, but cannot be read: {exc}") from exc


def parquet_rows(path: Path) -> Iterator[Row | Rejected]:
    """The rows, without what is null and what no type of row has; what lies behind damage is one rejected row."""
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
    """The rows of an Arrow batch; one with text that is no UTF-8, or a time that no calendar has, is rejected alone."""
    try:
        yield from batch.to_pylist()
    except _UNREADABLE:
        for number in range(batch.num_rows):
            try:
                yield batch.slice(number, 1).to_pylist()[0]
            except _UNREADABLE as exc:
                yield Rejected("undecodable", "line", "a row", f"values that can be read ({exc})")


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    """What is there, at any depth: each row has a table's columns and a struct's fields, those of other rows included.

    >>> _present({"user_id": "alice", "dwell_ms": None, "quantity": float("nan"), "context": {"page": None}})
    {'user_id': 'alice'}
    """
    found = {name: _present(value) if isinstance(value, dict) else value for name, value in fields.items()}
    return {name: value for name, value in found.items() if not _is_absent(value)}


def _is_absent(value: object) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, float) and math.isnan(value))


def _damage() -> tuple[type[Exception], ...]:
    """What reading a Parquet file raises for its bytes; ValueError for names that are no UTF-8, among others."""
    import pyarrow as pa

    return (pa.ArrowException, OSError, *_UNREADABLE)

"""Reads the rows of a Parquet log: skips unknown columns, and turns unreadable rows into rejected ones."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from services.common.arrow_rows import UNREADABLE, rows_of
from services.common.errors import Misconfigured, Rejected
from services.common.one_line import one_line
from services.events.log_format import NAMES, Names, Row
from services.events.log_table import row_of

_MAGIC = b"PAR1"
_JOINT = re.compile(_MAGIC + rb"\s*" + _MAGIC)  # the end of one file and the beginning of the next


def is_parquet(path: Path) -> bool:
    """Whether the file begins with the magic bytes of Parquet."""
    with path.open("rb") as file:
        return file.read(4) == _MAGIC


def outline(path: Path) -> tuple[int, tuple[str, ...]]:
    """The number of rows, and the columns and struct fields that are skipped.

    Raises `Misconfigured` if the file is not valid Parquet, is more than one file, or has two columns of one name.
    """
    try:
        with _opened(path) as file:
            rows, schema = int(file.metadata.num_rows), file.schema_arrow
    except _damage() as exc:
        raise Misconfigured(f"{path} begins like Parquet, but cannot be read: {one_line(exc)}") from exc
    if _is_joined(path):
        raise Misconfigured(f"{path} is more than one Parquet file, joined end to end: replay each by itself")
    twice = _twice(schema, NAMES)
    if twice:
        raise Misconfigured(f"{path} has more than one column {', '.join(twice)}: give each name once")
    return rows, tuple(sorted(set(_unknown(schema, NAMES))))


def column_names(path: Path) -> tuple[str, ...]:
    """The names of its columns; none where it is damaged, which `outline` says."""
    try:
        with _opened(path) as file:
            return tuple(file.schema_arrow.names)
    except _damage():
        return ()


def parquet_rows(path: Path) -> Iterator[Row | Rejected]:
    """The rows without nulls and unknown columns; damage ends the rows with one rejected row for the rest."""
    try:
        with _opened(path) as file:
            known = [name for name in file.schema_arrow.names if name in NAMES]
            for batch in file.iter_batches(batch_size=1_000, columns=known):
                for row in rows_of(batch, "line"):
                    yield row if isinstance(row, Rejected) else row_of(row)
    except _damage() as exc:
        yield Rejected("undecodable", "line", "the rest of the file", f"Parquet ({exc})")


def _opened(path: Path) -> Any:
    """The file; INT96 times in microseconds, because in nanoseconds those after the year 2262 would wrap."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(path, coerce_int96_timestamp_unit="us")


def _is_joined(path: Path) -> bool:
    """Whether a file ends, and another begins, inside this one.

    It reads the bytes and not where the footer's columns lie, because pyarrow aborts the process on some damaged ones.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(_ends_file(content, joint.start()) for joint in _JOINT.finditer(content))


def _ends_file(content: mmap.mmap, magic_at: int) -> bool:
    """Whether the magic bytes follow the length of a footer that fits before them, as at the end of every file."""
    footer_bytes = int.from_bytes(content[magic_at - 4 : magic_at], "little")
    return 0 < footer_bytes <= magic_at - len(_MAGIC) - 4


def _unknown(fields: Iterable[Any], names: Names, before: str = "") -> Iterator[str]:
    """The columns, and fields of struct columns, that no type of row has, as dotted paths."""
    for field in fields:
        if field.name not in names:
            yield before + field.name
        elif (inner := names[field.name]) is not None:
            yield from _unknown(_fields_of(field), inner, f"{before}{field.name}.")


def _twice(fields: Iterable[Any], names: Names, before: str = "") -> list[str]:
    """The known columns, and known fields of struct columns, that are there more than once."""
    known = [field for field in fields if field.name in names]
    every = [field.name for field in known]
    found = {before + name for name in every if every.count(name) > 1}
    for field in known:
        found.update(_twice(_fields_of(field), names[field.name] or {}, f"{before}{field.name}."))
    return sorted(found)


def _fields_of(field: Any) -> Iterable[Any]:
    """The fields of a struct column; none for other columns."""
    import pyarrow as pa

    return field.type if pa.types.is_struct(field.type) else ()


def _damage() -> tuple[type[Exception], ...]:
    """The exceptions that reading a damaged Parquet file raises; ValueError for names of invalid UTF-8, for example."""
    import pyarrow as pa

    return (pa.ArrowException, OSError, *UNREADABLE)

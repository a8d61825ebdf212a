"""Reads Parquet, batch by batch; structs, lists and numbers as the rows of JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np

from services.catalogue.feeds.readers.feed_file import FeedFile
from services.catalogue.feeds.readers.json_lines import flat, is_money, names_of
from services.catalogue.feeds.readers.nested_variants import VARIANTS, rows_of_variants
from services.catalogue.feeds.rows import MOST_COLUMNS, Position, Rejection, Row, check_size
from services.common.arrow_rows import UNREADABLE, rows_of
from services.common.errors import Misconfigured, Rejected
from services.common.one_line import one_line

_MAGIC: Final = b"PAR1"
_BATCH: Final = 1_000


class ParquetFeed:
    """A file of Parquet."""

    encoding = "utf-8"

    def __init__(self, file: FeedFile) -> None:
        """Raises `Misconfigured` where the file is damaged or has too many columns."""
        self._file = file
        try:
            with _opened(file.path) as table:
                schema = table.schema_arrow
                self.names = tuple(_names(schema))
            if VARIANTS in schema.names:
                self.names = names_of(self.rows(), file.name)
        except _damage() as error:
            raise Misconfigured(
                f"{file.name} begins like Parquet, but cannot be read: {one_line(error).rstrip('.')}."
            ) from error
        if len(schema.names) > MOST_COLUMNS:
            raise Misconfigured(
                f"{file.name} has {len(schema.names)} columns where at most {MOST_COLUMNS} were expected."
            )

    def rows(self) -> Iterator[Row | Rejection]:
        """All rows in order; raises `Misconfigured` where the file is damaged."""
        number = 0
        try:
            with _opened(self._file.path) as table:
                narrow = _narrow(table.schema_arrow)
                for batch in table.iter_batches(batch_size=_BATCH):
                    for found in rows_of(batch, "row"):
                        number += 1
                        yield from _rows(found, Position(self._file.name, number), narrow)
        except _damage() as error:
            raise Misconfigured(
                f"{self._file.name} cannot be read behind row {number}: {one_line(error).rstrip('.')}."
            ) from error


def is_parquet(path: Path) -> bool:
    """Whether the file begins with the magic bytes of Parquet."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _opened(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(path)


def _damage() -> tuple[type[Exception], ...]:
    import pyarrow as pa

    return (pa.ArrowException, OSError, *UNREADABLE)


def _names(schema: Any) -> Iterator[str]:
    """The columns, and the fields of struct columns, as the rows name them."""
    import pyarrow as pa

    for field in schema:
        inner = [child.name for child in field.type] if pa.types.is_struct(field.type) else []
        if inner and not is_money(inner):
            yield from (f"{field.name}.{name}" for name in inner)
        else:
            yield field.name


def _narrow(schema: Any) -> frozenset[str]:
    """The columns of floats of 32 bits: as one of 64 bits 29.9 would be 29.899999618530273."""
    import pyarrow as pa

    return frozenset(field.name for field in schema if field.type == pa.float32())


def _rows(found: Mapping[str, Any] | Rejected, position: Position, narrow: frozenset[str]) -> Iterator[Row | Rejection]:
    if isinstance(found, Rejected):
        yield Rejection.of(found, position)
        return
    exact = {name: float(str(np.float32(value))) for name, value in found.items() if name in narrow and value}
    try:
        for one in rows_of_variants({name: _plain(value) for name, value in {**found, **exact}.items()}):
            values = dict(flat(one))
            check_size(values)
            yield Row(position, values)
    except Rejected as why:
        yield Rejection.of(why, position)


def _plain(value: Any) -> Any:
    """A value as JSON would give it: floats with the digits that name them, and none for NaN, as pandas writes."""
    if isinstance(value, float):
        return None if value != value else Decimal(repr(value))
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | Decimal | date) or value is None else str(value)

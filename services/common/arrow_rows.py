"""The rows of an Arrow batch, some of which may hold values that Python cannot; this imports no Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from services.common.errors import Rejected

UNREADABLE: Final = (ValueError, OverflowError, LookupError)  # invalid UTF-8, an impossible date, an unknown zone


def rows_of(batch: Any, field: str) -> Iterator[dict[str, Any] | Rejected]:
    """The rows of a `pyarrow.RecordBatch`; one with values that cannot be read is rejected by itself, as `field`."""
    try:
        yield from batch.to_pylist()
    except UNREADABLE:
        for number in range(batch.num_rows):
            try:
                yield batch.slice(number, 1).to_pylist()[0]
            except UNREADABLE as error:
                yield Rejected("undecodable", field, "a row", f"values that can be read ({error})")

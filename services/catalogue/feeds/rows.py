"""A row of a feed, and why a row was not taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from services.common.errors import Rejected

MOST_COLUMNS: Final = 1_000
MOST_CELL_CHARACTERS: Final = 100_000
"""Twenty times the longest description, so that one full of markup fits; a text of a megabyte does not."""

MOST_ROW_CHARACTERS: Final = 1_000_000

NOTHING: Final = frozenset(
    ("nan", "NaN", "null", "NULL", "None", "N/A", "n/a", "#N/A", "<NA>", "(null)", "undefined", "-", "--", "—")
)
"""Cells by which data frames, databases and people say that there is nothing."""

Single = str | int | Decimal | bool | date
"""A cell. Files of text give texts; JSON and Parquet give numbers and times too, which need no guess."""

Value = Single | tuple[Single, ...]
"""A cell, or what a column that is there several times holds (`additional_image_link`)."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a row stands: file, and number of the row, line or element, from 1."""

    file: str
    number: int


@dataclass(frozen=True, slots=True)
class Row:
    """What a feed says of one product or variant, by the feed's own column names; empty cells are absent."""

    position: Position
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not taken, and why; `value` is as it is shown to people, cut where it is long."""

    position: Position
    reason: str
    field: str
    value: str
    expected: str
    error: str  # the sentence that says all of it
    product_id: str = ""

    @classmethod
    def of(cls, why: Rejected, position: Position, product_id: str = "") -> Rejection:
        """The rejection of the row at `position` by `why`."""
        if why.shown == "None":  # a text "None" is shown in quotes
            error = f"{why.field}: nothing where {why.expected} was expected"
            return cls(position, why.reason, why.field, "", why.expected, error, product_id)
        return cls(position, why.reason, why.field, why.shown, why.expected, str(why), product_id)

    def facts(self) -> dict[str, Any]:
        """Its line in `rejected.jsonl`."""
        return {
            "file": self.position.file,
            "row": self.position.number,
            "product_id": self.product_id,
            "reason": self.reason,
            "field": self.field,
            "value": self.value,
            "expected": self.expected,
            "error": self.error,
        }


def check_size(values: Mapping[str, Value]) -> None:
    """Raises `Rejected("too_long")` for a cell or row beyond the bounds."""
    whole = 0
    for name, value in values.items():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, str):
                if len(each) > MOST_CELL_CHARACTERS:
                    raise Rejected("too_long", name, each, f"at most {MOST_CELL_CHARACTERS} characters")
                whole += len(each)
    if whole > MOST_ROW_CHARACTERS:
        raise Rejected("too_long", "row", f"{whole} characters", f"at most {MOST_ROW_CHARACTERS} characters")

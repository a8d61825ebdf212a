"""Converts the row of a table to a row of the log format; pure.

A table has one type per column and every column in every row. Its rows therefore hold values that they do not need
(nulls, NaN, and the 0 or "" of pandas' `fillna`), and ids, flags and times in the types that data frames give them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from math import isnan
from typing import Any
from uuid import UUID

from services.events.log_format import NAMES, TEXTS, Names, names_of

_EXACT = 2**53
"""Below this a whole number in a float column is the number that was written; above, it may be rounded."""


def row_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The row without absent values, and with ids as text, `clicked` as true or false and dates as times.

    >>> row_of({"type": "view", "user_id": 7, "dwell_ms": 0, "quantity": 0, "currency": "", "query": None})
    {'type': 'view', 'user_id': '7', 'dwell_ms': 0}
    """
    found = _present(fields, NAMES)
    own = names_of(found.get("type"))
    return {name: _converted(name, value) for name, value in found.items() if name in own or not _is_empty(value)}


def _present(fields: Mapping[str, Any], names: Names | None) -> dict[str, Any]:
    """The values that are neither absent nor under a name that no type has, at any depth.

    >>> _present({"quantity": float("nan"), "context": {"page": "a", "query": None, "zone": "q"}}, NAMES)
    {'context': {'page': 'a'}}
    """
    found = {
        name: _present(value, names and names[name]) if isinstance(value, dict) else value
        for name, value in fields.items()
        if names is None or name in names
    }
    return {name: value for name, value in found.items() if not _is_absent(value)}


def _is_absent(value: object) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, float) and isnan(value))


def _is_empty(value: object) -> bool:
    """Whether the value says no more than an absent one: false, 0, empty text."""
    return not value


def _converted(name: str, value: Any) -> Any:
    if name == "event_id" and isinstance(value, bytes) and len(value) == len(UUID(int=0).bytes):
        return str(UUID(bytes=value))
    if name in TEXTS:
        return [_as_text(each) for each in value] if isinstance(value, list) else _as_text(value)
    if name == "clicked" and isinstance(value, int | float) and value in (0, 1):
        return bool(value)
    if name == "time" and isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time.min, UTC)
    return value


def _as_text(value: Any) -> Any:
    """Whole numbers and UUIDs as text; other values as they are.

    >>> _as_text(7), _as_text(7.0), _as_text(7.5), _as_text(True), _as_text(UUID(int=7))
    ('7', '7', 7.5, True, '00000000-0000-0000-0000-000000000007')
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return str(value) if isinstance(value, int | UUID) and not isinstance(value, bool) else value

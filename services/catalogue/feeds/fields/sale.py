"""When a sale price holds: ISO 8601 with a time zone, as in Google's `sale_price_effective_date`.

A time without a zone is in `time_zone` of the mapping. Where that is not said either, the sale counts only while it
holds in every zone of the world, so that no ad shows a price that does not hold: it begins up to 26 hours late and ends
as much early. A date without a time of day means the whole day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from services.catalogue.feeds.rows import Single, Value
from services.common.errors import Rejected

_EXPECTED: Final = 'a time of ISO 8601 with its zone like "2026-11-27T00:00+01:00"'
_LAST_ZONE: Final = timezone(timedelta(hours=-12))  # where a day begins last
_FIRST_ZONE: Final = timezone(timedelta(hours=14))  # and ends first
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:?\d\d(:?\d\d(\.\d{1,9})?)?\s?([Zz]|[+-]\d\d(:?\d\d)?)?", re.ASCII)
_BETWEEN: Final = re.compile(r"/|(?<=\S) - (?=\S)")


@dataclass(frozen=True, slots=True)
class Period:
    """When a sale holds; None: it has no such end."""

    begin: datetime | None = None
    end: datetime | None = None


def read_period(both: Value | None, begin: Value | None, end: Value | None, zone: str) -> Period:
    """The period that one cell says ("begin/end"), or two; raises `Rejected("sale")` for one that is none."""
    if both is not None:
        parts = _BETWEEN.split(both.strip(), maxsplit=1) if isinstance(both, str) else []
        if len(parts) != len(("begin", "end")):
            raise Rejected("sale", "sale_dates", both, "two times of ISO 8601 with a slash between")
        begin, end = parts
    period = Period(_moment(begin, "sale_from", zone, False), _moment(end, "sale_until", zone, True))
    if period.begin and period.end and period.begin >= period.end:
        expected = "a time after sale_from" + ("" if zone else ", in every time zone (--time-zone says which it is)")
        raise Rejected("sale", "sale_until", str(end), expected)
    return period


def _moment(value: Value | None, field: str, zone: str, ends: bool) -> datetime | None:
    if value is None:
        return None
    try:
        moment, whole_day = _parsed(value if not isinstance(value, tuple) else "")
        local = moment if moment.tzinfo else moment.replace(tzinfo=_zone(zone, ends))
        return (local + timedelta(days=1) if whole_day and ends else local).astimezone(UTC)
    except (ValueError, OverflowError, LookupError) as error:
        raise Rejected("sale", field, value, _EXPECTED) from error


def _parsed(value: Single) -> tuple[datetime, bool]:
    """The time, and whether it is a day without one; raises ValueError."""
    if isinstance(value, datetime):
        return value, False
    if isinstance(value, date):
        return datetime.combine(value, time.min), True
    text = value.strip() if isinstance(value, str) else ""
    if _DAY.fullmatch(text):
        return datetime.combine(date.fromisoformat(text), time.min), True
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", "").upper()), False


def _zone(name: str, ends: bool) -> tzinfo:
    if name:
        return ZoneInfo(name)
    return _FIRST_ZONE if ends else _LAST_ZONE

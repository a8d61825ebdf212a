"""Reads another system's log (CSV, JSON lines or Parquet) through its mapping, as rows of our format.

The readers are those of the import of feeds. Columns that a row's type does not have are passed over, as a table has
them in every row. What a column's values become:

| field | values of the log | becomes |
|---|---|---|
| `type` | words such as `purchase`, `pv`, or those of the mapping's `[types]` | view, click, order, impression |
| `time` | ISO 8601, or seconds, milli-, micro- or nanoseconds since 1970 | a time; without a zone in `time_zone` |
| `value`, `price` | amounts as shops write them; a price is that of one piece | `value_minor` of orders |
| `position` | 1, 2, ... | `slot`, which counts from 0 |
| `clicked` | true, yes, 1 and false, no, 0 | true, false |

An impression without a creative's id has the product's, and one without a policy's id has `logged`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.catalogue.feeds.fields.cells import Cells, as_number, as_text
from services.catalogue.feeds.fields.money import PriceFormat, decimal_mark_of, read_price
from services.catalogue.feeds.readers.feed_file import FeedFile
from services.catalogue.feeds.readers.feed_files import open_reader
from services.catalogue.feeds.readers.reader import Reader
from services.catalogue.feeds.rows import Rejection, Value
from services.catalogue.feeds.rows import Row as Found
from services.common.errors import Misconfigured, Rejected
from services.events.log_files import Line, LogFile, checksum, is_delimited, is_ours, open_log, require_file, row_count
from services.events.log_format import TEXTS, Row, names_of
from services.events.log_mapping import TYPES, LogMap, LogOverrides, recognise

_PRICES: Final = ("value", "price")
_SAMPLE: Final = 1_000
_PER_SECOND: Final = ((10**11, 1), (10**14, 10**3), (10**17, 10**6), (10**20, 10**9))
"""Below this a number since 1970 is in so many parts of a second: each unit covers the years 1973 to 5138."""

_YES_NO: Final = {
    **dict.fromkeys(("true", "yes", "y", "t", "1"), True),
    **dict.fromkeys(("false", "no", "n", "f", "0"), False),
}
_WHOLE: Final = ("quantity", "dwell_ms", "value_minor", "slot")
_POLICY: Final = "logged"


@dataclass(frozen=True, slots=True)
class MappedLog:
    """A log with a mapping; the same as `LogFile` to those who replay it."""

    name: str
    checksum: str
    rows: int
    how: LogMap
    _reader: Reader = field(repr=False)
    _prices: PriceFormat = field(repr=False)
    passed_over: tuple[str, ...] = ()

    def lines(self) -> Iterator[Line]:
        """All rows in order; a row that cannot be read is a `Rejected` one."""
        for found in self._reader.rows():
            if isinstance(found, Rejection):
                why = Rejected(found.reason, found.field, found.value, found.expected)
                yield Line(found.position.number, found.value, why)
            else:
                yield Line(found.position.number, _text(found), self._row(found))

    def described(self) -> list[str]:
        """How the log was understood, as it is shown to people."""
        mark = f", {self._prices.decimal!r} before decimals" if self._prices.decimal else ""
        return [f"{self.name}: {self._reader.encoding}{mark}", *(f"  {line}" for line in self.how.lines())]

    def _row(self, found: Found) -> Row | Rejected:
        try:
            return row_of(Cells(found, self.how.columns), self.how, self._prices)
        except Rejected as why:
            return why


def open_any(path: Path, overrides: LogOverrides | None) -> LogFile | MappedLog:
    """The log at `path`: in our format, or another system's, which a mapping says or whose columns show it.

    Raises `Misconfigured` where it is no log, or a column that must be there was not recognised.
    """
    require_file(path)
    if overrides is None and not is_delimited(path) and (is_ours(path) or not _is_recognised(path)):
        return open_log(path)
    return open_mapped(path, overrides or LogOverrides())


def _is_recognised(path: Path) -> bool:
    try:
        recognise(open_reader(FeedFile(path, path.name)).names, LogOverrides())
    except Misconfigured:
        return False
    return True


def open_mapped(path: Path, overrides: LogOverrides) -> MappedLog:
    """The log at `path` with its mapping; raises `Misconfigured` where it has none, or is no table."""
    reader = open_reader(FeedFile(path, path.name), overrides.feed.encoding)
    how = recognise(reader.names, overrides)
    decimal = overrides.feed.decimal or decimal_mark_of(_sampled_prices(reader, how))
    prices = PriceFormat(overrides.feed.currency, decimal)
    rows = row_count(path)
    return MappedLog(path.name, checksum((path,)), rows, how, reader, prices, how.columns.passed_over)


def row_of(cells: Cells, how: LogMap, prices: PriceFormat) -> Row:
    """The row in our format; raises `Rejected` that names field, value and what was expected."""
    word = cells.value("type")
    kind = how.kind if word is None or how.kind else how.kind_of(as_text(word, "type").strip())
    if kind not in TYPES:
        raise Rejected("invalid", "type", word, f"one of {', '.join(TYPES)}, or a word in [types] of a mapping")
    own = names_of(kind)
    texts = {name: as_text(value, name) for name in TEXTS if name in own and (value := cells.value(name)) is not None}
    found: dict[str, Any] = {"type": kind, **texts}
    found |= {name: _whole(cells, name) for name in _WHOLE if name in own and cells.value(name) is not None}
    if (moment := cells.value("time")) is not None:
        found["time"] = time_of(moment, how.columns.overrides.time_zone)
    if kind == "order":
        found |= _value_of(cells, found, prices)
    if kind == "impression":
        found |= _impression_of(cells, found)
    return found


def time_of(value: Value, zone: str) -> datetime:
    """A time of a log, in UTC; raises `Rejected`.

    >>> time_of("1700000000", "").isoformat(), time_of(1700000000500, "").isoformat()
    ('2023-11-14T22:13:20+00:00', '2023-11-14T22:13:20.500000+00:00')
    >>> time_of("2019-10-01 00:00:00 UTC", "").isoformat(), time_of("2019-10-01 02:00", "Europe/Berlin").isoformat()
    ('2019-10-01T00:00:00+00:00', '2019-10-01T00:00:00+00:00')
    """
    try:
        return _moment(value, ZoneInfo(zone) if zone else UTC)
    except (ValueError, OverflowError, ArithmeticError) as error:
        raise Rejected("invalid", "time", value, "a time of ISO 8601, or a number of seconds since 1970") from error


def _moment(value: Value, zone: Any) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime.combine(value, time.min)
    elif (number := as_number(value)) is not None:
        return _since_1970(number)
    else:
        moment = datetime.fromisoformat(str(value).strip().removesuffix("UTC").strip() + _zone_said(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _zone_said(value: Value) -> str:
    return "+00:00" if str(value).strip().endswith("UTC") else ""


def _since_1970(number: Decimal) -> datetime:
    parts = next((parts for below, parts in _PER_SECOND if abs(number) < below), None)
    if parts is None:
        raise ValueError(number)
    return datetime.fromtimestamp(float(number / parts), UTC)


def _value_of(cells: Cells, found: Mapping[str, Any], prices: PriceFormat) -> dict[str, Any]:
    """Value and currency of an order: what it says in all, or the price of a piece times the quantity."""
    column = cells.currency()
    currency = {"currency": column} if column else {}
    if "value_minor" in found:
        return currency
    name = next((name for name in _PRICES if cells.value(name) is not None), "")
    said = cells.value(name) if name else None
    if said is None or as_number(said) == 0:
        return currency
    price = read_price(said, name, PriceFormat(column or prices.currency, prices.decimal))
    pieces = found.get("quantity", 1) if name == "price" else 1
    return {"value_minor": price.minor * pieces, "currency": price.currency}


def _impression_of(cells: Cells, found: Mapping[str, Any]) -> dict[str, Any]:
    """What only impressions have: how likely they were, where they stood, and whether they were clicked."""
    more: dict[str, Any] = {} if found.get("policy_id") else {"policy_id": _POLICY}
    if not found.get("creative_id") and found.get("product_id"):
        more["creative_id"] = found["product_id"]
    if (said := cells.value("propensity")) is not None:
        if (propensity := as_number(said)) is None:
            raise Rejected("invalid", "propensity", said, "a number above 0 and up to 1")
        more["propensity"] = float(propensity)
    if "slot" not in found and cells.value("position") is not None:
        more["slot"] = _slot(cells)
    if (said := cells.value("clicked")) is not None:
        clicked = _YES_NO.get(as_text(said, "clicked").strip().lower()) if not isinstance(said, bool) else said
        if clicked is None:
            raise Rejected("invalid", "clicked", said, "true or false, yes or no, 1 or 0")
        more["clicked"] = clicked
    return more


def _slot(cells: Cells) -> int:
    position = _whole(cells, "position")
    if position < 1:
        raise Rejected("invalid", "position", position, "a number from 1 (map the column to `slot` if it is from 0)")
    return position - 1


def _whole(cells: Cells, name: str) -> int:
    said = cells.value(name)
    number = None if said is None else as_number(said)
    if number is None or number != number.to_integral_value():
        raise Rejected("invalid", name, said, "a whole number")
    return int(number)


def _sampled_prices(reader: Reader, how: LogMap) -> Iterator[Value]:
    names = [name for price in _PRICES for name in how.columns.columns.get(price, ())]
    for found in islice(reader.rows(), _SAMPLE):
        if isinstance(found, Found):
            yield from (found.values[name] for name in names if name in found.values)


def _text(found: Found) -> str:
    return json.dumps(dict(found.values), default=str, ensure_ascii=False)

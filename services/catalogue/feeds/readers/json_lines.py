"""Reads JSON: one object a line (JSONL), or one list of objects, which may be larger than memory.

A line that is no object is rejected by itself. A list has no place to go on after damage: it is refused as a whole.
Numbers keep their digits (`Decimal`). Objects in a row become columns with a point (`price.value`), and
`{"value": "29.90", "currency": "EUR"}`, as Google's API has it, or `{"amount": "29.90", "currencyCode": "EUR"}`, as
Shopify's has it, becomes the price "29.90 EUR".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TextIO

from services.catalogue.feeds.columns import meant_by
from services.catalogue.feeds.readers.encoding import encoding_of
from services.catalogue.feeds.readers.feed_file import FeedFile
from services.catalogue.feeds.readers.nested_variants import rows_of_variants
from services.catalogue.feeds.rows import (
    MOST_COLUMNS,
    MOST_ROW_CHARACTERS,
    NOTHING,
    Position,
    Rejection,
    Row,
    Value,
    check_size,
)
from services.common.errors import Misconfigured, Rejected
from services.wire.codec.json_codec import unique_fields

_CHUNK: Final = 1 << 16
_LISTS: Final = frozenset(
    ("products", "items", "offers", "entries", "data", "results", "result", "response", "hits", "docs", "goods", "list")
    + ("records", "rows", "catalog", "catalogue", "resources", "edges", "nodes", "productlist", "product_list")
)
"""Names by which programs give a list within an object, also beside others: `{"total": 2, "products": [...]}`."""

_MEMBER: Final = re.compile(r'[\s,]*"((?:[^"\\]|\\.)*)"\s*:\s*')

_AMOUNTS: Final = ("value", "amount")
_CURRENCIES: Final = ("currency", "currencyCode", "currency_code")

_MONEY: Final = (_AMOUNTS, _CURRENCIES)
"""What the amount and the currency are called within an object that is an amount of money."""

_ADDRESSES: Final = ("src", "url", "uri", "link", "contentUrl")
_OF_PRODUCT: Final = ("title", "price")  # fields that tell a product from an object around many
_BETWEEN: Final = re.compile(r"[\s,]*")
_SPACES: Final = " \t\r\n"
_MOST_DIGITS: Final = 40
_EXPECTED: Final = "a JSON object, each name once"


class JsonFeed:
    """A file of JSON lines, or of one list."""

    def __init__(self, file: FeedFile, encoding: str = "") -> None:
        """Raises `Misconfigured` where no object can be read from the beginning."""
        self._file = file
        self.encoding = encoding or encoding_of(file.path)
        self.names = names_of(self.rows(), file.name)
        if not self.names:
            raise Misconfigured(f"{file.name} has no product: a feed has one JSON object a line, or a list of them.")

    def rows(self) -> Iterator[Row | Rejection]:
        """All rows in order; raises `Misconfigured` where a list is damaged."""
        with _opened(self._file.path, self.encoding) as text:
            begin = _list_begin(text.read(_CHUNK))
            text.seek(0)
            found = _elements(text, begin, self._file.name) if begin else _lines(text)
            for number, value in found:
                yield from _rows(value, Position(self._file.name, number))


def names_of(rows: Iterator[Row | Rejection], file: str) -> tuple[str, ...]:
    """The names that any of the rows has: the first with a sale price may be the last of the file."""
    found: dict[str, None] = {}
    for row in rows:
        if isinstance(row, Row):
            found.update(dict.fromkeys(row.values))
        if len(found) > MOST_COLUMNS:
            raise Misconfigured(f"{file} has more than {MOST_COLUMNS} different names of fields.")
    return tuple(found)


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    with path.open(encoding=encoding, errors="replace") as text:
        yield text


def _list_begin(begin: str) -> int:
    """Where the elements of the file's list begin; 0 where it has none."""
    at = len(begin) - len(begin.lstrip(_SPACES + "\ufeff"))
    if begin.startswith("[", at):
        return at + 1
    while begin.startswith("{", at) and (opened := _list_within(begin, at + 1)):
        at = opened
        if begin.startswith("[", at):
            return at + 1
    return 0


def _list_within(begin: str, at: int) -> int:
    """Where the value of an object's first member stands that may hold the list; 0 where the object is a product."""
    while member := _MEMBER.match(begin, at):
        name, at = member[1].strip().lower(), member.end()
        if name in _LISTS and begin[at : at + 1] in ("[", "{"):
            return at
        if meant_by(name)[0] in _OF_PRODUCT:
            return 0
        try:
            at = _DECODER.raw_decode(begin, at)[1]
        except (ValueError, RecursionError):
            return 0
    return 0


def _lines(text: TextIO) -> Iterator[tuple[int, Any]]:
    """Number and value of each line that is not empty; a `Rejected` where it cannot be read."""
    number = 0
    while line := text.readline(MOST_ROW_CHARACTERS + 1):
        number += 1
        if len(line) > MOST_ROW_CHARACTERS and not line.endswith("\n"):
            while (rest := text.readline(MOST_ROW_CHARACTERS)) and not rest.endswith("\n"):
                pass
            yield number, Rejected("too_long", "row", line[:100], f"at most {MOST_ROW_CHARACTERS} characters")
        elif line := line.strip(_SPACES + "\ufeff"):
            yield number, _loaded(line)


def _loaded(line: str) -> Any:
    try:
        return _DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        return Rejected("undecodable", "row", line[:100], f"{_EXPECTED} ({error})")


def _elements(text: TextIO, at: int, name: str) -> Iterator[tuple[int, Any]]:
    """Number and value of each element of the list that begins at `at`, read piece by piece."""
    buffer, number, ended = text.read(_CHUNK), 0, False
    while True:
        value, end = _element(buffer, at, ended)
        if end > 0:
            number, at = number + 1, end
            yield number, value
        elif end == _CLOSED:
            return
        elif ended or len(buffer) - at > 2 * MOST_ROW_CHARACTERS:
            raise Misconfigured(f"{name} breaks off or is no JSON behind its element {number}: nothing of it is taken.")
        else:
            # As much again as there is, so that a long element is not tried many times.
            more = text.read(max(_CHUNK, len(buffer) - at))
            buffer, at, ended = buffer[at:] + more, 0, not more


_CLOSED, _MORE = 0, -1


def _element(buffer: str, at: int, ended: bool) -> tuple[Any, int]:
    """The next element and where it ends; _CLOSED where the list ends, _MORE where the element is not whole."""
    begin = _BETWEEN.match(buffer, at).end()  # type: ignore[union-attr]  # it matches nothing too
    if buffer.startswith("]", begin):
        return None, _CLOSED
    try:
        value, end = _DECODER.raw_decode(buffer, begin)
    except (ValueError, RecursionError):
        return None, _MORE
    # A number may go on in the next piece; an object, list or text says itself where it ends.
    return (value, end) if ended or end < len(buffer) or buffer[begin] in '{["' else (None, _MORE)


def _rows(value: Any, position: Position) -> Iterator[Row | Rejection]:
    """The row of an object, or those of its variants."""
    if isinstance(value, dict) and list(value) in (["node"], ["cursor", "node"]):  # of GraphQL's edges
        value = value["node"]
    try:
        objects = rows_of_variants(value) if isinstance(value, dict) else [value]
    except Rejected as why:
        yield Rejection.of(why, position)
    else:
        yield from (_row(one, position) for one in objects)


def _row(value: Any, position: Position) -> Row | Rejection:
    try:
        if isinstance(value, Rejected):
            raise value
        if not isinstance(value, dict):
            raise Rejected("undecodable", "row", value, _EXPECTED)
        found = dict(flat(value))
        if len(found) > MOST_COLUMNS:
            raise Rejected("columns", "row", f"{len(found)} names", f"at most {MOST_COLUMNS} names")
        check_size(found)
    except Rejected as why:
        return Rejection.of(why, position)
    return Row(position, found)


def flat(fields: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Value]]:
    """The fields of an object by name, without those that hold nothing.

    >>> dict(flat({"price": {"value": "29.90", "currency": "EUR"}, "size": None, "dim": {"cm": 3}}))
    {'price': '29.90 EUR', 'dim.cm': 3}
    """
    for name, value in fields.items():
        if isinstance(value, dict):
            amount, currency = (next((value[key] for key in keys if key in value), None) for keys in _MONEY)
            if isinstance(currency, str) and isinstance(amount, str | int | Decimal):
                yield before + name, f"{amount} {currency}"
            elif not before:
                yield from flat(value, f"{name}.")
        elif isinstance(value, list):
            if single := tuple(one for one in map(_single, value) if one is not None):
                yield before + name, single
        elif (one := _single(value)) is not None:
            yield before + name, one


def is_money(names: Iterable[str]) -> bool:
    """Whether an object with these names is an amount of money."""
    return all(set(keys) & set(names) for keys in _MONEY)


def _single(value: Any) -> Any:
    """A cell; None for null, empty text and nested lists. Of objects in a list (pictures) the address is taken."""
    if isinstance(value, dict):
        return next((value[name] for name in _ADDRESSES if isinstance(value.get(name), str)), None)
    if isinstance(value, str):
        return None if (text := value.strip()) in NOTHING else text or None
    return None if isinstance(value, list) else value


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < _MOST_DIGITS else Decimal(digits)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=unique_fields, parse_float=Decimal, parse_int=_integer, parse_constant=_constant
)

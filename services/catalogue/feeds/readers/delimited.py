"""Reads CSV and TSV: which encoding, delimiter and columns, then row by row."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Final, TextIO

from services.catalogue.feeds.columns import KNOWN, REPEATED, plain_name
from services.catalogue.feeds.readers.encoding import encoding_of
from services.catalogue.feeds.readers.feed_file import FeedFile
from services.catalogue.feeds.readers.records import Record, Records
from services.catalogue.feeds.rows import (
    MOST_COLUMNS,
    MOST_ROW_CHARACTERS,
    NOTHING,
    Position,
    Rejection,
    Row,
    Single,
    Value,
    check_size,
)
from services.common.errors import Misconfigured, Rejected

_SAID: Final = re.compile(r"sep=(.)")  # as Excel writes before the header
_DELIMITERS: Final = ("\t", ",", ";", "|")
_MOST_ABOVE: Final = 10  # records in which the names of columns are looked for
_ENOUGH_KNOWN: Final = 3  # fields that a record names, to be taken for the header; what no row of a shop's own does


class Delimited:
    """A file of delimited text."""

    def __init__(self, file: FeedFile, encoding: str = "") -> None:
        """Raises `Misconfigured` where there is no header that can be read."""
        self._file = file
        self.encoding = encoding or encoding_of(file.path)
        with _opened(file.path, self.encoding) as text:
            first, second = islice(chain((line for line in text if line.strip()), ("", "")), 2)
        said = _SAID.fullmatch(first.strip())
        header = second if said else first
        if not header.strip():
            raise Misconfigured(f"{file.name} is empty: a feed begins with the names of its columns.")
        if len(header) > MOST_ROW_CHARACTERS or "\0" in header:
            raise Misconfigured(f"{file.name} does not begin with the names of columns.")
        self._before = 1 if said else 0
        self._delimiter = said[1] if said else max(_DELIMITERS, key=lambda each: _likelihood(_cells(header, each)))
        if not _known(_cells(header, self._delimiter)):
            self._delimiter, self._before = self._further_down() or (self._delimiter, self._before)
        self._header = self._read_header()
        self.names = _checked(self._header, file.name)

    def _further_down(self) -> tuple[str, int] | None:
        """Delimiter and number of the record with the names, where a template puts explanations above it."""
        found: list[tuple[int, int, str]] = []
        for delimiter in _DELIMITERS:
            with _opened(self._file.path, self.encoding) as text:
                for number, record in enumerate(islice(Records(text, delimiter), _MOST_ABOVE)):
                    found.append((len(_known(record.cells)), -number, delimiter))
        known, number, delimiter = max(found)
        return (delimiter, -number) if known >= _ENOUGH_KNOWN else None

    def _read_header(self) -> tuple[str, ...]:
        """The names of the columns in order; a name may have several lines."""
        with _opened(self._file.path, self.encoding) as text:
            record = next(islice(Records(text, self._delimiter), self._before, None))
        if record.wrong:
            raise Misconfigured(f"{self._file.name} has names of columns whose quotes do not end.")
        return tuple(" ".join(name.split()) for name in record.cells)

    def rows(self) -> Iterator[Row | Rejection]:
        """All rows in order."""
        with _opened(self._file.path, self.encoding) as text:
            records = Records(text, self._delimiter)
            for number, record in enumerate(records):
                records.width = len(self._header)
                if number > self._before:
                    yield self._row(record)

    def _row(self, record: Record) -> Row | Rejection:
        position = Position(self._file.name, record.line)
        try:
            if record.wrong:
                begin = f"{record.text[:_SHOWN]}..." if record.wrong == "too_long" else record.text
                raise Rejected(record.wrong, "row", begin, _EXPECTED[record.wrong])
            values = self._values(record.cells)
            check_size(values)
        except Rejected as why:
            return Rejection.of(why, position)
        return Row(position, values)

    def _values(self, cells: Sequence[str]) -> dict[str, Value]:
        if len(cells) != len(self._header) and any(cells[len(self._header) :]) or len(cells) < len(self._header):
            found_cells = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
            raise Rejected(
                "columns", "row", found_cells, f"a row of {len(self._header)} cells, as the header has them,"
            )
        found: dict[str, Value] = {}
        for name, cell in zip(self._header, cells, strict=False):
            if name and (text := cell.strip()) and text not in NOTHING:
                before = found.get(name)
                found[name] = text if before is None else (*_list(before), text)
        return found


_SHOWN: Final = 60
_MOST_NAME: Final = 100  # characters of a column's name
_EXPECTED: Final = {
    "quotes": 'quoted cells that end, with each quote inside them doubled ("")',
    "too_long": f"at most {MOST_ROW_CHARACTERS} characters",
}


def _list(value: Value) -> tuple[Single, ...]:
    return value if isinstance(value, tuple) else (value,)


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    """The file as text; bytes that are none become U+FFFD, so that their row alone is rejected."""
    try:
        with path.open(encoding=encoding, errors="replace") as text:
            yield text
    except UnicodeError as error:  # a codec that cannot replace, which only a mapping file can name
        raise Misconfigured(f"{path.name} cannot be read as {encoding}: {error}.") from error


def _cells(line: str, delimiter: str) -> list[str]:
    csv.field_size_limit(2 * MOST_ROW_CHARACTERS)
    try:
        return next(csv.reader([line.rstrip("\n")], delimiter=delimiter))
    except csv.Error:
        return line.rstrip("\n").split(delimiter)


def _likelihood(names: Sequence[str]) -> tuple[int, int]:
    """How likely a header was cut at the right delimiter: names that are known, then how many there are."""
    return sum(plain_name(name) in KNOWN for name in names[:MOST_COLUMNS]), len(names)


def _known(names: Sequence[str]) -> set[str]:
    """The fields that these names mean."""
    return {KNOWN[plain][0] for name in names[:MOST_COLUMNS] if (plain := plain_name(name[:_MOST_NAME])) in KNOWN}


def _checked(header: Sequence[str], file: str) -> tuple[str, ...]:
    """The names of columns, each once; raises `Misconfigured` for too many, or for two of one name."""
    if len(header) > MOST_COLUMNS:
        raise Misconfigured(f"{file} has {len(header)} columns where at most {MOST_COLUMNS} were expected.")
    if not _known(header) and any("://" in name for name in header):
        raise Misconfigured(f"{file} begins with a row, not with the names of columns: write a line of names above it.")
    twice = [name for name, count in Counter(name for name in header if name).items() if count > 1]
    known = [name for name in twice if KNOWN.get(plain_name(name), ("", 0))[0] not in {"", *REPEATED}]
    if known:
        raise Misconfigured(f"{file} has two columns with the name {known[0]!r}.")
    return tuple(dict.fromkeys(name for name in header if name))

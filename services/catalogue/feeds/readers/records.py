"""Cuts lines of delimited text into records (RFC 4180); a quote that never ends costs one line, not the rest.

A cell is quoted where its first character is a quote; within it two quotes stand for one, and line ends belong to it. A
quote elsewhere is a character like any other: `24" screen`. Where a record does not come out right, its first line is
given up alone and reading goes on with the second: whoever forgot a quote there has written the other rows all the
same.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TextIO

from services.catalogue.feeds.rows import MOST_ROW_CHARACTERS

_MOST_LINES: Final = 2_000
_SHOWN: Final = 200
_OPEN: Final = "unexpected end of data"  # the library's words for a quote without its end


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of a record, or why there are none: "quotes" or "too_long"."""

    line: int  # of its beginning, from 1
    cells: list[str]
    wrong: str
    text: str  # of its first line


class Records:
    """The records of an open file, in order; empty lines are none."""

    def __init__(self, file: TextIO, delimiter: str) -> None:
        self.width = 0  # cells that a record of several lines must have; 0: any number
        self._file, self._delimiter = file, delimiter
        self._ahead: deque[str] = deque()  # lines that were read for a record that did not come out right
        self._line = 0

    def __iter__(self) -> Iterator[Record]:
        csv.field_size_limit(2 * MOST_ROW_CHARACTERS)
        while line := self._next():
            begin = self._line
            if len(line) > MOST_ROW_CHARACTERS:
                yield Record(begin, [], "too_long", line[:_SHOWN])
            elif line.strip():
                cells = self._cells(line)
                yield Record(begin, cells, "" if cells else "quotes", line[:_SHOWN])

    def _next(self) -> str:
        """The next line, or nothing at the end; of one beyond the bound only the beginning."""
        line = self._ahead.popleft() if self._ahead else self._file.readline(MOST_ROW_CHARACTERS + 1)
        rest = line
        while len(rest) > MOST_ROW_CHARACTERS and not rest.endswith("\n"):
            rest = self._file.readline(MOST_ROW_CHARACTERS + 1)
        self._line += bool(line)
        return line

    def _cells(self, line: str) -> list[str]:
        if '"' not in line:
            return line.rstrip("\n").split(self._delimiter)
        text, more = line, list[str]()
        while (cells := self._parsed(text)) is None and (added := self._until_quote(len(text), len(more))):
            more += added
            text += "".join(added)
        if cells and (not more or not self.width or len(cells) == self.width):
            return cells
        self._ahead.extendleft(reversed(more))
        self._line -= len(more)
        return self._as_written(line)

    def _as_written(self, line: str) -> list[str]:
        """The cells of a line between tabs, which programs write without quoting; none for other delimiters."""
        cells = line.rstrip("\n").split("\t")
        return cells if self._delimiter == "\t" and len(cells) == self.width else []

    def _until_quote(self, characters: int, lines: int) -> list[str]:
        """The next lines up to one with a quote; none where there is no such line within the bounds of a record."""
        added: list[str] = []
        while characters < MOST_ROW_CHARACTERS and lines + len(added) < _MOST_LINES and (line := self._next()):
            added.append(line)
            characters += len(line)
            if '"' in line:
                return added
        self._ahead.extendleft(reversed(added))
        self._line -= len(added)
        return []

    def _parsed(self, text: str) -> list[str] | None:
        """The cells; None where a quote has no end yet, and no cells at all where quotes stand wrong."""
        try:
            return next(csv.reader([text], delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            return None if _OPEN in str(error) else []

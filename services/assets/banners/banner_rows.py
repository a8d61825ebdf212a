"""Which banners to add: a file, the files of a folder, or the rows of a sheet that describes them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

from services.common.errors import Misconfigured, Rejected, shown
from services.common.one_line import one_line

_DELIMITERS: Final = (",", ";", "\t")
_FILE: Final = "file"


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a banner; the names are the columns of a sheet, beside `file`."""

    product_id: str = ""
    format: str = ""  # empty: the picture's size
    headline: str = ""  # empty: the product's title
    body: str = ""
    call_to_action: str = ""
    link: str = ""  # where a click leads; empty: to the product's page
    starts: str = ""  # see `dates.py`
    ends: str = ""
    ai_generated: str = ""  # "yes" where a model made the picture; empty: no


@dataclass(frozen=True, slots=True)
class BannerRow:
    """A banner that is to be added."""

    place: str  # for people: the file, or a line of the sheet
    path: Path
    about: About
    wrong: Rejected | None = None  # why the row cannot be taken


def rows_of(path: Path, sheet: Path | None, about: About) -> list[BannerRow]:
    """The banners at the path; what a sheet leaves empty is as `about` says. `Misconfigured` where there are none."""
    if sheet is not None:
        if not path.is_dir():
            raise Misconfigured(f"{path}: a folder was expected, in which the files of --sheet lie.")
        found = list(_rows_of_sheet(path, sheet, about))
    elif path.is_dir():
        files = sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
        found = [BannerRow(each.name, each, about) for each in files]
    else:
        found = [BannerRow(path.name, path, about)]
    if not found:
        raise Misconfigured(f"{sheet or path} names no banner.")
    return found


def _rows_of_sheet(folder: Path, sheet: Path, about: About) -> Iterator[BannerRow]:
    try:
        with sheet.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            file.seek(0)
            reader = csv.DictReader(file, delimiter=max(_DELIMITERS, key=head.count), strict=True)
            _check_columns(sheet, list(reader.fieldnames or ()))
            folder = folder.resolve()
            for values in reader:
                yield _row_of(folder, f"{sheet.name}:{reader.line_num}", values, about)
    except OSError as error:
        raise Misconfigured(f"The sheet {sheet} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Misconfigured(f"The sheet {sheet} is no CSV in UTF-8: {one_line(error)}.") from error


def _check_columns(sheet: Path, columns: list[str]) -> None:
    known = [_FILE, *(field.name for field in fields(About))]
    wrong = [name for name, times in Counter(columns).items() if name not in known or times > 1]
    if wrong or _FILE not in columns:
        raise Misconfigured(
            f"{sheet}: columns {shown(columns)} where {_FILE!r} and once any of {known[1:]} were expected."
        )


def _row_of(folder: Path, place: str, values: Mapping[str | None, object], about: About) -> BannerRow:
    said = {name: value.strip() for name, value in values.items() if name and isinstance(value, str) and value.strip()}
    name = said.pop(_FILE, "")
    path = folder / name
    wrong = None
    if None in values:
        wrong = Rejected("invalid", "columns", values[None], "no more values than columns")
    elif not name or "\0" in name or not path.resolve().is_relative_to(folder):
        wrong = Rejected("invalid", _FILE, name, "a file in the folder")
    return BannerRow(f"{place} {name}", path, replace(about, **said), wrong)

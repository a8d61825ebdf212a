"""The cells of one row by our fields, as texts and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from services.catalogue.feeds.fields.currencies import CURRENCIES, SIGNS
from services.catalogue.feeds.fields.text import bounded, leading_parts, plain_text
from services.catalogue.feeds.mapping import ColumnMap
from services.catalogue.feeds.rows import Row, Value
from services.catalogue.feeds.shop_programs import ECCUBE, WOOCOMMERCE
from services.common.errors import Rejected

_MOST_RATED: Final = 10**9
BEST: Final = 5  # of ratings
_MOST_DIGITS: Final = 40
_RATED: Final = re.compile(r"([0-9][0-9.,]*) ?(?:/|out of|of|von|sur|de|из|av|van) ?5\b[^0-9]*")  # "4.7 out of 5 stars"
_COUNTED: Final = re.compile(
    r"\(?([0-9]{1,3}(?:[,.' ][0-9]{3})+|[0-9]+(?:\.[0-9]+)?) ?(k|万|萬)?\+?(?![0-9k])[^0-9]*", re.I
)
_DEEPER: Final = re.compile(r"\s*(?:>{2,}|[|»›]|(?<=\s)->(?=\s))\s*")  # "Clothing >> Shorts", "Clothing | Shorts"
_QUOTED: Final = re.compile(r"\"([^\"]+)\"|'([^']+)'")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[,.' ][0-9]{3})+")
_TIMES: Final = {"": 1, "k": 1_000, "万": 10_000, "萬": 10_000}
_CATEGORIES_APART: Final = re.compile(r"(?<!\\),\s*")  # WooCommerce writes the comma of a name as "\,"


@dataclass(frozen=True, slots=True)
class Cells:
    """Reads the fields of a row; each method raises `Rejected` for a cell that is none of its kind."""

    row: Row
    columns: ColumnMap

    def value(self, field: str) -> Value | None:
        """The first cell of the field that is not empty."""
        return next(self.values(field), None)

    def values(self, field: str) -> Iterator[Value]:
        """All cells of the field that are not empty."""
        for column in self.columns.columns.get(field, ()):
            if (value := self.row.values.get(column)) is not None:
                yield value

    def own(self, name: str) -> Value:
        """The cell of a column by the shop program's own name; empty text where there is none."""
        return self.row.values.get(self.columns.own.get(name, ""), "")

    def text(self, field: str) -> str:
        """The field as one line of plain text, within its bound; empty where there is none."""
        value = self.value(field)
        if value is None:
            return ""
        text = plain_text(as_text(value, field), field)
        return bounded(leading_parts(text) if field == "title" else text, field)

    def category(self) -> str:
        """The product's category, its levels with ">" between: of several categories the one with most levels.

        One with a name comes before a number, which is the id of a category, as of Google's.
        """
        named = (one for one in self.values("product_type") if not str(one).strip().isdecimal())
        value = next(named, self.value("product_type"))
        if isinstance(value, tuple):
            value = deepest([as_text(one, "product_type") for one in value])
        elif isinstance(value, str) and value.startswith("["):  # a list of JSON or Python, as data frames are saved
            value = deepest([one or other for one, other in _QUOTED.findall(value)]) or value
        elif isinstance(value, str) and self.columns.kind in (WOOCOMMERCE, ECCUBE):
            value = deepest([one.replace("\\,", ",") for one in _CATEGORIES_APART.split(value)])
        if value is None:
            return ""
        text = plain_text(as_text(value, "product_type"), "product_type")
        return bounded(_DEEPER.sub(" > ", text), "product_type")

    def currency(self) -> str:
        """The code in the row's currency column; empty where it has none."""
        value = self.value("currency")
        if value is None:
            return ""
        said = as_text(value, "currency").strip()
        meant = (said.upper(),) if said.upper() in CURRENCIES else SIGNS.get(said.lower().rstrip("."), ())
        if len(meant) != 1:
            raise Rejected("currency", "currency", value, "a code of ISO 4217 like EUR")
        return meant[0]

    def rating(self) -> float | None:
        """The mean rating; None where there is none (0 means that nobody rated)."""
        value = self.value("rating")
        if value is None or _is_no_number(value):
            return None
        rating = as_number(_RATED.sub(r"\1", value.strip()) if isinstance(value, str) else value)
        if rating is None or not 0 <= rating <= BEST:
            raise Rejected("rating", "rating", value, f"a number from 0 to {BEST}")
        return float(rating) or None

    def rating_count(self) -> int:
        """How many rated; 0 where that is not said."""
        value = self.value("rating_count")
        if value is None or _is_no_number(value):
            return 0
        count = as_count(value)
        if count is None or not 0 <= count <= _MOST_RATED or count != count.to_integral_value():
            raise Rejected("rating", "rating_count", value, f"a whole number from 0 to {_MOST_RATED}")
        return int(count)


def deepest(categories: Sequence[str]) -> str:
    """Of several categories the first with most levels; of names without levels all, as the levels of one.

    >>> deepest(["Sale", "Clothing > Shirts", "Men > New"]), deepest(["Garden", "Saws", "Chains"])
    ('Clothing > Shirts', 'Garden > Saws > Chains')
    """
    if any(">" in name for name in categories):
        return max(categories, key=lambda name: name.count(">"))
    return " > ".join(categories)


def as_text(value: Value, field: str) -> str:
    """A text, or a number as text: 7, and 7.0 from a table whose whole numbers are floats, are "7".

    >>> as_text(Decimal("7.0"), "product_id"), as_text(("red", "blue"), "colour")
    ('7', 'red/blue')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "/".join(as_text(one, field) for one in value)
    if isinstance(value, bool):
        raise Rejected("invalid", field, value, "text")
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return str(int(value)) if value.adjusted() < _MOST_DIGITS else str(value)
    return str(value)


def _is_no_number(value: Value) -> bool:
    """Whether a shop says in words that there is none: "No rating available", "N/A", "-"."""
    return isinstance(value, str) and not any(letter.isdigit() for letter in value)


def as_count(value: Value) -> Decimal | None:
    """A count as shops show it, at least so many; None for anything else.

    >>> [int(as_count(said) or 0) for said in (7, "1,234 ratings", "(56)", "2.5万+条评价", "1.2k", "1000+")]
    [7, 1234, 56, 25000, 1200, 1000]
    """
    found = _COUNTED.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        return as_number(value)
    grouped = not found[2] and _GROUPED.fullmatch(found[1])
    return Decimal(re.sub("[^0-9]", "", found[1]) if grouped else found[1]) * _TIMES[(found[2] or "").lower()]


def as_number(value: Value) -> Decimal | None:
    """A number, also with a comma before its decimals; None for anything else."""
    if isinstance(value, bool | tuple):
        return None
    try:
        number = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS else None

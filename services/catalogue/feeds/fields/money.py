"""Reads prices as shops write them: "29,90 €", "1.299,00 EUR", "JPY 2,980", "KWD 16.000", "29.0".

Which mark stands before the cents is decided by the price alone where that is certain:

- two different marks: the last one ("1.299,00", "1,299.00", "1'299.50"); a mark that repeats or is a space or an
  apostrophe parts thousands ("1.299.000", "1 299");
- one mark that is not before exactly three digits: it stands before the decimals ("29,9", "29.0", "1234.5");
- one mark before exactly three digits: in a currency without decimals it parts thousands ("JPY 2,980"); in one with
  three decimals a point stands before them ("KWD 16.000"); in every other case the price can be read two ways
  ("1,299 EUR": as much as a car or as a coffee) and is refused, unless the feed's own prices show its mark
  (`decimal_mark_of`) or the mapping names it.

Zeros beyond the currency's decimals say nothing ("JPY 2980.00"); other digits there are refused ("JPY 2980.50"). A
number of JSON or Parquet is what it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.catalogue.feeds.fields.currencies import CURRENCIES, SIGNS
from services.catalogue.feeds.rows import Value
from services.common.currency import decimals_of
from services.common.errors import Rejected

MOST_MINOR: Final = 10**12
_MOST_CHARACTERS: Final = 60
_PARTS: Final = re.compile(r"([^0-9]*?)((?:(?<![^\W\d_])[.,])?[0-9][0-9.,' ]*)(.*)", re.DOTALL)
"""Before the number, the number, behind it. A point behind a letter is the sign's: "Rs.50" is 50 rupees, not .50."""

_GROUPED: Final = re.compile(
    r"[0-9]{1,3}((?P<mark>[.,' ])[0-9]{3})((?P=mark)[0-9]{3})*|[0-9]{1,2}(,[0-9]{2})+,[0-9]{3}"
)
_ROUND: Final = re.compile(r"(?<=[0-9])[.,] ?[-–—]+")
_FOLDED: Final = str.maketrans({"٫": ".", "٬": "'", "’": "'", "‘": "'", "،": ",", "、": ",", "\u2212": "-"})
_MARKS: Final = ".,"
_OTHER: Final = {".": ",", ",": "."}
_GROUPS_EXPECTED: Final = "an amount with its thousands in groups of three"
_THOUSANDS: Final = 3


@dataclass(frozen=True, slots=True)
class Price:
    """An amount above zero, in minor units of its currency."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class PriceFormat:
    """What is known of a feed's prices beside each price itself; empty: nothing."""

    currency: str = ""
    decimal: str = ""  # "." or ","


def read_price(value: Value, field: str, price_format: PriceFormat) -> Price:
    """The price in a cell; raises `Rejected`: `money` for no readable amount, `currency` for none or a wrong one.

    >>> read_price("1.299,00 EUR", "price", PriceFormat()), read_price("JPY 2,980", "price", PriceFormat())
    (Price(minor=129900, currency='EUR'), Price(minor=2980, currency='JPY'))
    """
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        currency = _known(price_format.currency, str(value), field)
        return Price(_minor(Decimal(value), value, currency, field), currency)
    if not isinstance(value, str) or len(value) > _MOST_CHARACTERS:
        raise Rejected("money", field, value, 'a price like "29.90 EUR"')
    number, sign = _taken_apart(value, field)
    currency = _currency(sign, price_format.currency, value, field)
    try:
        amount = _amount(number, currency, price_format.decimal)
    except ValueError as error:
        raise Rejected("money", field, value, str(error)) from error
    return Price(_minor(amount, value, currency, field), currency)


def decimal_mark_of(values: Iterable[Value]) -> str:
    """The mark before decimals, where the prices that are certain agree on one; else nothing.

    >>> decimal_mark_of(["29,90 €", "1.299,00 €", "1.299 €"]), decimal_mark_of(["29.90", "29,90"])
    (',', '')
    """
    marks = {mark for value in values if isinstance(value, str) and (mark := _certain_mark(value))}
    return marks.pop() if len(marks) == 1 else ""


def _certain_mark(value: str) -> str:
    if len(value) > _MOST_CHARACTERS or not (parts := _PARTS.fullmatch(_folded(value))):
        return ""
    number = parts[2].rstrip(" .,'")
    last = max(number.rfind(mark) for mark in _MARKS)
    if last < 0 or not _GROUPED.fullmatch(number):
        return "" if last < 0 or len(number) - last - 1 == _THOUSANDS else number[last]
    return _OTHER[number[last]] if number.count(number[last]) > 1 else ""


def _folded(text: str) -> str:
    """With ASCII digits, plain spaces and marks, without signs of writing direction."""
    digits = (str(unicodedata.decimal(letter, letter)) for letter in unicodedata.normalize("NFKC", text))
    plain = "".join(digits).translate(_FOLDED)
    return "".join(letter for letter in " ".join(plain.split()) if unicodedata.category(letter) != "Cf")


def _taken_apart(value: str, field: str) -> tuple[str, str]:
    """The number, and what stands before or behind it."""
    parts = _PARTS.fullmatch(_ROUND.sub(" ", _folded(value)))
    if not parts:
        raise Rejected("money", field, value, 'a price like "29.90 EUR"')
    number, rest = parts[2], parts[3]
    kept = number.rstrip(" .,'")
    kept = f"0{kept}" if kept[0] in _MARKS else kept
    before, behind = parts[1].strip(), rest.strip()
    first, *again = behind.split() or [""]
    if again == [first]:  # "79000 NOK NOK"
        behind = first
    if (before and behind and not _same_currency(before, behind)) or "-" in before:
        raise Rejected("money", field, value, "one amount above 0 with one currency")
    return kept, behind if _is_code(behind) else before or behind


def _is_code(sign: str) -> bool:
    return sign.upper() in CURRENCIES


def _same_currency(sign: str, code: str) -> bool:
    """Whether a sign and a code name the same currency: "$29.90 USD"."""
    code, sign = (sign, code) if _is_code(sign) and not _is_code(code) else (code, sign)
    meant = SIGNS.get(sign.lower().rstrip("."), (sign.upper(),))
    return code.upper() in meant


def _currency(sign: str, expected: str, value: str, field: str) -> str:
    """The currency that a sign or code means; raises `Rejected` where it means none or several."""
    code = sign.upper()
    if code in CURRENCIES:
        return code
    if not sign:
        return _known(expected, value, field)
    meant = SIGNS.get(sign.lower().rstrip(".")) or SIGNS.get(sign.lower()) or ()
    if expected in meant:
        return expected
    if len(meant) != 1:
        wanted = f"a currency ({sign} is that of {', '.join(meant[:4])})" if meant else "a currency of ISO 4217"
        raise Rejected("currency", field, value, wanted)
    return meant[0]


def _known(currency: str, value: object, field: str) -> str:
    if not currency:
        raise Rejected(
            "currency", field, value, "a price with its currency (in the cell, in a column, or by --currency)"
        )
    return currency


def _amount(number: str, currency: str, decimal: str) -> Decimal:
    """The number; raises ValueError with what was expected for one that is none or can be read two ways."""
    last = max(number.rfind(mark) for mark in _MARKS)
    whole, fraction = (number[:last], number[last + 1 :]) if last >= 0 else (number, "")
    mark = number[last] if last >= 0 else ""
    if mark and _is_decimal(number, mark, currency, decimal):
        if not fraction.isdigit() or not (whole.isdigit() or (_GROUPED.fullmatch(whole) and mark not in whole)):
            raise ValueError(_GROUPS_EXPECTED)
        return Decimal(f"{re.sub('[^0-9]', '', whole)}.{fraction}")
    if not number.isdigit() and not _GROUPED.fullmatch(number):
        raise ValueError(_GROUPS_EXPECTED)
    return Decimal(re.sub("[^0-9]", "", number))


def _is_decimal(number: str, mark: str, currency: str, decimal: str) -> bool:
    """Whether the last mark of a number stands before decimals; raises ValueError where that is uncertain."""
    behind = len(number) - number.rfind(mark) - 1
    if number.count(mark) > 1:
        return False
    if behind != _THOUSANDS or any(other in number for other in " '.,".replace(mark, "")):
        return True
    if decimal:
        return mark == decimal
    if decimals_of(currency) == 0:
        return False
    if decimals_of(currency) == _THOUSANDS and mark == ".":
        return True
    raise ValueError("a price with one reading (say by `decimal` in a mapping which mark is before cents)")


def _minor(amount: Decimal, value: object, currency: str, field: str) -> int:
    """The amount in minor units; raises `Rejected` for one that is not above zero, too large or too fine."""
    decimals = decimals_of(currency)
    most = f"an amount above 0 and below {MOST_MINOR // 10**decimals:,} {currency}"
    if not amount.is_finite() or not 0 < amount < MOST_MINOR:
        raise Rejected("money", field, value, most)
    minor = amount.scaleb(decimals)
    if minor != minor.to_integral_value():
        fits = f"at most {decimals} decimals, as {currency} has," if decimals else f"a whole amount of {currency}"
        raise Rejected("money", field, value, fits)
    if not minor < MOST_MINOR:
        raise Rejected("money", field, value, most)
    return int(minor)

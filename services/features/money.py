"""Sums of money, each in its own currency: there is no function here that adds two currencies.

An order that names no currency counts in the shop's own, which only the shop knows: such orders are a group of their
own, "". Beside the other integers of a profile a sum is stored as two: the currency's letters, and minor units.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Money = tuple[tuple[str, int], ...]  # currency and minor units, in the order of the currencies; no sum is 0

_CODE = re.compile("([A-Z]{3})?", re.ASCII)
_LETTERS = 3


def added(money: Money, currency: str, value_minor: int) -> Money:
    """`money` with a value more; a value of 0 adds nothing, and says nothing of a currency.

    >>> added(added((), "JPY", 1000), "EUR", 5)
    (('EUR', 5), ('JPY', 1000))
    """
    if not value_minor:
        return money
    sums = dict(money)
    sums[currency] = sums.get(currency, 0) + value_minor
    return tuple(sorted(sums.items()))


def packed(money: Money) -> tuple[int, ...]:
    """`money` as integers, for `unpacked`.

    >>> unpacked(packed((("", 7), ("JPY", 1000))))
    (('', 7), ('JPY', 1000))
    """
    return tuple(number for code, value in money for number in (int.from_bytes(code.encode(), "big"), value))


def unpacked(integers: Sequence[int]) -> Money:
    """The sums that `packed` gave; raises ValueError for integers that are none."""
    pairs = zip(integers[::2], integers[1::2], strict=True)
    return tuple((_code(letters), value) for letters, value in pairs)


def _code(letters: int) -> str:
    if not 0 <= letters < 256**_LETTERS:
        raise ValueError(f"{letters} is no currency")
    code = letters.to_bytes(_LETTERS, "big").lstrip(b"\0").decode("latin-1")
    if not _CODE.fullmatch(code):
        raise ValueError(f"{code!r} is no currency")
    return code

"""Amounts of money as texts write them: a number with a currency before or behind it, whatever stands beside; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.screening.claims.numbers import NUMBER_AFTER_SIGN, NUMBER_AFTER_WORD
from services.screening.claims.patterns import table

_TABLE: Final[Mapping[str, Any]] = table("money.toml")
_CODES: Final[Mapping[str, list[str]]] = {code: [code] for code in _TABLE["codes"]["codes"]} | _TABLE["signs"]
_BY_PATTERN: Final = [(re.compile(sign, re.IGNORECASE), codes) for sign, codes in _CODES.items()]
_SIGN: Final = "|".join(sorted(_CODES, key=len, reverse=True))
_APART: Final = r"(?:(?<![a-z\u00c0-\u024f])|(?![a-z\u00c0-\u024f]))"
"""Not between two Latin letters: "kr" is no currency in "kraft", "€" is one in "nur€20", as "¥" is behind 只要."""

MONEY: Final = (
    rf"(?:{_APART}(?P<c1>{_SIGN})\s?(?P<n1>{NUMBER_AFTER_SIGN})"
    rf"|(?P<n2>{NUMBER_AFTER_WORD})(?:[.,:][-–—]{{1,2}})?\s?(?P<c2>{_SIGN}){_APART}(?!\d))"
)
"""The pattern of an amount: "€37.25", "EUR 37", "37,25 €", "20,- €", "239元".

A sign right before a number is that number's: "iPhone 15 €999".
"""

_NO_DAY: Final = re.compile(rf"(?:{_APART}(?:{_SIGN})\s?|{_TABLE['no_day']['after']})$", re.IGNORECASE)
_LONGEST: Final = 20  # characters before a number that may say what it is
_NUMBER_GOES_ON: Final = re.compile(rf"(?<=\d)\s?(?:%|(?:{_SIGN}){_APART})", re.IGNORECASE)


def currencies_of(match: re.Match[str]) -> frozenset[str]:
    """What the signs of a match may mean."""
    spans = [match.span(name) for name in ("c1", "c2") if match.groupdict().get(name)]
    return frozenset(code for span in spans for code in _codes(match.string, span))


def _codes(text: str, span: tuple[int, int]) -> Sequence[str]:
    return next(codes for pattern, codes in _BY_PATTERN if pattern.fullmatch(text, *span))


def is_day(match: re.Match[str]) -> bool:
    """Whether what looks like a day is one: "£12.11." is an amount at the end of a sentence, "bis 12.11." a day."""
    if match.groupdict().get("year"):
        return True
    before = match.string[max(0, match.start() - _LONGEST) : match.start()]
    return not _NO_DAY.search(before) and not _NUMBER_GOES_ON.match(match.string, match.end())

"""Numbers as texts write them: 1,299.00 and 1.299,00, "three", 一百, 3万; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from services.screening.claims.patterns import table

WORDS: Final[Mapping[str, Decimal]] = {word: Decimal(str(value)) for word, value in table("numbers.toml").items()}
_DIGITS: Final = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1_000}
_MYRIADS: Final = {"万": 10_000, "亿": 100_000_000}
_HAN: Final = "".join((*_DIGITS, *_TENS, *_MYRIADS))
_WORD: Final = "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True))

_FIGURES: Final = (
    r"(?:\d{1,3}(?:[ ]\d{3}){1,6}(?:[.,]\d{1,2})?(?!\d|\s?%)"
    r"|(?>\d{1,18}(?:[.,']\d{1,18}){0,6})(?:\s?[万千亿](?![能用圣层鸟纸])|k(?![a-z]))?(?![A-Za-z]{3,}\d))"
)
"""Its digits are read to their end: where what follows forbids a match, "239" is not read as "23"."""

NUMBER: Final = (
    rf"(?:(?:(?<![A-Za-z0-9])|(?<=\d[xX]))(?<!\d[.,]){_FIGURES}"
    rf"|\b(?:{_WORD})\b|(?<![{_HAN}])[{_HAN}]{{1,20}})"
)
"""The pattern of one number. Its length is bound, so that no text takes longer than its length asks for."""

NUMBER_AFTER_SIGN: Final = rf"(?:{_FIGURES}|\b(?:{_WORD})\b|[{_HAN}]{{1,20}})"
"""The same right behind a currency: "EUR37.25"."""

NUMBER_AFTER_WORD: Final = rf"(?:{NUMBER}|(?<=[A-Za-z]{{3}}){_FIGURES})"
"""The same right behind a word: "nur37,25 €". Behind fewer letters it is a size or a model: "A4"."""


def values_of(token: str) -> frozenset[Decimal]:
    """What a number may mean: "1.299" is two numbers, depending on who writes it.

    >>> [sorted(map(str, values_of(token))) for token in ("1,299.00", "1.299", "一千二百九十九", "3.5万", "八五")]
    [['1299.00'], ['1.299', '1299'], ['1299'], ['35000.0'], ['85']]
    """
    plain = token.strip().lower()
    if plain in WORDS:
        return frozenset((WORDS[plain],))
    if plain[0] in _HAN:
        return frozenset((Decimal(_han(plain)),))
    scale = 1
    if plain[-1] in {**_MYRIADS, "千": 1_000, "k": 1_000}:
        scale = {**_MYRIADS, "千": 1_000, "k": 1_000}[plain[-1]]
        plain = plain[:-1]
    return frozenset(value * scale for value in _digits(re.sub(r"[\s']", "", plain)))


def _digits(plain: str) -> list[Decimal]:
    last = max(plain.rfind("."), plain.rfind(","))
    marks = [letter for letter in plain if letter in ".,"]
    whole, part = re.sub(r"[.,]", "", plain[:last]), plain[last + 1 :]
    if not marks:
        return [Decimal(plain)]
    if len(marks) > 1 and len(set(marks)) == 1:  # one mark twice parts thousands
        return [Decimal(whole + part)]
    decimal = Decimal(f"{whole}.{part}")
    is_open = len(marks) == 1 and len(part) == 3 and whole != "0"  # the one mark may part thousands or decimals
    return [decimal, Decimal(whole + part)] if is_open else [decimal]


def _han(plain: str) -> int:
    """一百二十 by units, 八五 digit by digit."""
    if not set(plain) - set(_DIGITS):
        return int("".join(str(_DIGITS[letter]) for letter in plain))
    total = section = digit = 0
    for letter in plain:
        if letter in _DIGITS:
            digit = _DIGITS[letter]
        elif letter in _TENS:
            section += (digit or 1) * _TENS[letter]
            digit = 0
        else:
            total = (total + section + digit or 1) * _MYRIADS[letter]
            section = digit = 0
    return total + section + digit

"""Prices as the readers of a language write them: "29,90 €", "￥2,980", "د.ك.‏ 16.000"."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import NumberPattern, parse_pattern

from services.common.currency import decimals_of

_TOUCHING: Final = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
)  # CLDR parts letters from digits; babel does not
_PLAIN: Final = "en"  # the digits and marks where the language is not known


def price_text(minor: int, currency: str, language: str) -> str:
    """The amount with its currency, by CLDR's rules for the language and with the decimals of ISO 4217.

    Of Swiss amounts from a million on babel drops pairs of apostrophes: "CHF 1000000.00".

    >>> [price_text(2990, "EUR", "de"), price_text(2980, "JPY", "ja"), price_text(16000, "KWD", "en")]
    ['29,90\\xa0€', '￥2,980', 'KWD\\xa016.000']
    """
    decimals = decimals_of(currency)
    pattern, locale = _pattern(language, decimals)
    amount = Decimal(minor).scaleb(-decimals)
    text: str = pattern.apply(amount, locale, currency=currency, currency_digits=False)
    return _TOUCHING.sub("\xa0", text)


@cache
def _pattern(language: str, decimals: int) -> tuple[NumberPattern, Locale]:
    try:
        locale = Locale.parse(language.replace("-", "_") or _PLAIN)
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(_PLAIN)
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (decimals, decimals)
    return pattern, locale

"""Prices as the readers of a language write them: "29,90 €", "￥2,980", "د.ك.‏ 16.000"."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import NumberPattern, parse_pattern

from services.common.currency import decimals_of

_TOUCHING: Final = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
)  # CLDR parts letters from digits; babel does not
_ALSO_WHOLE: Final = frozenset(("CNY", "INR", "KZT", "PHP", "RUB", "THB", "UAH"))
"""Currencies whose shops leave out decimals of zero, though CLDR knows of no cash rounding: small coins are in use."""

_PLAIN: Final = "en"  # the digits and marks where the language is not known


def price_text(minor: int, currency: str, language: str) -> str:
    """The amount with its currency, by CLDR's rules for the language and with the decimals of ISO 4217.

    A whole amount has no decimals where its currency is customarily written so. Of Swiss amounts from a million on
    babel drops pairs of apostrophes: "CHF 1000000.00".

    >>> [price_text(2990, "EUR", "de"), price_text(2980, "JPY", "ja"), price_text(16000, "KWD", "en")]
    ['29,90\\xa0€', '￥2,980', 'KWD\\xa016.000']
    >>> [price_text(minor, "TWD", "zh-TW") for minor in (800000, 800050)], price_text(49900, "INR", "en-IN")
    (['$8,000', '$8,000.50'], '₹499')
    """
    decimals = decimals_of(currency)
    pattern, locale = _pattern(language, decimals if minor % 10**decimals or not _is_whole(currency) else 0)
    amount = Decimal(minor).scaleb(-decimals)
    text: str = pattern.apply(amount, locale, currency=currency, currency_digits=False)
    return _TOUCHING.sub("\xa0", text)


@cache
def _is_whole(currency: str) -> bool:
    """Whether whole amounts are customarily written without decimals; CLDR's digits of cash say so."""
    _, _, cash_digits, _ = get_global("currency_fractions").get(currency, (2, 0, 2, 0))
    return cash_digits == 0 or currency in _ALSO_WHOLE


@cache
def _pattern(language: str, decimals: int) -> tuple[NumberPattern, Locale]:
    try:
        locale = Locale.parse(language.replace("-", "_") or _PLAIN)
    except (UnknownLocaleError, ValueError):
        locale = Locale.parse(_PLAIN)
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (decimals, decimals)
    return pattern, locale

"""Prices are read as what they are, and refused where they could be two things."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision, list_currencies

from services.catalogue.feeds.fields.currencies import CURRENCIES, SIGNS
from services.catalogue.feeds.fields.money import Price, PriceFormat, decimal_mark_of, read_price
from services.catalogue.feeds.rows import Value
from services.common.currency import decimals_of
from services.common.errors import Rejected

CUSTOMARY = {
    *("AFN", "ALL", "COP", "HUF", "IDR", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "SOS", "SYP", "YER"),
}
"""Currencies in use whose decimals nobody writes: CLDR has 0 for them, ISO 4217 what prices are counted in."""


@pytest.mark.parametrize(
    ("value", "currency", "minor", "read_as"),
    [
        ("29,90 €", "", 2990, "EUR"),
        ("1.299,00 EUR", "", 129900, "EUR"),
        ("EUR24.99", "", 2499, "EUR"),
        ("JPY 2,980", "", 2980, "JPY"),
        ("JPY 2980.00", "", 2980, "JPY"),
        ("￥2,980", "JPY", 2980, "JPY"),
        ("2.980円", "", 2980, "JPY"),
        ("KWD 16.000", "", 16000, "KWD"),
        ("١٦٫٠٠٠ د.ك", "", 16000, "KWD"),
        ("16.000 د.ك.\u200f", "", 16000, "KWD"),
        ("29.0", "EUR", 2900, "EUR"),
        ("29", "USD", 2900, "USD"),
        (".99", "USD", 99, "USD"),
        ("Rs.50", "INR", 5000, "INR"),
        ("$.99", "USD", 99, "USD"),
        ("2\u00a0990,00\u00a0₽", "", 299000, "RUB"),
        ("2 990 руб.", "", 299000, "RUB"),
        ("299元", "CNY", 29900, "CNY"),
        ("US$29.99", "", 2999, "USD"),
        ("$29.99", "CAD", 2999, "CAD"),
        ("CHF 1'299.50", "", 129950, "CHF"),
        ("29,-", "EUR", 2900, "EUR"),
        ("２９８０円", "", 2980, "JPY"),
        ("29.90 eur", "", 2990, "EUR"),
        ("₹1,23,456.50", "", 12345650, "INR"),
        ("1.234.567", "EUR", 123456700, "EUR"),
        (Decimal("29.9"), "EUR", 2990, "EUR"),
        (1980, "JPY", 1980, "JPY"),
    ],
)
def test_a_price_is_read_as_what_it_is(value: Value, currency: str, minor: int, read_as: str) -> None:
    assert read_price(value, "price", PriceFormat(currency)) == Price(minor, read_as)


@pytest.mark.parametrize(
    ("value", "currency", "reason"),
    [
        ("1,299", "EUR", "money"),
        ("29.000 EUR", "", "money"),
        ("16,000 KWD", "", "money"),
        ("JPY 2980.50", "", "money"),
        ("29.999 99 EUR", "", "money"),
        ("-5 EUR", "", "money"),
        ("0", "EUR", "money"),
        ("0,00 €", "", "money"),
        ("1000000000000", "JPY", "money"),
        ("1000000000000 EUR", "", "money"),
        (Decimal("1e30"), "EUR", "money"),
        (Decimal("0.30000000000000004"), "EUR", "money"),
        (Decimal("NaN"), "EUR", "money"),
        (True, "EUR", "money"),
        ("", "EUR", "money"),
        ("free", "EUR", "money"),
        ("ab 29,90 €", "", "money"),
        ("1.2.3", "EUR", "money"),
        ("12,34,5", "EUR", "money"),
        ("29 90", "EUR", "money"),
        ("9" * 100, "EUR", "money"),
        ("29,90", "", "currency"),
        ("29 banana", "", "currency"),
        ("$29", "", "currency"),
        ("￥2,980", "", "currency"),
        ("29.90-39.90", "EUR", "currency"),
        ("29,90 €/Stück", "", "currency"),
        ("1e5", "EUR", "currency"),
    ],
)
def test_a_price_that_is_none_or_could_be_two_is_refused_by_field_and_value(
    value: Value, currency: str, reason: str
) -> None:
    with pytest.raises(Rejected, match="^price: ") as refused:
        read_price(value, "price", PriceFormat(currency))
    assert refused.value.reason == reason


def test_a_price_with_two_readings_is_read_where_the_feed_shows_its_mark() -> None:
    german = decimal_mark_of(["29,90 €", "1.299 €", "1.299,00 €", "99 €"])
    english = decimal_mark_of(["1,299", "29.9"])
    assert (german, english, decimal_mark_of(["1,299", "1.299"]), decimal_mark_of(["29.90", "29,90"])) == (
        ",",
        ".",
        "",
        "",
    )
    assert decimal_mark_of(["₹1,23,456", "₹399", "₹1,099"]) == "."
    assert read_price("1.299 €", "price", PriceFormat(decimal=german)).minor == 129900
    assert read_price("1,299 USD", "price", PriceFormat(decimal=english)).minor == 129900
    assert read_price("29.000 USD", "price", PriceFormat(decimal=english)).minor == 2900
    with pytest.raises(Rejected, match="at most 2 decimals"):
        read_price("1.299 USD", "price", PriceFormat(decimal=english))


def test_the_table_of_decimals_is_that_of_iso_4217_and_differs_from_cldr_only_by_custom() -> None:
    differing = {code for code in CURRENCIES if get_currency_precision(code) != decimals_of(code)}
    assert differing == CUSTOMARY


def test_currencies_are_codes_that_exist() -> None:
    assert CURRENCIES - list_currencies() <= {"XCG"}  # newer than some releases of CLDR
    assert {code for codes in SIGNS.values() for code in codes} <= CURRENCIES
    assert not CURRENCIES & {"DEM", "FRF", "ITL", "XXX", "XTS", "XAU"}

"""An amount of the row is read as that amount, however a locale writes it and whatever stands beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from babel.numbers import format_currency
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.common.currency import decimals_of
from services.copywriter.offer_words import Moment
from services.screening.claims.check import check_of, claims_in

NOW = Moment(datetime(2026, 11, 28, 12, tzinfo=UTC))
SHOPS = (
    ("en_GB", "GBP"), ("en_US", "USD"), ("en_IE", "EUR"), ("en_CA", "CAD"), ("en_IN", "INR"), ("de_DE", "EUR"), ("de_CH", "CHF"),
    ("fr_FR", "EUR"), ("fr_CA", "CAD"), ("nl_NL", "EUR"), ("sv_SE", "SEK"), ("da_DK", "DKK"), ("pl_PL", "PLN"), ("cs_CZ", "CZK"),
    ("pt_BR", "BRL"), ("ru_RU", "RUB"), ("uk_UA", "UAH"), ("ja_JP", "JPY"), ("zh_CN", "CNY"), ("zh_TW", "TWD"), ("ko_KR", "KRW"),
)  # fmt: skip
BEFORE = ("", "Now ", "now only ", "Jetzt nur ", "nur", "Only: ", "(", "“", "🔥", "Das Kleid – ", "只要", "现价：", "いま", "Всего ", "지금",
          "A bag. ", "Tasche.", "In May ")  # fmt: skip
AFTER = ("", *".,;:!?…。，！？）)”\"*", "...", ". ", ".\n", ", ", " – ", "!!", "🔥", " kaufen", " für dich", " today", ". May be yours",
         ". Größe", "带走", "（包邮）", "です", "только", "입니다", "/件", "®", "\u200b")  # fmt: skip
shops, before, after = st.sampled_from(SHOPS), st.sampled_from(BEFORE), st.sampled_from(AFTER)
cents = st.one_of(st.integers(100, 9_999_999), st.integers(1, 31).flatmap(lambda day: st.integers(100 * day, 100 * day + 31)))


def written(minor: int, locale: str, currency: str, code: bool) -> str:
    """As the locale writes it, with its sign or the code of ISO 4217, and with all the decimals of the currency."""
    amount = Decimal(minor).scaleb(-decimals_of(currency))
    text = format_currency(amount, currency, locale=locale, currency_digits=False, decimal_quantization=False)
    decimals = decimals_of(currency)
    pattern = "#,##0" + "." * bool(decimals) + "0" * decimals
    number = format_currency(amount, currency, pattern, locale=locale, currency_digits=False)
    return f"{currency} {number}" if code else text

"""An amount of the row is read as that amount, however a locale writes it and whatever stands beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from babel.numbers import format_currency, format_decimal
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.common.currency import decimals_of
from services.copywriter.offer_words import Moment
from services.screening.claims.check import claims_in
from services.screening.claims.claim import Claim
from services.screening.claims.plain import plain_of

NOW = Moment(datetime(2026, 11, 28, 12, tzinfo=UTC))
SHOPS = (
    ("en_GB", "GBP"), ("en_US", "USD"), ("en_IE", "EUR"), ("en_CA", "CAD"), ("en_IN", "INR"), ("de_DE", "EUR"),
    ("de_CH", "CHF"), ("fr_FR", "EUR"), ("fr_CA", "CAD"), ("nl_NL", "EUR"), ("sv_SE", "SEK"), ("da_DK", "DKK"),
    ("pl_PL", "PLN"), ("cs_CZ", "CZK"), ("pt_BR", "BRL"), ("ru_RU", "RUB"), ("uk_UA", "UAH"),
    ("ja_JP", "JPY"), ("zh_CN", "CNY"), ("zh_TW", "TWD"), ("ko_KR", "KRW"),
)  # fmt: skip
BEFORE = (
    "", "Now ", "just ", "Jetzt nur ", "nur", "Only: ", "(", "“", "🔥", "Das Kleid – ", "A bag. ", "Tasche.", "In May ",
    "只要", "现价：", "いま", "Всего ", "지금",
)  # fmt: skip
AFTER = (
    "", *".,;:!?…。，！？）)”\"*", "...", ". ", ".\n", ", ", " – ", "!!", "🔥", "®", "\u200b", "/件",
    " kaufen", " für dich", " today", ". May be yours", ". Größe", "带走", "（小号）", "です", "только", "입니다",
)  # fmt: skip
shops = st.sampled_from(SHOPS)
written_as = st.sampled_from(["{sign}", "{code} {number}", "{code}{number}", "{number} {code}"])
neighbours = st.tuples(st.sampled_from(BEFORE), st.sampled_from(AFTER))
days = st.integers(1, 31).flatmap(lambda day: st.integers(100 * day + 1, 100 * day + 12))
minors = st.one_of(st.integers(100, 9_999_999), days)  # 12.11, too, which looks like a day


def amount_text(minor: int, locale: str, currency: str, form: str) -> str:
    """The amount as the locale writes it, with its sign, or with the code of ISO 4217 on either side."""
    decimals = decimals_of(currency)
    amount = Decimal(minor).scaleb(-decimals)
    number = format_decimal(amount, "#,##0" + "." * bool(decimals) + "0" * decimals, locale=locale)
    sign = format_currency(amount, currency, locale=locale)
    return form.format(sign=sign, code=currency, number=number)


def unsupported(text: str, minor: int, currency: str) -> list[Claim]:
    row = Product(title="Bag", price_minor=minor, currency=currency, availability="IN_STOCK")
    return [claim for claim in claims_in(text, row, NOW) if claim.supported_by is None]


def is_one_word(before: str, amount: str) -> bool:
    """Nobody writes "nurCHF 12": a code stands apart from other letters."""
    return before[-1:].isalpha() and before[-1:].isascii() and amount[0].isalpha()


@settings(max_examples=200, deadline=None)
@given(shops, minors, written_as, neighbours, st.data())
def test_an_amount_of_the_row_passes_and_one_with_another_digit_fails(
    shop: tuple[str, str], minor: int, form: str, beside: tuple[str, str], data: st.DataObject
) -> None:
    (locale, currency), (before, after) = shop, beside
    amount = amount_text(minor, locale, currency, form)
    assume(not is_one_word(before, amount))
    assert unsupported(f"{before}{amount}{after}", minor, currency) == []

    at = data.draw(st.sampled_from([n for n, letter in enumerate(amount) if letter.isdigit()]))
    digit = data.draw(st.sampled_from([one for one in "123456789" if one != amount[at]]))
    wrong = f"{amount[:at]}{digit}{amount[at + 1 :]}"
    failed = unsupported(f"{before}{wrong}{after}", minor, currency)
    assert [plain_of(wrong).text.rstrip(".") in claim.words for claim in failed] == [True]

"""What CLDR writes as a price is read as that price, in any language; no reader raises more than the house's errors."""

from __future__ import annotations

import tempfile
from pathlib import Path

from babel import Locale
from babel.numbers import get_decimal_symbol
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.fields.currencies import CURRENCIES
from services.catalogue.feeds.fields.money import MOST_MINOR, Price, PriceFormat, read_price
from services.catalogue.feeds.fields.text import paragraphs
from services.catalogue.feeds.overrides import Overrides
from services.catalogue.feeds.read_feed import open_feed
from services.catalogue.feeds.rows import Rejection
from services.catalogue.price_text import price_text
from services.common.errors import AdloomError, Rejected
from services.wire.codec.rules import check_fields

LANGUAGES = (
    "ar", "ar-EG", "ar-KW", "ar-SA", "bg", "cs", "da", "de", "de-AT", "de-CH", "el", "en", "en-AU", "en-CA", "en-IN",
    "es", "es-AR", "es-MX", "et", "fa", "fi", "fr", "fr-CA", "fr-CH", "he", "hi", "hr", "hu", "id", "it", "ja", "ka",
    "kk", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "pt-PT", "ro", "ru", "sk", "sl", "sr", "sv", "th", "tr",
    "uk", "uz", "vi", "zh", "zh-Hant", "zh-HK",
)  # fmt: skip
BEGINNINGS = (
    b"", b"id,title,price\n", b"\xef\xbb\xbfid\ttitle\tprice\n", b"Handle,Title,Variant SKU,Variant Price\n", b"[",
    b"{",
    b"ID,Type,SKU,Name,Regular price,Parent\n", b'{"id": 1, "title": "x", "price": 1}\n',
    b"\xff\xfei\0d\0,\0",
    b'<rss><channel><item><id>1</id><title>x</title><price>1</price></item>', b"<?xml version='1.0'?>", b"PK\x03\x04",
    b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"PAR1", b"id,title,price,group id,size,image link,sale price,sale dates\n",
)  # fmt: skip
cells = st.sampled_from(
    ["1", "a", '"', '""', ",", "\n", "\t", "\0", "29,90 €", "1e999", "<b>", "&amp;", "Größe", "\ud800", "</item>", "]",
     "}", "https://s.example/1.jpg", "2026-11-27T00:00Z/2026-11-30T00:00Z", "true", "𝟗", "٫", "NaN", "-", "…"]
)  # fmt: skip
pieces = st.lists(st.one_of(cells.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=20)))


@settings(max_examples=500, deadline=None)  # the first price of each language reads its data
@given(st.sampled_from(LANGUAGES), st.sampled_from(sorted(CURRENCIES)), st.integers(1, MOST_MINOR - 1))
@example("de", "EUR", 129_900)
@example("ar-EG", "KWD", 16_000)
@example("fr", "TND", 16_000)
def test_a_price_as_a_language_writes_it_is_read_as_that_price(language: str, currency: str, minor: int) -> None:
    # babel takes the apostrophes of "1'000'000" for quotes and drops them: "1000000'000" is then no number.
    assume("CH" not in language or minor < 10**8)
    mark = get_decimal_symbol(Locale.parse(language, sep="-"))
    price_format = PriceFormat(currency, "," if mark == "," else ".")  # Arabic has marks of its own, read as these
    assert read_price(price_text(minor, currency, language), "price", price_format) == Price(minor, currency)


@given(st.text(st.sampled_from("0123456789.,' -+eE€$￥KWDJPYUSR٫٬١٢٣٤٥٦\u200f\u00a0()/"), max_size=20))
def test_any_other_text_is_a_price_above_zero_or_rejected(text: str) -> None:
    for price_format in (PriceFormat(), PriceFormat("EUR"), PriceFormat("KWD", ","), PriceFormat("JPY", ".")):
        try:
            price = read_price(text, "price", price_format)
        except Rejected as why:
            assert why.reason in ("money", "currency")
        else:
            assert 0 < price.minor < MOST_MINOR
            assert price.currency in CURRENCIES


@given(st.text(st.one_of(st.characters(), st.sampled_from("<>&;/!-\"'=#xscriptb ")), max_size=200))
def test_what_is_plain_stays_plain(text: str) -> None:
    try:
        once = paragraphs(text, "description")
    except Rejected as why:
        assert why.reason == "undecodable"
        return
    once.encode()
    assert not any(ord(letter) < ord(" ") and letter != "\n" for letter in once)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(BEGINNINGS), pieces)
def test_any_bytes_are_products_and_rejections_or_one_refusal(begin: bytes, rest: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed"
        path.write_bytes(begin + b"".join(rest))
        (Path(folder) / "inside").mkdir()
        try:
            feed = open_feed(path, Overrides(currency="EUR"), Path(folder) / "inside")
            found = list(feed.products())
        except AdloomError:
            return
        for one in found:
            assert isinstance(one, pb.Product | Rejection)
            if isinstance(one, pb.Product):
                check_fields(one)
        ids = [one.product_id for one in found if isinstance(one, pb.Product)]
        assert len(ids) == len(set(ids))

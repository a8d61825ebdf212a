"""Shapes in which shops' programs write things, each found in a public feed; the rows here are made up."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.mapping import recognise
from services.catalogue.feeds.overrides import Overrides
from services.common.errors import Misconfigured
from tests.unit.catalogue.feeds_made import EUROS, read, reasons, table, written

PICTURE = "https://s.example/1.jpg"
PRICES = [
    ({"original_price": "100", "selling_price": "60"}, (10000, 6000)),
    ({"原价": "100", "售价": "60"}, (10000, 6000)),
    ({"通常価格": "100", "販売価格": "60"}, (10000, 6000)),
    ({"price": "0.0", "realPrice": "60"}, (6000, 0)),  # 0: the program knows no price before
    ({"original_price": "100", "selling_price": ""}, (10000, 0)),
    ({"price": "60", "list price": "50"}, (6000, 0)),
    ({"selling_price": "60", "unit price": "100"}, (6000, 0)),  # of a litre, say: no price before
    ({"original_price": "100", "price": "60", "sale_price": "50"}, (10000, 5000)),
]


@pytest.mark.parametrize(("cells", "prices"), PRICES, ids=lambda one: str(one))
def test_what_is_asked_is_the_price_and_what_was_asked_stands_beside_it(
    tmp_path: Path, cells: dict[str, str], prices: tuple[int, int]
) -> None:
    text = table(("id", "title", *cells), [("1", "Hat", *cells.values())])
    products, rejected = read(written(tmp_path, "feed.csv", text), EUROS)
    assert not rejected
    assert (products["1"].price_minor, products["1"].sale_price_minor) == prices


def test_json_of_googles_retail_api_of_schema_org_and_of_shopify_is_recognised(tmp_path: Path) -> None:
    retail = {"id": "r", "title": "Bag", "categories": ["Bags > Totes"], "uri": "https://s.example/r",
              "priceInfo": {"currencyCode": "USD", "price": 18, "originalPrice": 25.5},
              "images": [{"uri": "https://s.example/r.jpg"}], "availability": "OUT_OF_STOCK"}  # fmt: skip
    schema = {"sku": "s", "name": "Mug", "image": {"@type": "ImageObject", "contentUrl": "https://s.example/s.jpg"},
              "brand": {"@type": "Brand", "name": "Nord"}, "aggregateRating": {"ratingValue": 4.5, "reviewCount": 20},
              "offers": {"price": "9.90", "priceCurrency": "EUR", "availability": "https://schema.org/InStock",
                         "url": "https://s.example/s"}}  # fmt: skip
    shopify = {"id": "g", "title": "Hat", "price": {"amount": "29.90", "currencyCode": "CAD"}}
    scraped = {"asin": "a", "title": "Saw", "price": {"value": "$29.53"}, "category_path": ["Garden", "Saws", "Chains"]}
    found: dict[str, pb.Product] = {}
    for number, row in enumerate((retail, schema, shopify, scraped)):
        products, rejected = read(written(tmp_path, f"{number}.jsonl", json.dumps(row)), Overrides(currency="USD"))
        assert not rejected
        found |= products
    assert (found["r"].price_minor, found["r"].sale_price_minor, found["r"].currency) == (2550, 1800, "USD")
    assert (found["r"].link, list(found["r"].image_links)) == ("https://s.example/r", ["https://s.example/r.jpg"])
    assert (found["r"].product_type, found["r"].availability) == ("Bags > Totes", pb.OUT_OF_STOCK)
    assert (found["s"].price_minor, found["s"].currency, found["s"].brand) == (990, "EUR", "Nord")
    assert (found["s"].link, list(found["s"].image_links)) == ("https://s.example/s", ["https://s.example/s.jpg"])
    assert (found["s"].rating, found["s"].rating_count) == (4.5, 20)
    assert (found["g"].price_minor, found["g"].currency) == (2990, "CAD")
    assert (found["a"].price_minor, found["a"].product_type) == (2953, "Garden > Saws > Chains")


def test_zero_ratings_counts_and_pieces_are_read_as_shops_show_them(tmp_path: Path) -> None:
    header = ("id", "title", "price", "sale price", "rating", "review count", "quantity")
    rows = [
        ("1", "Hat", "29.90 EUR", "0.00 EUR", "4.7 out of 5 stars", "2,131 ratings", "1,234"),
        ("2", "Cap", "29.90 EUR", "0", "4,5/5", "2.5万+条评价", "12"),
        ("3", "Bag", "29.90 EUR", "", "4 out of 10", "7", ""),
        ("4", "Tie", "29.90 EUR", "", "", "", "12,5"),
    ]
    products, rejected = read(written(tmp_path, "feed.csv", table(header, rows)))
    found = {key: (round(one.rating, 1), one.rating_count, one.quantity) for key, one in products.items()}
    assert found == {"1": (4.7, 2131, 1234), "2": (4.5, 25000, 12)}
    assert not any(product.sale_price_minor for product in products.values())
    assert reasons(rejected) == [(4, "rating", "rating"), (5, "quantity", "quantity")]


def test_structs_of_parquet_are_named_as_the_objects_of_json(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "title": "Bag", "priceInfo": {"currencyCode": "USD", "price": 18.5}, "images": [{"uri": PICTURE}]},
        {"id": "2", "title": "Hat", "priceInfo": {"currencyCode": "USD", "price": 9.0}, "images": []},
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "feed.parquet")
    products, rejected = read(tmp_path / "feed.parquet", Overrides())
    assert not rejected
    assert {key: (one.price_minor, list(one.image_links)) for key, one in products.items()} == {
        "1": (1850, [PICTURE]),
        "2": (900, []),
    }


IN_CURRENCY = [
    ("Price (INR)", Overrides(), 999, "INR"),
    ("price_usd", Overrides(), 999, "USD"),
    ("価格(円)", Overrides(), 999, "JPY"),
    ("价格（元）", Overrides(currency="CNY"), 999, "CNY"),
    ("Preis in EUR", Overrides(), 999, "EUR"),
]


@pytest.mark.parametrize(("column", "said", "price", "currency"), IN_CURRENCY)
def test_a_column_of_prices_may_name_their_currency(
    tmp_path: Path, column: str, said: Overrides, price: int, currency: str
) -> None:
    cell = "999" if currency == "JPY" else "9.99"
    products, rejected = read(written(tmp_path, "feed.csv", table(("id", "title", column), [("1", "Hat", cell)])), said)
    assert not rejected
    assert (products["1"].price_minor, products["1"].currency) == (price, currency)


def test_of_prices_in_several_currencies_those_of_one_are_read(tmp_path: Path) -> None:
    text = table(("id", "title", "price_eur", "price_usd", "sale_price_usd"), [("1", "Hat", "9", "10", "8")])
    path = written(tmp_path, "feed.csv", text)
    first, asked = (read(path, Overrides(currency=currency))[0]["1"] for currency in ("", "USD"))
    assert (first.price_minor, first.sale_price_minor, first.currency) == (900, 0, "EUR")
    assert (asked.price_minor, asked.sale_price_minor, asked.currency) == (1000, 800, "USD")


def test_a_marketplace_table_with_words_for_no_rating_and_lists_in_cells_is_read(tmp_path: Path) -> None:
    header = ("uniq_id", "product_name", "retail_price", "discounted_price", "product_rating", "product_category_tree")
    rows = [("1", "Short", "999", "379", "No rating available", '["Clothing >> Women\'s >> Shorts"]')]
    products, rejected = read(written(tmp_path, "feed.csv", table(header, rows)), Overrides(currency="INR"))
    assert not rejected
    assert (products["1"].price_minor, products["1"].sale_price_minor) == (99900, 37900)
    assert (products["1"].product_type, products["1"].rating) == ("Clothing > Women's > Shorts", 0.0)


def test_what_woocommerce_writes_in_its_own_way_is_read_as_it_is_meant(tmp_path: Path) -> None:
    header = ("ID", "Type", "Name", "Description", "Regular price", "Parent", "Categories")
    rows = [("1", "simple", "Hat", r"Warm wool.\n\nMade in Italy.", "20", "", r"New, Hats\, caps > Wool > Felt, Sale")]
    products, rejected = read(written(tmp_path, "woo.csv", table(header, rows)), EUROS)
    assert not rejected
    assert products["1"].description == "Warm wool.\nMade in Italy."
    assert products["1"].product_type == "Hats, caps > Wool > Felt"


def test_an_array_of_postgresql_is_several_pictures(tmp_path: Path) -> None:
    rows = [("1", "Hat", "1.50", '{https://s.example/1.jpg,"https://s.example/2.jpg"}'), ("2", "Cap", "1.50", "{}")]
    products, rejected = read(written(tmp_path, "feed.csv", table(("id", "title", "price", "images"), rows)))
    assert not rejected
    assert list(products["1"].image_links) == ["https://s.example/1.jpg", "https://s.example/2.jpg"]
    assert not products["2"].image_links


def test_what_only_a_tag_has_is_markup_whatever_its_name_is(tmp_path: Path) -> None:
    titles = {
        "a": "&lt;spanclass=H&gt;圣诞帽&lt;/span&gt;成人",  # spaces were taken out of it
        "b": "<o:p>Linen</o:p> shirt",
        "c": "<x-price data-x='1'>Linen</x-price> shirt",
        "d": "Size <M>, 1 < 2 = true",
    }
    text = table(("id", "title", "price"), [(key, title, "1.50") for key, title in titles.items()])
    products, rejected = read(written(tmp_path, "feed.csv", text), EUROS)
    assert not rejected
    assert [products[key].title for key in "abcd"] == ["圣诞帽成人", "Linen shirt", "Linen shirt", titles["d"]]


LANGUAGES = [
    ("fr", "Bonbon cerise", "Un bonbon qui a le goût de la cerise et une texture moelleuse pour les enfants."),
    ("sv", "Ring", "Handgjord ring i återvunnet silver med en liten sten som är infattad för hand och av oss."),
    ("tr", "Pervane", "Yüksek performans için tasarlanmış ve dayanıklı bir ürün, çok hafif ve bu set ile uyumlu."),
    ("zh-Hant", "智慧淨水器", "電子水閥與三重濾網，通過檢驗。"),
    ("", "智能净水器", "电子水阀与三重滤网，通过检验。"),
    ("en", "Shirt", "A shirt with the softness of linen, for your summer and in the garden."),
    ("", "T-Shirt", "Pellentesque habitant morbi tristique senectus et netus et malesuada fames ac turpis egestas."),
]


@pytest.mark.parametrize(("language", "title", "description"), LANGUAGES)
def test_a_feed_that_does_not_say_its_language_shows_it(
    tmp_path: Path, language: str, title: str, description: str
) -> None:
    rows = [(str(number), title, description, "1.50") for number in range(5)]
    path = written(tmp_path, "feed.csv", table(("id", "title", "description", "price"), rows))
    assert {product.language for product in read(path, EUROS)[0].values()} == {language}
    said = Overrides(currency="EUR", language="de")
    assert {product.language for product in read(path, said)[0].values()} == {"de"}


def test_a_title_in_another_script_is_not_of_the_guessed_language(tmp_path: Path) -> None:
    rows = [(str(number), "Robe", LANGUAGES[0][2], "1.50") for number in range(5)]
    rows.append(("ru", "Платье", "Из льна", "1.50"))
    path = written(tmp_path, "feed.csv", table(("id", "title", "description", "price"), rows))
    products, _ = read(path, EUROS)
    assert (products["0"].language, products["ru"].language) == ("fr", "")


def test_a_title_that_lines_up_too_many_parts_keeps_the_first_ones(tmp_path: Path) -> None:
    long = "Stain remover pen for clothes, portable, " + "fits in purses and bags, " * 6 + "3 count (pack of 1)"
    rows = [("1", long, "1.50"), ("2", "x" * 151, "1.50"), ("3", f"{long} {long}", "1.50")]
    products, rejected = read(written(tmp_path, "feed.csv", table(("id", "title", "price"), rows)), EUROS)
    assert products["1"].title == "Stain remover pen for clothes, portable" + ", fits in purses and bags" * 4
    assert reasons(rejected) == [(3, "too_long", "title"), (4, "too_long", "title")]


def test_a_feed_without_links_is_told_that_clicks_lead_nowhere() -> None:
    assert any("(no link)" in line for line in recognise(("id", "title", "price"), EUROS).lines())
    given = Overrides(currency="EUR", link="https://s.example/{product_id}")
    assert not any("(no link)" in line for line in recognise(("id", "title", "price"), given).lines())


def test_a_table_whose_cells_slipped_is_rejected_row_by_row(tmp_path: Path) -> None:
    text = "name,price,market\nHat,￥54.00,Shop\n￥74.00,Sale (7.29-8.4),Hat\nHat,￥54.00,Shop\n"
    said = Overrides(currency="CNY", columns={"product_id": ("name",)})
    products, rejected = read(written(tmp_path, "feed.csv", text), said)
    assert (set(products), products["Hat"].price_minor) == ({"Hat"}, 5400)
    assert reasons(rejected) == [(3, "slipped", "title"), (4, "double_id", "product_id")]


XML = """<?xml version="1.0" encoding="{encoding}"?><rss><channel><item><id>1</id><title>{title}</title>
<price>29.90</price></item></channel></rss>"""
SCRIPTS = [("GB2312", "蓝色亚麻连衣裙"), ("gbk", "藍色連衣裙"), ("Big5", "藍色亞麻連衣裙"), ("Shift_JIS", "青い傘①")]


@pytest.mark.parametrize(("encoding", "title"), [*SCRIPTS, ("EUC-JP", "青い傘"), ("EUC-KR", "파란 원피스")])
def test_xml_in_the_encodings_of_east_asia_is_read(tmp_path: Path, encoding: str, title: str) -> None:
    written_in = {"GB2312": "gbk", "Shift_JIS": "cp932"}.get(encoding, encoding)  # as programs do under these names
    content = XML.format(encoding=encoding, title=title)
    products, rejected = read(written(tmp_path, "feed.xml", content, written_in))
    assert not rejected
    assert products["1"].title == title


def test_xml_in_chinese_declares_no_entities_either_and_a_damaged_letter_costs_its_row(tmp_path: Path) -> None:
    bomb = XML.format(encoding="gbk", title="&a;").replace("<rss>", '<!DOCTYPE r [<!ENTITY a "b">]><rss>')
    with pytest.raises(Misconfigured, match="declares entities"):
        read(written(tmp_path, "bomb.xml", bomb, "gbk"))
    damaged = XML.format(encoding="gbk", title="蓝@裙").encode("gbk").replace(b"@", b"\xff")
    products, rejected = read(written(tmp_path, "feed.xml", damaged))
    assert (products, reasons(rejected)) == ({}, [(1, "undecodable", "title")])

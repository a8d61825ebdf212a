"""Each kind of feed that shops have, in the style of its real exports, becomes the products that it describes."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.mapping import recognise
from services.catalogue.feeds.overrides import Overrides
from tests.unit.catalogue.feeds_made import EUROS, read, reasons, table, written

MERCHANT = (
    "id", "title", "description", "link", "image_link", "additional_image_link", "price", "sale_price",
    "sale_price_effective_date", "availability", "brand", "google_product_category", "color", "size", "item_group_id",
    "custom_label_0",
)  # fmt: skip
SHOPIFY = (
    "Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Option1 Value",
    "Option2 Name", "Option2 Value", "Variant SKU", "Variant Inventory Tracker", "Variant Inventory Qty",
    "Variant Inventory Policy", "Variant Price", "Variant Compare At Price", "Image Src", "Variant Image", "Status",
)  # fmt: skip
WOOCOMMERCE = (
    "ID", "Type", "SKU", "Name", "Published", "Visibility in catalog", "Short description", "Description",
    "Date sale price starts", "Date sale price ends", "In stock?", "Stock", "Sale price", "Regular price", "Categories",
    "Images", "Parent", "Attribute 1 name", "Attribute 1 value(s)", "Attribute 2 name", "Attribute 2 value(s)",
)  # fmt: skip


def test_a_sale_without_a_time_zone_counts_only_while_it_holds_in_every_zone(tmp_path: Path) -> None:
    dates = "2026-11-27T08:00/2026-11-30"
    row = ("K1", "Dress", "", "", "", "", "29.90 EUR", "19.90 EUR", dates, "in_stock", "", "", "", "", "", "")
    feed = written(tmp_path, "feed.tsv", table(MERCHANT, [row], "\t"))
    products, rejected = read(feed, Overrides())
    assert not rejected
    assert products["K1"].sale_from.ToDatetime(UTC) == datetime(2026, 11, 27, 20, tzinfo=UTC)  # in UTC-12
    assert products["K1"].sale_until.ToDatetime(UTC) == datetime(2026, 11, 30, 10, tzinfo=UTC)  # in UTC+14
    products, _ = read(feed, Overrides(time_zone="Europe/Berlin"))
    assert products["K1"].sale_from.ToDatetime(UTC) == datetime(2026, 11, 27, 7, tzinfo=UTC)


def test_a_merchant_feed_in_tabs_gives_all_its_fields(tmp_path: Path) -> None:
    row = (
        "K1", "Kleid blau", "<p>Schön &amp; leicht</p>", "https://s.example/1", "https://s.example/1.jpg",
        "https://s.example/2.jpg,https://s.example/3,4.jpg", "29,90 EUR", "19,90 EUR",
        "2026-11-27T00:00+0100/2026-11-30T23:59+0100", "in_stock", "Nord", "2271", "blau", "M", "", "neu",
    )  # fmt: skip
    products, rejected = read(written(tmp_path, "feed.tsv", "\ufeff" + table(MERCHANT, [row], "\t")), Overrides())
    product = products["K1"]
    assert not rejected
    assert (product.title, product.description) == ("Kleid blau", "Schön & leicht")
    assert (product.price_minor, product.sale_price_minor, product.currency) == (2990, 1990, "EUR")
    assert product.sale_from.ToDatetime(UTC) == datetime(2026, 11, 26, 23, tzinfo=UTC)
    assert product.sale_until.ToDatetime(UTC) == datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    assert list(product.image_links) == [f"https://s.example/{name}.jpg" for name in ("1", "2", "3,4")]
    assert (product.availability, product.brand, product.colour, product.size) == (pb.IN_STOCK, "Nord", "blau", "M")
    assert dict(product.attributes) == {"custom_label_0": "neu", "google_product_category": "2271"}
    assert (product.link, product.item_group_id, list(product.choices)) == ("https://s.example/1", "", [])


RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Магазин</title>
<item><g:id>d-42</g:id><title>Из канала</title><g:title>Второе</g:title>
<description>&lt;p&gt;Лён&lt;/p&gt;</description><link>https://s.example/d?s=42</link><g:image_link>https://s.example/d.jpg</g:image_link>
<g:additional_image_link>https://s.example/e.jpg</g:additional_image_link>
<g:additional_image_link>https://s.example/f.jpg</g:additional_image_link>
<g:price>2 990,00 RUB</g:price><g:shipping><g:country>RU</g:country><g:price>300 RUB</g:price></g:shipping>
<g:availability>in stock</g:availability><g:item_group_id>d</g:item_group_id>
<g:size>42</g:size><g:color>синий</g:color></item>
<item><g:id>d-44</g:id><title><![CDATA[Платье]]></title><link>https://s.example/d?s=44</link>
<g:price>2590 RUB</g:price>
<g:availability>out of stock</g:availability><g:item_group_id>d</g:item_group_id>
<g:size>44</g:size><g:color>синий</g:color></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Shop</title>
<link rel="self" href="https://s.example"/>
<entry><g:id>a</g:id><title>Hat</title><summary>Warm</summary><link href="https://s.example/a"/>
<g:price>15.00 USD</g:price></entry>
</feed>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251"])
def test_variants_in_rss_are_one_product_shown_as_the_cheapest_that_can_be_bought(
    tmp_path: Path, encoding: str
) -> None:
    products, rejected = read(written(tmp_path, "feed.xml", RSS.format(encoding=encoding), encoding), Overrides())
    product = products["d"]
    assert not rejected
    assert (product.title, product.description, product.link) == ("Из канала", "Лён", "https://s.example/d?s=42")
    assert (product.price_minor, product.currency, product.availability) == (299000, "RUB", pb.IN_STOCK)
    assert (product.size, product.colour, product.item_group_id) == ("42/44", "синий", "d")
    assert [(choice.choice_id, choice.price_minor) for choice in product.choices] == [
        ("d-42", 299000),
        ("d-44", 259000),
    ]
    assert len(product.image_links) == 3


def test_an_atom_feed_is_read(tmp_path: Path) -> None:
    products, rejected = read(written(tmp_path, "feed.atom", ATOM), Overrides())
    assert not rejected
    assert (products["a"].title, products["a"].link, products["a"].price_minor) == ("Hat", "https://s.example/a", 1500)


def test_offers_of_yandex_are_read(tmp_path: Path) -> None:
    offers = """<yml_catalog date="2026-11-28"><shop><offers><offer id="7" available="false"><name>Чайник</name>
        <price>2990</price><oldprice>3990</oldprice><currencyId>RUR</currencyId><vendor>Север</vendor>
        <picture>https://s.example/7.jpg</picture><url>https://s.example/7</url></offer></offers></shop></yml_catalog>"""
    products, rejected = read(written(tmp_path, "yml.xml", offers), Overrides())
    assert not rejected
    assert (products["7"].title, products["7"].currency, products["7"].availability) == (
        "Чайник",
        "RUB",
        pb.OUT_OF_STOCK,
    )
    assert (products["7"].price_minor, products["7"].sale_price_minor) == (399000, 299000)


def test_a_shopify_export_gives_one_product_a_handle(tmp_path: Path) -> None:
    rows = [
        ("shirt", "Linen Shirt", "<p>Pure <b>linen</b></p>", "Nord", "Shirts", "men", "true", "Title", "Default Title",
         "", "", "", "", "1", "deny", "50", "80", "https://c.example/a.jpg", "", "active"),
        ("top", "Wool Top", "Warm.", "Nord", "Tops", "", "true", "Size", "Small", "Fit", "Slim", "T-S", "shopify", "3",
         "deny", "60", "", "https://c.example/b.jpg", "", "active"),
        ("top", "", "", "", "", "", "", "", "Medium", "", "Wide", "T-M", "shopify", "0", "deny", "55", "",
         "https://c.example/c.jpg", "https://c.example/m.jpg", ""),
        ("top", *[""] * 16, "https://c.example/d.jpg", "", ""),
        ("hat", "Hat", "", "Nord", "Hats", "", "false", "Title", "Default Title", "", "", "", "", "", "", "20", "", "",
         "", "draft"),
    ]  # fmt: skip
    products, rejected = read(written(tmp_path, "export.csv", table(SHOPIFY, rows)), Overrides(currency="USD"))
    shirt, top = products["shirt"], products["top"]
    assert (shirt.price_minor, shirt.sale_price_minor, shirt.description) == (8000, 5000, "Pure linen")
    assert (top.title, top.brand, top.size, top.price_minor, top.quantity) == (
        "Wool Top",
        "Nord",
        "Small/Medium",
        6000,
        3,
    )
    assert [(one.choice_id, one.size, dict(one.options), one.availability) for one in top.choices] == [
        ("T-S", "Small", {"Fit": "Slim"}, pb.IN_STOCK),
        ("T-M", "Medium", {"Fit": "Wide"}, pb.OUT_OF_STOCK),
    ]
    assert [link[-5] for link in top.image_links] == ["b", "d", "m", "c"]
    assert reasons(rejected) == [(6, "not_published", "published")]


def test_the_mapping_that_is_shown_says_which_ids_products_and_choices_get() -> None:
    shopify = recognise(SHOPIFY, Overrides(currency="USD")).lines()
    assert {"product_id <- Handle", "choices.choice_id <- Variant SKU"} <= set(shopify)
    plain = recognise(MERCHANT, EUROS).lines()
    assert {"product_id <- item_group_id, id", "choices.choice_id <- id"} <= set(plain)
    assert "product_id <- id" in recognise(("id", "title", "price"), EUROS).lines()


def test_the_newer_template_of_shopify_is_the_same(tmp_path: Path) -> None:
    header = ("Title", "URL handle", "Description", "Vendor", "Type", "Published on online store", "Status", "SKU",
              "Option1 name", "Option1 value", "Price", "Compare-at price", "Inventory tracker", "Inventory quantity",
              "Continue selling when out of stock", "Product image URL")  # fmt: skip
    rows = [
        ("Shirt", "shirt", "Warm", "Nord", "Shirts", "TRUE", "Active", "S-1", "Color", "Red", "19.50", "25.00",
         "shopify", "-2", "TRUE", "https://c.example/a.jpg"),
        ("", "shirt", "", "", "", "", "", "S-2", "", "Blue", "19.50", "25.00", "shopify", "0", "FALSE", ""),
    ]  # fmt: skip
    products, rejected = read(written(tmp_path, "export.csv", table(header, rows)), Overrides(currency="USD"))
    shirt = products["shirt"]
    assert not rejected
    assert (shirt.title, shirt.colour, shirt.price_minor, shirt.sale_price_minor) == ("Shirt", "Red/Blue", 2500, 1950)
    assert [choice.availability for choice in shirt.choices] == [pb.BACKORDER, pb.OUT_OF_STOCK]
    assert (shirt.availability, shirt.quantity) == (pb.BACKORDER, 0)


def test_a_woocommerce_export_joins_variations_to_their_parent(tmp_path: Path) -> None:
    rows = [
        ("76", "variation", "tee-red", "Tee - Red", "1", "visible", "", "", "", "", "1", "parent", "", "20", "",
         "https://s.example/r.jpg", "tee", "Color", "Red", "Fit", "Slim"),
        ("44", "variable", "tee", "V-Neck Tee", "1", "visible", "short", "Long text.", "", "", "1", "", "", "",
         "Clothing > Tees", "https://s.example/1.jpg, https://s.example/2.jpg", "", "Color", "Blue, Red", "Fit",
         "Slim"),
        ("46", "simple, virtual", "logo", "Hoodie", "1", "visible", "", "Hood.", "2026-11-27", "2026-11-30", "1", "7",
         "18", "20", "Clothing > Hoodies", "", "", "Color", "Grey", "Fit", "Loose"),
        ("77", "variation", "tee-blue", "Tee - Blue", "1", "visible", "", "", "", "", "0", "", "", "15", "", "", "tee",
         "Color", "Blue", "Fit", "Wide"),
        ("87", "grouped", "set", "A set", "1", "visible", "", "", "", "", "1", "", "", "", "", "", "", "", "", "", ""),
        ("90", "simple", "old", "Old", "-1", "visible", "", "", "", "", "1", "", "", "9", "", "", "", "", "", "", ""),
    ]  # fmt: skip
    overrides = Overrides(currency="EUR", time_zone="Europe/Berlin", link="https://s.example/?p={product_id}")
    products, rejected = read(written(tmp_path, "woo.csv", table(WOOCOMMERCE, rows)), overrides)
    tee, hoodie = products["44"], products["46"]
    assert (tee.title, tee.description, tee.product_type) == ("V-Neck Tee", "Long text.", "Clothing > Tees")
    assert (tee.price_minor, tee.colour, tee.link) == (2000, "Red/Blue", "https://s.example/?p=44")
    assert [one.choice_id for one in tee.choices] == ["76", "77"]
    assert (hoodie.sale_price_minor, hoodie.colour, hoodie.quantity) == (1800, "Grey", 7)
    assert dict(hoodie.attributes) == {"fit": "Loose"}
    assert hoodie.sale_until.ToDatetime(UTC) == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert reasons(rejected) == [(6, "no_price", "price"), (7, "not_published", "published")]


Case = tuple[str, str, str, tuple[str, ...], tuple[str, ...], tuple[int, str]]
TABLES: list[Case] = [
    ("de", ";", "cp1252", ("Artikelnummer", "Titel", "Beschreibung", "Preis", "Verfügbarkeit", "Farbe"),
     ("7", "Größe für Füße", "schön", "1.299,00 €", "auf Lager", "weiß"), (129900, "EUR")),
    ("ru", ";", "cp1251", ("Артикул", "Название", "Описание", "Цена", "Наличие", "Цвет"),
     ("7", "Синее платье", "из льна", "2 990,50 руб.", "в наличии", "синий"), (299050, "RUB")),
    ("zh", ",", "gb18030", ("商品编号", "商品名称", "商品描述", "价格", "库存状态", "颜色"),
     ("7", "蓝色亚麻连衣裙", "轻薄透气", "299 CNY", "有货", "蓝色"), (29900, "CNY")),
    ("ja", ",", "cp932", ("商品コード", "商品名", "商品説明", "価格", "在庫状況", "カラー"),
     ("7", "青いワンピース", "麻の服", "2,980円", "在庫あり", "青"), (2980, "JPY")),
    ("ar", ",", "utf-8", ("رقم المنتج", "العنوان", "الوصف", "السعر", "التوفر", "اللون"),
     ("7", "فستان أزرق", "من الكتان", "١٦٫٠٠٠ د.ك", "متوفر", "أزرق"), (16000, "KWD")),
    ("en", "|", "utf-16", ("SKU", "Product Name", "Body", "Price", "In Stock", "Colour"),
     ("7", "Café chair", "wood", "USD 1,299.00", "yes", "brown"), (129900, "USD")),
]  # fmt: skip


@pytest.mark.parametrize("case", TABLES, ids=lambda case: str(case[0]))
def test_a_table_of_ones_own_is_recognised_in_its_language_and_encoding(tmp_path: Path, case: Case) -> None:
    language, mark, encoding, header, row, price = case
    others = [(str(number), *row[1:]) for number in range(10, 15)]
    path = written(tmp_path, "table.csv", table(header, [row, *others], mark), encoding)
    products, rejected = read(path, Overrides(language=language))
    product = products["7"]
    assert not rejected
    assert len(products) == 6
    assert (product.title, product.description, product.colour) == (row[1], row[2], row[5])
    assert (product.price_minor, product.currency) == price
    assert (product.availability, product.language) == (pb.IN_STOCK, language)


ROWS = [
    {"id": 7, "title": "Hat", "price": {"value": "29.90", "currency": "EUR"}, "images": ["https://s.example/1.jpg"]},
    {"offerId": "8", "name": "Cap", "price": 29.9, "imageLink": "https://s.example/2.jpg", "size": None, "tags": []},
    {"id": "9", "title": "Bag", "price": "29,90", "currency": "EUR", "rating": 4.5, "rating count": 12},
]


@pytest.mark.parametrize("form", ["lines", "list", "pretty", "mark"])
def test_json_is_read_as_lines_and_as_a_list(tmp_path: Path, form: str) -> None:
    lines = "\n".join(json.dumps(row) for row in ROWS)
    texts = {"lines": lines, "mark": "\ufeff\n" + lines, "list": json.dumps(ROWS), "pretty": json.dumps(ROWS, indent=4)}
    products, rejected = read(written(tmp_path, "feed.json", texts[form]))
    assert not rejected
    assert {key: product.price_minor for key, product in products.items()} == {"7": 2990, "8": 2990, "9": 2990}
    assert list(products["7"].image_links) == ["https://s.example/1.jpg"]
    assert (products["9"].rating, products["9"].rating_count) == (4.5, 12)


def test_a_list_within_an_object_is_a_list(tmp_path: Path) -> None:
    products, rejected = read(written(tmp_path, "feed.json", json.dumps({"products": ROWS, "next": None}, indent=1)))
    assert (set(products), rejected) == ({"7", "8", "9"}, [])


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_field_that_only_the_last_row_has_is_read(tmp_path: Path, form: str) -> None:
    rows = [{"id": f"{number}", "title": "Hat", "price": "9.90"} for number in range(1_500)]
    rows[-1]["sale_price"] = "4.90"
    items = "".join(f"<item>{''.join(f'<{k}>{v}</{k}>' for k, v in row.items())}</item>" for row in rows)
    content = json.dumps(rows) if form == "json" else f"<rss><channel>{items}</channel></rss>"
    products, _ = read(written(tmp_path, f"feed.{form}", content))
    assert (len(products), products["1499"].sale_price_minor) == (1_500, 490)


def test_what_spreadsheets_put_around_a_header_is_understood(tmp_path: Path) -> None:
    text = 'sep=;\nid;"Product\nName";"Price";link\n1;Hat;1,50;https://s.example/a hat\n'
    products, rejected = read(written(tmp_path, "feed.csv", text))
    assert not rejected
    assert (products["1"].title, products["1"].price_minor) == ("Hat", 150)
    assert products["1"].link == "https://s.example/a%20hat"


def test_parquet_is_read_with_the_types_that_data_frames_give(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "id": [7, 8],
            "title": ["Hat", None],
            "price": pd.Series([29.9, 9.9], dtype="float32"),
            "stock": [3.0, float("nan")],
            "image": [["https://s.example/1.jpg", "https://s.example/2.jpg"], []],
        }
    )
    frame.to_parquet(tmp_path / "feed.parquet")
    products, rejected = read(tmp_path / "feed.parquet")
    assert (products["7"].price_minor, products["7"].quantity, len(products["7"].image_links)) == (2990, 3, 2)
    assert reasons(rejected) == [(2, "no_title", "title")]


def test_one_catalogue_is_one_version_in_every_format(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"v{number}",
            "title": "Größe 38",
            "price": "29.90 EUR",
            "item_group_id": f"g{number // 3}",
            "color": "blau",
        }
        for number in range(9)
    ]
    names = tuple(rows[0])
    items = "".join(f"<item>{''.join(f'<g:{k}>{v}</g:{k}>' for k, v in row.items())}</item>" for row in rows)
    written(tmp_path, "1.csv", table(names, [tuple(row.values()) for row in rows]))
    written(tmp_path, "2.tsv", table(names, [tuple(row.values()) for row in rows], "\t"), "utf-16")
    written(tmp_path, "3.json", json.dumps(rows))
    written(tmp_path, "4.xml", f'<rss xmlns:g="http://base.google.com/ns/1.0"><channel>{items}</channel></rss>')
    pd.DataFrame(rows).to_parquet(tmp_path / "5.parquet")
    found = [read(path, Overrides())[0] for path in sorted(tmp_path.iterdir())]
    assert len(found) == 5
    assert set(found[0]) == {"g0", "g1", "g2"}
    assert all(products == found[0] for products in found)


def test_a_list_in_a_cell_is_several_pictures(tmp_path: Path) -> None:
    rows = [("1", "Hat", "1.50", '["https://s.example/1.jpg", "https://s.example/2,3.jpg"]')]
    products, _ = read(written(tmp_path, "feed.csv", table(("id", "title", "price", "image"), rows)))
    assert list(products["1"].image_links) == ["https://s.example/1.jpg", "https://s.example/2,3.jpg"]


def test_a_folder_and_archives_are_one_feed(tmp_path: Path) -> None:
    folder = tmp_path / "feeds"
    folder.mkdir()
    written(folder, "1.csv", "id,title,price\na,Hat,1.50\n")
    written(folder, "2.csv.gz", gzip.compress(b"id,title,price\nb,Cap,2.50\na,Hat again,1.50\n"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../out.jsonl", '{"id": "c", "title": "Bag", "price": 3.5}\n')
        archive.writestr("__MACOSX/._x.csv", "x")
    written(folder, "3.zip", packed.getvalue())
    written(folder, "readme.md", "no feed")
    products, rejected = read(folder, EUROS)
    assert {key: product.price_minor for key, product in products.items()} == {"a": 150, "b": 250, "c": 350}
    assert [(one.position.file, one.reason, one.product_id) for one in rejected] == [("2.csv", "double_id", "a")]

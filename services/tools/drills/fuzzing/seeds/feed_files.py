"""Seed files for the target of feeds: a small feed of each kind, and what bombs and broken programs write."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

_GOOGLE: Final = (
    {"id": "tee-1", "title": "Gr\u00fcnes Shirt", "description": "<p>Soft &amp; warm</p>", "price": "29,90 EUR",
     "sale_price": "19,90 EUR", "sale_price_effective_date": "2026-03-01T00:00Z/2026-04-01T00:00Z",
     "link": "https://shop.example/p/1?a=b", "image_link": "https://shop.example/1.jpg",
     "additional_image_link": "https://shop.example/2.jpg,https://shop.example/3.jpg", "availability": "in stock",
     "quantity": "7", "brand": "Nord", "product_type": "Clothing > Shirts", "color": "green", "size": "M",
     "material": "cotton", "item_group_id": "tee", "rating": "4.5", "rating_count": "12", "custom_label_0": "new"},
    {"id": "tee-2", "title": "Gr\u00fcnes Shirt", "description": "", "price": "31,90 EUR", "availability": "preorder",
     "link": "/p/2", "size": "L", "item_group_id": "tee", "language": "de"},
    {"id": "hat-\u4e2d", "title": "\u5e3d\u5b50", "price": "1980 JPY", "availability": "out of stock"},
    {"id": "x", "title": "", "price": "0"},
)  # fmt: skip
"""Rows as Google's specification has them: two of one group, one in yen, one that is to be rejected."""

_SHOPIFY: Final = (
    {"Handle": "ring", "Title": "Ring", "Body (HTML)": "<b>Gold</b>", "Vendor": "Nord", "Published": "true",
     "Option1 Name": "Size", "Option1 Value": "50", "Variant SKU": "r-50", "Variant Inventory Qty": "3",
     "Variant Price": "99.00", "Variant Compare At Price": "120.00", "Image Src": "https://shop.example/r.jpg"},
    {"Handle": "ring", "Option1 Value": "52", "Variant Price": "89.00"},
    {"Handle": "ring", "Image Src": "https://shop.example/r2.jpg"},
)  # fmt: skip
_WOOCOMMERCE: Final = (
    {"ID": "1", "Type": "variable", "SKU": "dress", "Name": "Dress", "Published": "1", "Regular price": "",
     "Parent": "", "Attribute 1 name": "Colour", "Attribute 1 value(s)": "red, blue", "Categories": "Women > Dresses"},
    {"ID": "2", "Type": "variation", "SKU": "", "Name": "Dress", "Published": "1", "Regular price": "1.299,00 EUR",
     "Parent": "dress", "Attribute 1 name": "Colour", "Attribute 1 value(s)": "red"},
    {"ID": "3", "Type": "simple", "SKU": "s", "Name": "Scarf", "Published": "1", "Regular price": "9,00 EUR"},
)  # fmt: skip
_ECCUBE: Final = (
    {"商品ID": "1", "公開ステータス(ID)": "1", "商品名": "傘", "商品規格ID": "10", "規格分類1(名称)": "赤",
     "在庫数": "", "在庫数無制限フラグ": "1", "通常価格": "3000", "販売価格": "2800", "商品画像": "a.jpg,b.jpg",
     "商品カテゴリ(名称)": "雨具"},
    {"商品ID": "1", "商品名": "傘", "商品規格ID": "11", "規格分類1(名称)": "青", "在庫数": "0", "販売価格": "2900"},
)  # fmt: skip
_WIX: Final = (
    {"handleId": "p", "fieldType": "Product", "name": "Print", "productImageUrl": "a~mv2.jpg", "price": "10 EUR",
     "surcharge": "", "visible": "true", "discountMode": "PERCENT", "discountValue": "15", "inventory": "InStock",
     "productOptionName1": "Size"},
    {"handleId": "p", "fieldType": "Variant", "sku": "s", "surcharge": "5.5", "productOptionDescription1": "A4"},
)  # fmt: skip
_SQUARESPACE: Final = (
    {"Product ID [Non Editable]": "g", "Variant ID [Non Editable]": "v", "Title": "Mat", "Price": "9 EUR",
     "Product URL": "mat", "On Sale": "Yes", "Sale Price": "5 EUR", "Categories": "/dogs/toys, /sale",
     "Option Name 1": "Color"},
    {"Variant ID [Non Editable]": "w", "Price": "8 EUR", "Option Name 1": "Color", "Option Value 1": "Red"},
)  # fmt: skip
_MAGENTO: Final = (
    {"sku": "t-s", "attribute_set_code": "Top", "product_type": "simple", "name": "Tee-S", "price": "20 EUR",
     "visibility": "Not Visible Individually", "qty": "3.0000", "is_in_stock": "1"},
    {"sku": "t", "attribute_set_code": "Top", "product_type": "configurable", "name": "Tee",
     "categories": "D/Tees,D/New", "configurable_variations": "sku=t-s,size=S|sku=t-m,size=M",
     "additional_attributes": "color=Red,material=Wool"},
)  # fmt: skip
_YANDEX: Final = (
    '<yml_catalog><categories><category id="1">A</category><category id="2" parentId="1">B</category></categories>'
    '<offers><offer id="5" group_id="7"><model>Hat&eacute;</model><price currency="EUR">9</price>'
    "<categoryId>2</categoryId>"
    '<param name="Color">red</param></offer></offers></yml_catalog>'
)
_VARIANTS: Final = {
    "id": 9, "handle": "cap", "title": "Cap", "options": [{"name": "Color"}], "variants": [
        {"id": 91, "title": "Red", "price": "9.00 EUR", "option1": "Red", "available": True},
        {"sku": "c-2", "price": 8, "options": {"Color": "Blue"}, "compare_at_price": None}],
}  # fmt: skip
_ZEROS: Final = bytes(1 << 20)
BOMB_MIB: Final = 80
"""What the bombs unpack to: a little more than an archive of their size may hold."""


def text_feeds() -> Iterator[bytes]:
    """CSV, TSV and XML in several encodings, and archives."""
    plain, tabs = _table(_GOOGLE, ","), _table(_GOOGLE, "\t")
    yield from (plain.encode(), b"sep=;\r\n" + _table(_GOOGLE, ";").replace("\n", "\r\n").encode(), tabs.encode())
    yield from (tabs.encode("utf-16"), tabs.encode("utf-16-le"), _table(_GOOGLE[:2], ";").encode("cp1252"))
    yield from (_table(_SHOPIFY, ",").encode(), _table(_WOOCOMMERCE, ",").encode("utf-8-sig"))
    yield _table(_ECCUBE, ",").encode("cp932")
    yield from (_rss(_GOOGLE), _atom(_GOOGLE), _YANDEX.encode())
    yield from (_table(rows, ",").encode() for rows in (_WIX, _SQUARESPACE, _MAGENTO))
    yield b'"# The id, unique","# A title, short","# The price"\nid,title,price\n1,Hat,9 EUR\n'
    yield gzip.compress(plain.encode())
    yield _zipped({"a/feed.csv": plain.encode(), "b/feed.xml": _rss(_GOOGLE[2:]), "__MACOSX/x": b"x"})
    yield from _tables(_GOOGLE)


def json_feeds() -> Iterator[bytes]:
    """JSON lines, a list, and a list within an object."""
    rows: list[dict[str, Any]] = [dict(row) for row in _GOOGLE]
    rows.append({"id": 7, "title": "Cap", "price": {"value": 29.9, "currency": "EUR"}, "images": [{"src": "a.jpg"}]})
    yield b"\n".join(json.dumps(row).encode() for row in rows)
    yield json.dumps(rows, ensure_ascii=False).encode()
    yield json.dumps({"products": [*rows, _VARIANTS]}, indent=1).encode()
    edges = [{"node": row} for row in rows]
    yield json.dumps({"total": 5, "page": {"of": [1]}, "data": {"products": {"edges": edges}}}).encode()


def hostile_feeds() -> Iterator[bytes]:
    """What is refused or rejected within bounds."""
    yield b'id,title,price\n1,Tee,29.90 EUR\n2,"Hat,9 EUR\n3,Cap,9.00 EUR\n'  # a quote that never ends
    yield b'{"id":1,"title":"a","price":"9 EUR","x":' + b"[" * 5_000 + b"]" * 5_000 + b"}\n"
    yield b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><item><title>&b;</title></item></rss>'
    yield b"<rss>" + b"<a>" * 20_000
    yield gzip.compress(_ZEROS * BOMB_MIB)
    yield _zipped({"feed.csv": _ZEROS * BOMB_MIB})
    yield b",".join(b"column %d" % number for number in range(10_000)) + b"\n1,2\n"


def _table(rows: Sequence[Mapping[str, str]], delimiter: str) -> str:
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, restval="", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _rss(rows: Sequence[Mapping[str, str]]) -> bytes:
    items = "".join(f"<item>{_elements(row)}</item>" for row in rows)
    head = '<?xml version="1.0"?><rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>S</title>'
    return f"{head}{items}</channel></rss>".encode()


def _atom(rows: Sequence[Mapping[str, str]]) -> bytes:
    items = "".join(f'<entry>{_elements(row)}<link href="https://shop.example/x"/></entry>' for row in rows)
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">'
    return f"{head}{items}</feed>".encode("utf-16")


def _elements(row: Mapping[str, str]) -> str:
    texts = {name: text.replace("&", "&amp;").replace("<", "&lt;") for name, text in row.items()}
    return "".join(f"<g:{name}>{text}</g:{name}>" for name, text in texts.items())


def _zipped(members: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _tables(rows: Sequence[Mapping[str, str]]) -> Iterator[bytes]:
    """Parquet: texts alone, and columns of other types."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    yield _written(pa.Table.from_pylist([{name: row.get(name) for name in names} for row in rows]))
    typed: dict[str, Any] = {
        "id": [1, 2], "title": ["Tee", None], "currency": ["EUR", "EUR"],
        "price": pa.array([29.9, float("inf")], pa.float32()),
        "sale_price": pa.array([Decimal("9.90"), None]), "sale_from": [datetime(2026, 3, 1, tzinfo=UTC)] * 2,
        "images": [["a.jpg"], []], "stock": pa.array([5, 2**63], pa.uint64()), "brand": [b"x", b"\xff"],
    }  # fmt: skip
    yield _written(pa.table(typed), compression="gzip")


def _written(table: pa.Table, compression: str = "snappy") -> bytes:
    target = io.BytesIO()
    pq.write_table(table, target, compression=compression)
    return target.getvalue()

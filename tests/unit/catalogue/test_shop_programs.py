"""Exports of shop programs are read as what they are, in whatever language, and variants become one product."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.mapping import recognise
from services.catalogue.feeds.overrides import Overrides
from tests.unit.catalogue.feeds_made import EUROS, read, reasons, table, written

WOOCOMMERCE = {
    "de": ("ID", "Typ", "Artikelnummer", "Name", "Veröffentlicht", "Beschreibung", "Vorrätig?", "Lager",
           "Angebotspreis", "Regulärer Preis", "Kategorien", "Übergeordnetes Produkt", "Attribut 1 Name",
           "Attribut 1 Wert(e)"),
    "zh": ("ID", "类型", "SKU", "名称", "已发布", "描述", "有货？", "库存", "促销价格", "常规售价", "分类", "父级",
           "属性 1 名称", "属性 1 值"),
    "fr": ("ID", "Type", "UGS", "Nom", "Publié", "Description", "En stock ?", "Stock", "Tarif promo", "Tarif régulier",
           "Catégories", "Parent", "Nom de l’attribut 1", "Valeur(s) de l’attribut 1"),
    "es": ("ID", "Tipo", "SKU", "Nombre", "Publicado", "Descripción", "¿Existencias?", "Inventario", "Precio rebajado",
           "Precio normal", "Categorías", "Superior", "Nombre del atributo 1", "Valor(es) del atributo 1"),
}  # fmt: skip


@pytest.mark.parametrize("language", WOOCOMMERCE)
def test_woocommerce_is_recognised_in_the_language_of_its_shop(tmp_path: Path, language: str) -> None:
    rows = [
        ("8", "variable", "tee", "Tee", "1", "Warm.", "1", "", "", "", "Tees > Wool", "", "Color", "Red, Blue"),
        ("9", "variation", "tee-r", "Tee - Red", "1", "", "1", "3", "15", "20", "", "tee", "Color", "Red"),
        ("10", "variation", "tee-b", "Tee - Blue", "1", "", "0", "", "", "20", "", "tee", "Color", "Blue"),
        ("11", "simple", "old", "Old", "-1", "", "1", "", "", "9", "", "", "", ""),
    ]
    products, rejected = read(written(tmp_path, "woo.csv", table(WOOCOMMERCE[language], rows)), EUROS)
    assert reasons(rejected) == [(5, "not_published", "published")]
    tee = products["8"]
    assert (tee.title, tee.product_type, tee.colour) == ("Tee", "Tees > Wool", "Red/Blue")
    assert (tee.price_minor, tee.sale_price_minor) == (2000, 1500)
    assert [choice.availability for choice in tee.choices] == [pb.IN_STOCK, pb.OUT_OF_STOCK]


def test_an_ec_cube_export_gives_one_product_for_all_its_classes(tmp_path: Path) -> None:
    header = ("商品ID", "公開ステータス(ID)", "商品名", "商品規格ID", "規格分類1(ID)", "規格分類1(名称)", "商品コード",
              "在庫数", "在庫数無制限フラグ", "通常価格", "販売価格", "商品画像", "商品カテゴリ(名称)")  # fmt: skip
    rows = [
        ("1", "1", "傘", "10", "3", "赤", "kasa", "", "1", "3000", "2800", "kasa.jpg,ura.jpg", "雨具"),
        ("1", "1", "傘", "11", "4", "青", "kasa", "0", "0", "", "2900", "kasa.jpg", "雨具"),
        ("2", "2", "秘密", "12", "", "", "x", "5", "0", "", "1000", "", ""),
    ]
    path = written(tmp_path, "product.csv", table(header, rows))
    products, rejected = read(path, Overrides(currency="JPY"))
    umbrella = products["1"]
    assert reasons(rejected) == [(4, "not_published", "published")]
    assert (umbrella.price_minor, umbrella.sale_price_minor, len(umbrella.image_links)) == (3000, 2800, 2)
    assert [(one.choice_id, dict(one.options), one.availability) for one in umbrella.choices] == [
        ("10", {"option 1": "赤"}, pb.IN_STOCK),
        ("11", {"option 1": "青"}, pb.OUT_OF_STOCK),
    ]
    assert any("without tax" in line for line in recognise(header, Overrides(currency="JPY")).lines())


def test_ids_of_variants_beside_those_of_products_make_groups(tmp_path: Path) -> None:
    rows = [("1", "1-s", "Hat", "9", "S"), ("1", "1-m", "Hat", "9", "M"), ("2", "2-s", "Cap", "8", "S")]
    text = table(("product_id", "variant_id", "title", "price", "size"), rows)
    products, rejected = read(written(tmp_path, "feed.csv", text), EUROS)
    assert not rejected
    assert {key: (one.size, len(one.choices)) for key, one in products.items()} == {"1": ("S/M", 2), "2": ("S", 1)}


HATS = [
    {
        "id": 7, "handle": "hat", "title": "Hat", "price": {"min_usd": 9.5, "max_usd": 12.0},
        "options": [{"name": "Färg"}],
        "variants": [
            {"id": 70, "title": "Röd", "price": "9.50", "compare_at_price": "12.00", "available": True,
             "option1": "Röd"},
            {"id": 71, "title": "Blå", "price": "9.50", "compare_at_price": None, "available": False,
             "option1": "Blå"},
        ],
    },
    {"id": 8, "handle": "cap", "title": "Cap", "price": None, "options": [{"name": "Title"}], "variants": [
        {"id": 80, "title": "Default Title", "price": "8.00", "compare_at_price": None, "available": True,
         "option1": "Default Title"}]},
]  # fmt: skip


@pytest.mark.parametrize("form", ["json", "parquet"])
def test_variants_in_a_list_are_the_choices_of_their_product(tmp_path: Path, form: str) -> None:
    path = written(tmp_path, "products.json", json.dumps({"products": HATS}))
    if form == "parquet":
        path = tmp_path / "products.parquet"
        pq.write_table(pa.Table.from_pylist(HATS), path)
    products, rejected = read(path, EUROS)
    assert not rejected
    assert {key: (one.title, one.price_minor, one.colour) for key, one in products.items()} == {
        "hat": ("Hat", 1200, "Röd/Blå"),
        "cap": ("Cap", 800, ""),
    }
    assert [(one.choice_id, one.availability) for one in products["hat"].choices] == [
        ("70", pb.IN_STOCK),
        ("71", pb.OUT_OF_STOCK),
    ]


ELEMENTS = {
    "heureka": "<SHOP><SHOPITEM><ITEM_ID>1</ITEM_ID><PRODUCTNAME>Hat</PRODUCTNAME><PRICE_VAT>29,90</PRICE_VAT>"
    "<URL>https://s.example/1</URL><IMGURL>https://s.example/1.jpg</IMGURL></SHOPITEM></SHOP>",
    "meta": "<listings><listing><vehicle_id>1</vehicle_id><title>Hat</title><price>29.9</price><url>https://s.example/1"
    "</url><image><url>https://s.example/1.jpg</url></image></listing></listings>",
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Shop</title>'
    "<entry><id>https://s.example/id/1</id><g:id>1</g:id><title>Hat</title><g:price>29.90 EUR EUR</g:price>"
    '<link rel="self" href="https://s.example/feed"/><link href="https://s.example/1"/>'
    "<g:image_link>https://s.example/1.jpg</g:image_link></entry></feed>",
}


@pytest.mark.parametrize("form", ELEMENTS)
def test_xml_of_price_search_engines_and_atom_is_read(tmp_path: Path, form: str) -> None:
    products, rejected = read(written(tmp_path, "feed.xml", ELEMENTS[form]), EUROS)
    assert not rejected
    hat = products["1"]
    assert (hat.title, hat.price_minor, hat.link, list(hat.image_links)) == (
        "Hat", 2990, "https://s.example/1", ["https://s.example/1.jpg"],
    )  # fmt: skip


def test_a_feed_for_shopping_in_chats_says_its_options_in_one_cell(tmp_path: Path) -> None:
    header = ("item_id", "group_id", "variant_dict", "title", "url", "additional_image_urls", "price")
    rows = [(f"7{size}", "7", json.dumps({"Color": "Red", "Size": size}), "Hat", "https://s.example/7",
             "https://s.example/1.jpg,https://s.example/2.jpg", "29.90 EUR") for size in "SM"]  # fmt: skip
    products, rejected = read(written(tmp_path, "feed.tsv", table(header, rows, "\t")), Overrides())
    hat = products["7"]
    assert not rejected
    assert (hat.colour, hat.size, len(hat.choices), len(hat.image_links)) == ("Red", "S/M", 2, 2)


def test_a_product_with_too_many_variants_in_its_list_is_rejected_at_once(tmp_path: Path) -> None:
    many = {"id": 1, "title": "Hat", "variants": [{"id": number, "price": 9} for number in range(1_001)]}
    path = written(tmp_path, "feed.jsonl", "\n".join(json.dumps(one) for one in (many, HATS[1])))
    products, rejected = read(path, EUROS)
    assert (set(products), reasons(rejected)) == ({"cap"}, [(1, "too_many", "variants")])


@pytest.mark.parametrize("said", ['{"Col\\ud800r": "Red"}', '{"Color": 7}', "{", '{"Color": {"a": "b"}}', "[]"])
def test_options_that_are_none_cost_at_most_their_row(tmp_path: Path, said: str) -> None:
    rows = [{"id": "1", "variant_dict": said, "title": "Hat", "price": 9}, {"id": "2", "title": "Cap", "price": 9}]
    products, rejected = read(written(tmp_path, "feed.jsonl", "\n".join(map(json.dumps, rows))), EUROS)
    assert "2" in products
    assert len(products) + len(rejected) == 2

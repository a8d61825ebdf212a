"""Forms of files that were found in public feeds; the rows here are made up."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.overrides import Overrides
from services.catalogue.feeds.readers.xml_source import Bounded
from services.common.errors import Misconfigured
from tests.unit.catalogue.feeds_made import EUROS, read, reasons, table, written

ROW = ("1", "Hat", "29.90", "https://s.example/1")


@pytest.mark.parametrize(
    "above",
    [
        '"# Required | The id, unique","# Required | A title, short","# Required | The price","# Required | A page"\n',
        "Exported on 2026-11-29 from My Shop,,,\n",
        "TemplateType=custom,Version=2026.1129,,\nSeller's id,The name,What it costs,Where it is\n",
    ],
    ids=["Meta", "a title", "Amazon"],
)
def test_explanations_above_the_names_of_columns_are_passed_over(tmp_path: Path, above: str) -> None:
    text = above + table(("id", "title", "price", "link"), [ROW])
    products, rejected = read(written(tmp_path, "feed.csv", text))
    assert (products["1"].title, products["1"].price_minor, rejected) == ("Hat", 2990, [])


def test_numbered_columns_are_further_pictures_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    names = ("Immagine10", "Immagine2", "Immagine1", "photo_3_url")
    cells = (*ROW, *(f"https://s.example/{one}.jpg" for one in ("j", "b", "a", "c")))
    products, rejected = read(written(tmp_path, "feed.csv", table(("id", "title", "price", "link", *names), [cells])))
    assert not rejected
    assert [link[-5] for link in products["1"].image_links] == ["a", "b", "c", "j"]


def test_words_for_nothing_are_nothing(tmp_path: Path) -> None:
    header = ("id", "title", "price", "brand", "image", "color", "sale price")
    rows = [("1", "Hat", "9", "nan", "NULL", "-", "N/A"), ("2", "None", "9", "", "", "", "")]
    products, rejected = read(written(tmp_path, "feed.csv", table(header, rows)))
    assert (products["1"].brand, products["1"].colour, list(products["1"].image_links)) == ("", "", [])
    assert reasons(rejected) == [(3, "no_title", "title")]
    row = {"id": 1, "title": "Hat", "price": 9, "brand": "null"}
    products, rejected = read(written(tmp_path, "feed.jsonl", json.dumps(row)))
    assert (products["1"].brand, rejected) == ("", [])


ENVELOPES: dict[str, Any] = {
    "beside": {"total": 1, "skip": {"a": [1]}, " products ": [{"id": 1, "title": "Hat", "price": 9}], "limit": 30},
    "within": {"status": "ok", "data": {"items": [{"id": 1, "title": "Hat", "price": 9}]}},
    "edges": {"data": {"products": {"edges": [{"cursor": "x", "node": {"id": 1, "title": "Hat", "price": 9}}]}}},
    "a product": {"id": 1, "title": "Hat", "price": 9, "offers": [{"price": 3}], "data": [{"id": 8}]},
}


@pytest.mark.parametrize("form", ENVELOPES)
def test_a_list_is_found_beside_and_within_what_programs_put_around_it(tmp_path: Path, form: str) -> None:
    products, rejected = read(written(tmp_path, "feed.json", json.dumps(ENVELOPES[form])))
    assert (products["1"].title, products["1"].price_minor, rejected) == ("Hat", 900, [])


YANDEX = """<yml_catalog><shop><categories><category id="1">Все товары</category>
<category id="8" parentId="1">Дом</category><category id="9" parentId="8">Простыни</category></categories>
<offers><offer id="5" group_id="7" available="true"><price>946</price><oldprice>2899</oldprice>
<currencyId>RUR</currencyId><categoryId>9</categoryId><model>Простыня</model><param name="Цвет">белый</param>
<param name="Размер" unit="EU">90 x 190</param><param name="Вес">0.6</param></offer></offers></shop></yml_catalog>"""


def test_an_offer_of_yandex_has_its_parameters_and_the_path_to_its_category(tmp_path: Path) -> None:
    products, rejected = read(written(tmp_path, "feed.xml", YANDEX), Overrides())
    assert not rejected
    sheet = products["7"]
    assert (sheet.title, sheet.product_type, sheet.colour, sheet.size) == (
        "Простыня",
        "Дом > Простыни",
        "белый",
        "90 x 190",
    )
    assert (sheet.price_minor, sheet.sale_price_minor, sheet.currency) == (289900, 94600, "RUB")


XML = {
    "ceneo": '<offers><o id="1" url="https://s.example/1" price="9.5" avail="99" stock="0"><cat>Lampy</cat>'
    '<name>Lampa</name><imgs><main url="https://s.example/a.jpg"/><i url="https://s.example/b.jpg"/></imgs>'
    '<attrs><a name="Producent">Nord</a><a name="SKU">8</a></attrs></o></offers>',
    "heureka": "<SHOP><SHOPITEM><ITEM_ID>1</ITEM_ID><PRODUCTNAME>Lampa</PRODUCTNAME><PRICE_VAT>9,50</PRICE_VAT>"
    "<URL>https://s.example/1</URL><IMGURL>https://s.example/a.jpg</IMGURL><IMGURL_ALTERNATIVE>https://s.example/b.jpg"
    "</IMGURL_ALTERNATIVE><CATEGORYTEXT>Lampy</CATEGORYTEXT><PARAM><PARAM_NAME>Značka</PARAM_NAME><VAL>Nord</VAL></PARAM>"
    "<MNOZSTVI/></SHOPITEM></SHOP>",
    "media": '<rss xmlns:media="http://search.yahoo.com/mrss/"><channel><item><id>1</id><title>Lampa</title><price '
    'currency="EUR">9.50</price><link>https://s.example/1</link><category>Lampy</category><brand>Nord</brand>'
    '<media:content url="https://s.example/a.jpg"/><media:content url="https://s.example/b.jpg"/></item></channel></rss>',
}


@pytest.mark.parametrize("form", XML)
def test_facts_in_attributes_and_named_elements_are_read(tmp_path: Path, form: str) -> None:
    products, rejected = read(written(tmp_path, "feed.xml", XML[form]), Overrides(currency="EUR"))
    assert not rejected
    lamp = products["1"]
    assert (lamp.title, lamp.price_minor, lamp.brand, lamp.product_type) == ("Lampa", 950, "Nord", "Lampy")
    assert [link[-5] for link in lamp.image_links] == ["a", "b"]
    assert lamp.link == "https://s.example/1"
    assert lamp.availability == (pb.OUT_OF_STOCK if form == "ceneo" else pb.IN_STOCK)


class Slow(io.BytesIO):
    """A file that gives a byte at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        """See a file."""
        return super().read(min(size or 1, 1))


def test_entities_of_html_are_characters_of_xml_wherever_the_bytes_are_cut(tmp_path: Path) -> None:
    said = b"<title>Serre-t&ecirc;te &amp; co &#233; &shop; &</title>"
    source = Bounded(Slow(said), "feed.xml", "")
    assert b"".join(iter(lambda: source.read(8), b"")) == said.replace(b"&ecirc;", b"&#234;")
    text = "<feed><entry><id>1</id><title>Serre-t&ecirc;te &amp; co&nbsp;!</title><price>9</price></entry></feed>"
    products, _ = read(written(tmp_path, "feed.xml", text), EUROS)
    assert products["1"].title == "Serre-tête & co !"


def test_a_category_has_levels_by_whatever_sign_its_program_parts_them(tmp_path: Path) -> None:
    said = ("Home | Lamps", "Home|Lamps", "Home >> Lamps", "Home » Lamps", "Home -> Lamps")
    rows = [(str(number), "Hat", "9", category) for number, category in enumerate(said)]
    products, _ = read(written(tmp_path, "feed.tsv", table(("id", "title", "price", "category"), rows, "\t")))
    assert {one.product_type for one in products.values()} == {"Home > Lamps"}


def test_a_state_of_the_stock_in_the_column_of_the_pieces_is_read(tmp_path: Path) -> None:
    rows = [("1", "Hat", "9", "In stock"), ("2", "Cap", "9", "Sold out"), ("3", "Tie", "9", "7")]
    products, rejected = read(written(tmp_path, "feed.csv", table(("id", "title", "price", "stock"), rows)))
    assert not rejected
    assert [one.availability for one in products.values()] == [pb.IN_STOCK, pb.OUT_OF_STOCK, pb.IN_STOCK]
    assert [one.HasField("quantity") for one in products.values()] == [False, False, True]


def test_a_sale_price_without_a_currency_is_in_that_of_the_price_beside_it(tmp_path: Path) -> None:
    text = table(("id", "title", "price", "sale price"), [("1", "Hat", "19.99 EUR", "14.99")])
    products, rejected = read(written(tmp_path, "feed.csv", text), Overrides())
    assert (products["1"].price_minor, products["1"].sale_price_minor, rejected) == (1999, 1499, [])


def test_of_texts_in_several_languages_those_of_the_language_that_is_said_are_read(tmp_path: Path) -> None:
    text = table(("id", "name_en", "name_zh", "description(zh-cn)", "price"), [("1", "Hat", "帽子", "保暖", "9")])
    path = written(tmp_path, "feed.csv", text)
    said = {key: read(path, Overrides(currency="EUR", language=key))[0]["1"].title for key in ("", "zh-Hans", "fr")}
    assert said == {"": "Hat", "zh-Hans": "帽子", "fr": "Hat"}


def test_a_table_that_begins_with_a_row_is_told_to_begin_with_names(tmp_path: Path) -> None:
    path = written(tmp_path, "feed.csv", "7,Hat,9.90,https://s.example/7\n8,Cap,7.90,https://s.example/8\n")
    with pytest.raises(Misconfigured, match="begins with a row, not with the names of columns"):
        read(path)

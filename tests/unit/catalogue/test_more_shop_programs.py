"""Exports whose rows need each other are read as what they say together; the shapes are those of public exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.mapping import recognise
from services.catalogue.feeds.overrides import Overrides
from services.catalogue.feeds.read_feed import open_feed
from services.common.errors import Misconfigured
from tests.unit.catalogue.feeds_made import EUROS, read, reasons, table, written

WIX = ("handleId", "fieldType", "name", "description", "productImageUrl", "collection", "sku", "price", "surcharge",
       "visible", "discountMode", "discountValue", "inventory", "productOptionName1",
       "productOptionDescription1")  # fmt: skip
SQUARESPACE = ("Product ID [Non Editable]", "Variant ID [Non Editable]", "Product Page", "Product URL", "Title", "SKU",
               "Option Name 1", "Option Value 1", "Price", "Sale Price", "On Sale", "Stock", "Categories", "Visible",
               "Hosted Image URLs")  # fmt: skip
MAGENTO = ("sku", "attribute_set_code", "product_type", "categories", "name", "product_online", "visibility", "price",
           "special_price", "url_key", "base_image", "additional_attributes", "qty", "is_in_stock",
           "configurable_variations")  # fmt: skip


def test_a_variant_of_wix_costs_its_surcharge_more_and_the_discount_less(tmp_path: Path) -> None:
    rows = [
        ("p1", "Product", "Print", "<p>A sun.</p>", "a~mv2.jpg;b~mv2.jpg", "Prints;New", "", "10", "", "true",
         "PERCENT", "15", "0", "Size", "A5;A4"),
        ("p1", "Variant", "", "", "", "", "", "", "0.0", "true", "", "", "2", "", "A5"),
        ("p1", "Variant", "", "", "", "", "s4", "", "5.5", "true", "", "", "OutOfStock", "", "A4"),
        ("p2", "Product", "Card", "", "", "", "c", "3", "", "true", "AMOUNT", "0.5", "InStock", "Wording", "Yours"),
        ("p3", "Product", "Old", "", "", "", "o", "3", "", "false", "PERCENT", "0", "InStock", "", ""),
        ("p9", "Variant", "", "", "", "", "", "", "1", "true", "", "", "1", "", "A4"),
    ]  # fmt: skip
    products, rejected = read(written(tmp_path, "wix.csv", table(WIX, rows)))
    assert sorted(reasons(rejected)) == [(6, "not_published", "published"), (7, "no_group", "handleId")]
    sun = products["p1"]
    assert (sun.title, sun.price_minor, sun.sale_price_minor, sun.product_type) == ("Print", 1000, 850, "Prints")
    assert sun.image_links[0] == "https://static.wixstatic.com/media/a~mv2.jpg"
    assert [
        (one.choice_id, one.price_minor, one.sale_price_minor, one.size, one.availability) for one in sun.choices
    ] == [
        ("p1/A5", 1000, 850, "A5", pb.IN_STOCK),
        ("s4", 1550, 1318, "A4", pb.OUT_OF_STOCK),
    ]
    assert (products["c"].price_minor, products["c"].sale_price_minor) == (300, 250)


def test_further_variants_of_squarespace_are_of_the_product_above_them(tmp_path: Path) -> None:
    rows = [
        ("g1", "v1", "shop", "mat", "Mat", "m-g", "Color", "Green", "8.90", "5.00", "No", "0", "/dogs/dog-toys, /sale",
         "Yes", "https://s.example/1.jpg https://s.example/2.jpg"),
        ("", "v2", "", "", "", "m-r", "Color", "Red", "8.90", "5.00", "Yes", "4", "", "", ""),
        ("g2", "v3", "shop", "cup", "Cup", "", "", "", "3.00", "0.00", "No", "2", "", "No", ""),
    ]  # fmt: skip
    path = written(tmp_path, "squarespace.csv", table(SQUARESPACE, rows))
    products, rejected = read(path, Overrides(currency="EUR", link="https://s.example/shop/p/{link}"))
    assert reasons(rejected) == [(4, "not_published", "published")]
    mat = products["g1"]
    assert (mat.title, mat.product_type, mat.link) == ("Mat", "dogs > dog toys", "https://s.example/shop/p/mat")
    assert [(one.choice_id, one.colour, one.sale_price_minor, one.quantity) for one in mat.choices] == [
        ("m-g", "Green", 0, 0),
        ("m-r", "Red", 500, 4),
    ]
    assert len(mat.image_links) == 2


def test_a_configurable_product_of_magento_has_the_variants_that_it_names(tmp_path: Path) -> None:
    variations = "sku=t-s,size=S,color=Red|sku=t-m,size=M,color=Red"
    rows = [
        ("t-s", "Top", "simple", "Default Category/Tees", "Tee-S", "1", "Not Visible Individually", "20", "15", "t-s",
         "/t/s.jpg", "", "3.0000", "1", ""),
        ("t-m", "Top", "simple", "", "Tee-M", "1", "Not Visible Individually", "20", "", "t-m", "", "", "0", "0", ""),
        ("t", "Top", "configurable", "Default Category/Tees,Default Category/Tees/Wool", "Tee", "1", "Catalog, Search",
         "20", "", "tee", "/t/t.jpg", "material=Wool, Silk,size=", "0", "1", variations),
        ("bag", "Bag", "simple", "Default Category/Bags", "Bag", "1", "Catalog, Search", "34.000000", "", "bag", "",
         "color=Black,material=Leather", "100.0000", "1", ""),
        ("kit", "Bag", "simple", "", "Kit", "1", "Not Visible Individually", "9", "", "kit", "", "", "1", "1", ""),
        ("old", "Bag", "simple", "", "Old", "2", "Catalog, Search", "9", "", "old", "", "", "1", "1", ""),
    ]  # fmt: skip
    products, rejected = read(written(tmp_path, "magento.csv", table(MAGENTO, rows)))
    assert reasons(rejected) == [(6, "not_published", "published"), (7, "not_published", "published")]
    tee, bag = products["t"], products["bag"]
    assert (tee.title, tee.product_type, tee.size, tee.colour) == ("Tee", "Tees > Wool", "S/M", "Red")
    assert (tee.price_minor, tee.sale_price_minor, tee.material) == (2000, 1500, "")
    assert [(one.choice_id, one.availability) for one in tee.choices] == [
        ("t-s", pb.IN_STOCK),
        ("t-m", pb.OUT_OF_STOCK),
    ]
    assert (bag.price_minor, bag.colour, bag.material, bag.quantity) == (3400, "Black", "Leather", 100)


def test_links_without_the_shops_address_are_told_and_completed_by_a_mapping(tmp_path: Path) -> None:
    rows = [("1", "Hat", "9 EUR", "/p/hat.html"), ("2", "Cap", "8 EUR", "cap?x=1")]
    path = written(tmp_path, "feed.csv", table(("id", "title", "price", "link"), rows))
    products, rejected = read(path, Overrides(link="https://s.example/{link}"))
    assert not rejected
    assert [one.link for one in products.values()] == ["https://s.example/p/hat.html", "https://s.example/cap?x=1"]
    products, rejected = read(path, Overrides())
    assert [one.link for one in products.values()] == ["", ""]
    assert not rejected
    (tmp_path / "work").mkdir()
    lines = open_feed(path, Overrides(), tmp_path / "work").files[0].columns.lines()
    assert [line for line in lines if "no link" in line] == [
        "(no link) the feed's links lack the shop's address: say in a mapping file link = \"https://YOUR-SHOP/{link}\""
    ]


def test_ratings_of_another_scale_are_not_read_and_that_is_said(tmp_path: Path) -> None:
    rows = [(str(number), "Hat", "9 EUR", "87") for number in range(6)]
    path = written(tmp_path, "feed.csv", table(("id", "title", "price", "rating"), rows))
    products, rejected = read(path)
    assert (len(products), rejected) == (6, [])
    assert not any(one.HasField("rating") for one in products.values())
    (tmp_path / "work").mkdir()
    lines = open_feed(path, EUROS, tmp_path / "work").files[0].columns.lines()
    assert "(not read) rating, which goes beyond 5" in lines


ECCUBE = ("商品ID", "商品名", "規格分類1(ID)", "販売価格", "通常価格")


@pytest.mark.parametrize(
    ("said", "own", "price"),
    [("10", (), 2200), ("", ("税率", "8"), 2160), ("", (), 2000)],
    ids=["mapping", "row", "none"],
)
def test_prices_without_tax_are_shown_with_it_where_its_rate_is_known(
    tmp_path: Path, said: str, own: tuple[str, ...], price: int
) -> None:
    row = ("1", "帽子", "", "2000", "", *own[1:])
    path = written(tmp_path, "eccube.csv", table((*ECCUBE, *own[:1]), [row]))
    overrides = Overrides(currency="JPY", tax=said)
    products, rejected = read(path, overrides)
    assert not rejected
    assert products["1"].price_minor == price
    lines = recognise((*ECCUBE, *own[:1]), overrides).lines()
    assert any("without tax" in line for line in lines) is (price == 2000)


def test_a_tax_that_is_none_is_refused() -> None:
    from services.catalogue.feeds.overrides import checked_overrides

    with pytest.raises(Misconfigured, match="tax: 'ten' where a percentage below 100 like 10 was expected"):
        checked_overrides(Overrides(tax="ten"))


REDUCED = {
    "zh": ("类型", "SKU", "名称", "描述", "促销价格", "常规售价", "分类", "品牌", "父级", "属性名1", "属性值1"),
    "zh-Hant": ("類型", "貨號", "名稱", "內容說明", "折扣價", "原價", "分類", "品牌", "上層",
                "屬性 1 名稱", "屬性 1 值"),
    "ru": ("Тип", "Артикул", "Имя", "Описание", "Акционная цена", "Базовая цена", "Категории", "Бренды", "Родительский",
           "Имя атрибута 1", "Значение(-я) аттрибута 1"),
}  # fmt: skip


@pytest.mark.parametrize("language", REDUCED)
def test_a_woocommerce_export_of_some_columns_is_one_too(tmp_path: Path, language: str) -> None:
    rows = [
        ("variable", "coat", "外套", "保暖", "", "", "女装 > 外套", "北方", "", "Size", "S, M"),
        ("variation", "coat-s", "外套 - S", "", "199", "299", "", "", "coat", "Size", "S"),
        ("simple", "hat", "帽子", "", "", "99", "女装", "", "", "Brand", "南方"),
    ]  # fmt: skip
    products, rejected = read(written(tmp_path, "woo.csv", table(REDUCED[language], rows)), Overrides(currency="CNY"))
    assert not rejected
    coat, hat = products["coat"], products["hat"]
    assert (coat.title, coat.brand, coat.product_type, coat.size) == ("外套", "北方", "女装 > 外套", "S")
    assert (coat.price_minor, coat.sale_price_minor, coat.description) == (29900, 19900, "保暖")
    assert (hat.price_minor, hat.brand) == (9900, "南方")

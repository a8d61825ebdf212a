"""Exports of shop programs: how they are told from other tables, and what they call our fields.

A program's columns have names of its own, which mean something else elsewhere (`Type`, `Parent`), and WooCommerce
writes them in the shop's language. Here each is known by its English name in plain form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from services.catalogue.feeds.columns import plain_name

PLAIN, SHOPIFY, WOOCOMMERCE, ECCUBE = "plain", "shopify", "woocommerce", "ec-cube"
_OPTIONS: Final = range(1, 11)
_OPTION_NAMES: Final = (
    ("option{}name", "option{}value"),  # Shopify
    ("attribute{}name", "attribute{}values"),  # WooCommerce
    ("", "規格分類{}名称"),  # EC-CUBE says the values alone
)

_WOOCOMMERCE: Final[Mapping[str, str]] = {
    "type": "typ, 类型, tipo, type",
    "sku": "artikelnummer, sku, ugs",
    "name": "name, 名称, nom, nombre",
    "published": "veröffentlicht, 已发布, publié, publicado",
    "visibilityincatalog": "sichtbarkeit im katalog, 在列表页可见, visibilité dans le catalogue, "
    "visibilidad en el catálogo",
    "shortdescription": "kurzbeschreibung, 简短描述, description courte, descripción corta",
    "description": "beschreibung, 描述, description, descripción",
    "datesalepricestarts": "datum an dem angebotspreis beginnt, 促销开始日期, date de début de promo, "
    "día en que empieza el precio rebajado",
    "datesalepriceends": "datum an dem angebotspreis endet, 促销截止日期, date de fin de promo, "
    "día en que termina el precio rebajado",
    "instock": "vorrätig, 有货, en stock, existencias",
    "stock": "lager, 库存, stock, inventario",
    "saleprice": "angebotspreis, 促销价格, tarif promo, precio rebajado",
    "regularprice": "regulärer preis, 常规售价, tarif régulier, precio normal",
    "categories": "kategorien, 分类, catégories, categorías",
    "images": "bilder, 图片, images, imágenes",
    "parent": "übergeordnetes produkt, 父级, parent, superior",
    "brands": "marken, 品牌, marques, marcas",
    "attribute{}name": "attribut {} name, 属性 {} 名称, 属性名{}, nom de l’attribut {}, nombre del atributo {}",
    "attribute{}values": "attribut {} wert(e), 属性 {} 值, 属性 {} 的值, 属性值{}, valeur(s) de l’attribut {}, "
    "valor(es) del atributo {}",
}
"""By English name: what WooCommerce calls it in German, Chinese, French and Spanish."""


def _translations() -> dict[str, str]:
    found: dict[str, str] = {}
    for english, names in _WOOCOMMERCE.items():
        for number in _OPTIONS if "{}" in english else ("",):
            for name in names.split(", "):
                found[plain_name(name.format(number))] = english.format(number)
    return found


_ENGLISH: Final = _translations()
_SIGNS: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    SHOPIFY: (frozenset(("variantprice", "handle")), frozenset(("urlhandle", "price", "option1name"))),
    ECCUBE: (frozenset(("商品id", "規格分類1id", "販売価格")), frozenset(("商品id", "規格分類1名称", "販売価格"))),
    WOOCOMMERCE: (frozenset(("type", "name", "regularprice", "parent")),),
}
"""By program, the columns of which one set must be there."""

_FIELDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    SHOPIFY: {
        "product_id": ("variantsku", "sku"),
        "item_group_id": ("handle", "urlhandle"),
        "price": ("variantprice", "price"),
        "compare_price": ("variantcompareatprice", "compareatprice"),
        "quantity": ("variantinventoryqty", "inventoryquantity"),
        "image_links": ("variantimage", "variantimageurl", "imagesrc", "productimageurl"),
        "product_type": ("productcategory", "type"),
        "published": ("published", "publishedononlinestore", "status"),
    },
    WOOCOMMERCE: {
        "product_id": ("id", "sku"),
        "title": ("name",),
        "item_group_id": ("parent",),
        "price": ("regularprice",),
        "sale_price": ("saleprice",),
        "sale_from": ("datesalepricestarts",),
        "sale_until": ("datesalepriceends",),
        "availability": ("instock",),
        "quantity": ("stock",),
        "image_links": ("images",),
        "brand": ("brands",),
        "product_type": ("categories",),
        "published": ("published", "visibilityincatalog"),
        "description": ("description", "shortdescription"),
    },
    ECCUBE: {
        "product_id": ("商品規格id", "商品コード"),
        "item_group_id": ("商品id",),
        "price": ("販売価格",),
        "compare_price": ("通常価格",),
        "product_type": ("商品カテゴリ名称",),
        "published": ("公開ステータス名称",),
    },
    PLAIN: {},
}
"""What the programs call the fields; the first that is not empty in a row is read."""


def own_names(names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The program whose export has these columns, and the columns by the program's own names for them.

    >>> own_names(["ID", "Typ", "Name", "Regulärer Preis", "Übergeordnetes Produkt"])[0]
    'woocommerce'
    """
    plain = {plain_name(name): name for name in reversed(names)}
    for kind, signs in _SIGNS.items():
        if any(sign <= plain.keys() for sign in signs):
            return kind, plain
    english = {_ENGLISH.get(name, name): column for name, column in plain.items()}
    if any(sign <= english.keys() for sign in _SIGNS[WOOCOMMERCE]):
        return WOOCOMMERCE, english
    return PLAIN, plain


def fields_of(kind: str, own: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The columns of the program's export by our fields."""
    found = {field: tuple(own[name] for name in names if name in own) for field, names in _FIELDS[kind].items()}
    return {field: columns for field, columns in found.items() if columns}


def options_of(own: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The columns with the name and the value of what is to choose; the name's is empty where there is none."""
    pairs = ((name.format(number), value.format(number)) for name, value in _OPTION_NAMES for number in _OPTIONS)
    return tuple((own.get(name, ""), own[value]) for name, value in pairs if value in own and (name in own or not name))


def not_read(kind: str, names: Iterable[str]) -> frozenset[str]:
    """Columns that mean something else in the program's export than elsewhere."""
    plain = {name: plain_name(name) for name in names}
    in_magento = "attributeset" in plain.values()  # where `Type` is "Configurable Product"
    said = {
        name: _ENGLISH.get(one, "") if kind == WOOCOMMERCE else one if in_magento else "" for name, one in plain.items()
    }
    return frozenset(name for name, one in said.items() if one == "type")

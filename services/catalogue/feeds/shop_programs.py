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
    "type": "typ, 类型, tipo, type, тип, 類型, tipo de produto",
    "sku": "artikelnummer, sku, ugs, артикул, 貨號, cod",
    "name": "name, 名称, nom, nombre, имя, название, nome, nazwa, naam, 名稱",
    "published": "veröffentlicht, 已发布, publié, publicado, "
    "опубликован, pubblicato, publicado, opublikowano, gepubliceerd, 已發佈, 已發布",
    "visibilityincatalog": "sichtbarkeit im katalog, 在列表页可见, visibilité dans le catalogue, "
    "visibilidad en el catálogo, "
    "видимость в каталоге, visibilità nel catalogo, visibilidade no catálogo, widoczność w katalogu, 型錄可見度, "
    "在目錄中的可見度, 目錄可見度",
    "shortdescription": "kurzbeschreibung, 简短描述, description courte, descripción corta, "
    "краткое описание, короткое описание, breve descrizione, descrição curta, krótki opis, 簡短說明, 簡短描述, "
    "簡短內容說明",
    "description": "beschreibung, 描述, description, descripción, "
    "описание, descrizione, descrição, opis, 內容說明, 說明",
    "datesalepricestarts": "datum an dem angebotspreis beginnt, 促销开始日期, date de début de promo, "
    "día en que empieza el precio rebajado, "
    "дата начала действия скидки, дата начала действия продажной цены",
    "datesalepriceends": "datum an dem angebotspreis endet, 促销截止日期, date de fin de promo, "
    "día en que termina el precio rebajado, "
    "дата окончания действия скидки, дата окончания действия продажной цены",
    "instock": "vorrätig, 有货, en stock, existencias, "
    "в наличии, наличие, disponibile, em estoque, w magazynie, op voorraad, 有庫存, 庫存狀態",
    "stock": "lager, 库存, stock, inventario, запасы, остаток, magazzino, estoque, stan magazynowy, voorraad, 庫存",
    "saleprice": "angebotspreis, 促销价格, tarif promo, precio rebajado, "
    "акционная цена, цена распродажи, prezzo in offerta, preço promocional, cena promocyjna, actieprijs, 特價, "
    "折扣價, 促銷價",
    "regularprice": "regulärer preis, 常规售价, tarif régulier, precio normal, "
    "базовая цена, обычная цена, prezzo di listino, preço normal, cena regularna, reguliere prijs, "
    "normale prijs, 原價, 定價, 正常價格, 一般售價, 正常价格",
    "categories": "kategorien, 分类, catégories, categorías, "
    "категории, categorie, categorias, kategorie, categorieën, 分類",
    "images": "bilder, 图片, images, imágenes, изображения, immagini, imagens, obrazki, afbeeldingen, 圖片",
    "parent": "übergeordnetes produkt, 父级, parent, superior, "
    "родительский, родитель, genitore, ascendente, nadrzędny, hoofd, 上層, 上層商品, 父項",
    "brands": "marken, 品牌, marques, marcas, бренды, brand, marcas, 品牌",
    "attribute{}name": "attribut {} name, 属性 {} 名称, 属性名{}, nom de l’attribut {}, nombre del atributo {}, "
    "имя атрибута {}, название атрибута {}, nome dell'attributo {}, nome do atributo {}, nazwa atrybutu {}, "
    "屬性 {} 名稱, 屬性名稱 {}",
    "attribute{}values": "attribut {} wert(e), 属性 {} 值, 属性 {} 的值, 属性值{}, valeur(s) de l’attribut {}, "
    "valor(es) del atributo {}, "
    "значения атрибута {}, значение(-я) аттрибута {}, значение(-я) атрибута {}, valore dell'attributo {}, "
    "valori dell'attributo {}, valores do atributo {}, wartość(i) atrybutu {}, 屬性 {} 值, 屬性 {} 的值",
}
"""By English name: what WooCommerce calls it in other languages."""


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
    WOOCOMMERCE: (
        frozenset(("type", "name", "regularprice", "parent")),
        frozenset(("id", "type", "name", "regularprice", "published")),
    ),
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

"""The names that feeds give to our fields, and the form in which names are compared.

Compared are letters and digits alone, without case: `Image Link`, `g:image_link` and `imageLink` are one name. The
order within a field counts: where a feed has several of its names, the first that is not empty in a row is read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from services.catalogue.feeds.fields.currencies import CURRENCIES, SIGNS

_NAMES: Final[Mapping[str, str]] = {
    "product_id": "id, g:id, product id, vehicle id, listing id, "
    "offer id, item id, sku, article number, item number, product code, code, "
    "uniq id, asin, artikelnummer, produkt-id, art.-nr., артикул, код товара, идентификатор, ид, référence, "
    "référence produit, código, referencia, codice, numer, kod, 商品编号, 商品id, 编号, 货号, 商品編號, 商品コード, "
    "商品番号, 品番, 宝贝id, 商品编码, 产品编号, 產品編號, رقم المنتج, الرقم, المعرف, رمز المنتج",
    "title": "title, name, product name, product title, item name, display name, titel, name des produkts, "
    "produktname, bezeichnung, artikelname, название, наименование, заголовок, имя, nom, nom du produit, titre, "
    "título, nombre, titolo, nome, nazwa, tytuł, 标题, 商品名称, 名称, 品名, 標題, 商品名稱, 商品名, タイトル, "
    "商品标题, 宝贝名称, 宝贝标题, 产品名称, 產品名稱, العنوان, اسم المنتج, الاسم",
    "description": "description, body, body (html), product description, long description, short description, "
    "beschreibung, produktbeschreibung, kurzbeschreibung, описание, description du produit, descripción, "
    "descrizione, opis, 描述, 商品描述, 简介, 商品说明, 商品説明, 説明, 商品详情, 宝贝描述, 商品説明(詳細), "
    "商品説明(一覧), summary, content, about product, الوصف, وصف المنتج",
    "link": "link, url, product url, product link, landing page, page url, permalink, uri, product uri, offers url, "
    "canonical url, produktlink, produkt-url, "
    "ссылка, ссылка на товар, lien, enlace, 链接, 商品链接, 商品地址, 連結, リンク, 商品url, الرابط, رابط المنتج",
    "image_links": "image link, image, image url, main image, picture, picture url, photo, image src, images, "
    "image links, images link, product image url, base image, bild, bild-url, bildlink, bilder, изображение, картинка, "
    "фото, ссылка на изображение, lien image, imagen, 图片, 图片链接, 主图, 圖片, 画像, 画像url, 商品图片, 商品主图, "
    "商品圖片, 商品画像, cover image, cover img, image content url, img, img url, img link, image urls, "
    "photo url, featured image, featured image url, featured image src, الصورة, رابط الصورة",
    "more_images": "additional image link, imgurl alternative, additional image url, additional image urls, "
    "additional image links, additional images, additional image, more images, "
    "zusätzliches bild, дополнительное изображение, 附加图片, 追加画像",
    "price": "selling price, price vat, price current, price new, price final, "
    "current price, final price, real price, verkaufspreis, 售价, 现价, 售價, 販売価格, price, "
    "price value, price amount, price info price, offers price, unit price, preis, bruttopreis, цена, стоимость, prix, "
    "precio, prezzo, cena, 价格, 價格, 価格, 商品价格, 商品價格, 宝贝价格, السعر, سعر, regular price, list price, "
    "original price, actual price, retail price, 原价, 原價, 通常価格",
    "sale_price": "sale price, special price, discount price, discounted price, promo price, angebotspreis, "
    "sonderpreis, aktionspreis, цена со скидкой, акционная цена, prix soldé, prix promo, precio de oferta, "
    "cena promocyjna, 促销价, 特价, 活动价, 折后价, 優惠價, 特價, セール価格, 特別価格, سعر التخفيض, سعر البيع",
    "compare_price": "compare at price, compare-at price, price before discount, rrp, msrp, mrp, uvp, "
    "old price, price old, price before, "
    "price info original price, старая цена, 市场价, 划线价",
    "sale_dates": "sale price effective date, sale price dates, sale dates",
    "sale_from": "sale from, sale price from, sale start, sale price start date, special from date, "
    "date sale price starts, angebot ab, начало акции, 促销开始, セール開始",
    "sale_until": "sale until, sale price to, sale end, sale price end date, special to date, date sale price ends, "
    "angebot bis, конец акции, 促销结束, セール終了",
    "currency": "currency, currency code, currency id, price currency, price currency code, price info currency code, "
    "offers price currency, währung, валюта, devise, moneda, valuta, "
    "waluta, 货币, 币种, 貨幣, 通貨, العملة",
    "availability": "availability, available, in stock, in stock?, stock status, stock availability, is in stock, "
    "offers availability, "
    "verfügbarkeit, verfügbar, auf lager, lagerstatus, наличие, в наличии, disponibilité, disponibilidad, "
    "disponibilità, dostępność, 库存状态, 有货, 可用性, 在庫状況, 在庫有無, التوفر, الحالة",
    "quantity": "quantity, stock, inventory, inventory quantity, stock quantity, qty, sell on google quantity, "
    "quantity to sell on facebook, "
    "lagerbestand, bestand, menge, остаток, количество, quantité, cantidad, stan, 库存, 数量, 庫存, 在庫数, 在庫, "
    "商品库存, 库存数量, 宝贝数量, "
    "الكمية, المخزون",
    "brand": "brand, brands, brand name, vendor, manufacturer, make, marke, hersteller, "
    " бренд, марка, производитель, marque, "
    "marca, marka, producent, 品牌, 商品品牌, ブランド, メーカー, العلامة التجارية, الماركة",
    "product_type": "product type, category, categories, product category, type, category path, "
    "category tree, product category tree, categorytext, "
    "google product category, kategorie, produkttyp, warengruppe, категория, тип товара, catégorie, categoría, "
    "categoria, kategoria, 类目, 分类, 商品类别, 商品分类, 商品类目, 宝贝类目, 類別, 分類, 商品分類, "
    "カテゴリ, カテゴリー, 商品カテゴリ, الفئة, القسم, نوع المنتج",
    "colour": "color, colour, exterior color, farbe, цвет, couleur, kolor, colore, cor, kleur, färg, farge, farve, "
    "väri, barva, farba, szín, culoare, renk, 색상, 颜色, 顏色, 色, カラー, اللون",
    "size": "size, größe, groesse, размер, taille, talla, taglia, rozmiar, tamanho, maat, "
    "storlek, størrelse, koko, velikost, veľkosť, méret, mărime, beden, 사이즈, 尺码, 尺寸, 尺碼, サイズ, المقاس",
    "material": "material, stoff, obermaterial, материал, состав, matière, materiał, "
    "materiale, materiaal, materiál, malzeme, 소재, 材质, 面料, 材質, 素材, الخامة",
    "item_group_id": "item group id, group id, parent id, parent sku, variant group, gruppen-id, "
    "spu id, spu, parent asin, parent product id, itemgroup id, "
    "id группы, группа товаров, 商品组id, 款号, 商品グループid",
    "language": "language, content language, lang, locale, sprache, язык, langue, idioma, 语言, 言語, اللغة",
    "rating": "rating, average rating, product rating, product review rating, "
    "review rating, reviews rating, rating rate, rating average, "
    "rating value, aggregate rating rating value, stars, "
    "bewertung, рейтинг, оценка, note moyenne, "
    "评分, 評価, التقييم",
    "rating_count": "rating count, product review count, "
    "review count, number of reviews, reviews count, aggregate rating review count, "
    "aggregate rating rating count, "
    "anzahl bewertungen, количество отзывов, 评论数, 评价数, レビュー数, عدد التقييمات",
    "published": "published, status, visibility",
}
"""By our field, the names that it has in feeds: in Google's specification, in shop programs, and in ten languages."""

REQUIRED: Final = ("product_id", "title", "price")
"""Fields without which nothing can be advertised."""

ATTRIBUTES: Final = (
    *(f"custom_label_{number}" for number in range(5)),
    "google_product_category", "gtin", "mpn", "condition", "gender", "age_group", "pattern", "size_type", "size_system",
    "energy_efficiency_class", "product_highlight", "availability_date", "unit_pricing_measure",
    "unit_pricing_base_measure", "shipping_label", "adult", "identifier_exists",
    "colour_hex", "illustration", "new_arrival",
)  # fmt: skip
"""Columns of Google's specification that have no field of their own: they become attributes under these names.

Three are ours: `colour_hex`, a colour as "#rrggbb", for ads whose colour a name says too roughly; and `illustration`,
the name of one of the composer's illustrations that shows this very product, for want of a photo; and `new_arrival`.
"""


def plain_name(name: str) -> str:
    """The form in which names of columns are compared.

    >>> [plain_name(name) for name in ("Image Link", "g:image_link", "imageLink", "Größe", "Body (HTML)", "Art.-Nr.")]
    ['imagelink', 'imagelink', 'imagelink', 'größe', 'bodyhtml', 'artnr']
    """
    name = unicodedata.normalize("NFKC", name).casefold().strip().removeprefix("g:")
    return "".join(letter for letter in name if letter.isalnum()).replace("ss", "ß")


def printable(name: str) -> str:
    """A name from a feed as it may be shown on a terminal, which obeys control characters."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


def _ranks() -> dict[str, tuple[str, int]]:
    """By plain name: our field, and the name's place among the field's names."""
    found: dict[str, tuple[str, int]] = {}
    for field, names in _NAMES.items():
        for rank, name in enumerate(names.split(", ")):
            found.setdefault(plain_name(name), (field, rank))
    return found


KNOWN: Final = _ranks()
_MOST_CHARACTERS: Final = 80  # of a name that is looked at closely
PRICES: Final = ("price", "sale_price", "compare_price")
_IN_CURRENCY: Final = re.compile(
    r"(?P<name>.+?)[ _(\[/-]+(in )?(?P<sign>[a-z]{3}|[^\w ()\[\]]+|元|円|원)[)\]]*", re.IGNORECASE
)


def meant_by(name: str) -> tuple[str, int, str]:
    """Our field, the name's rank among the field's names, and the currency that the name says; empty: none.

    >>> meant_by("Price (INR)")[::2], meant_by("price_usd")[::2], meant_by("価格(円)")[::2], meant_by("Colour")[::2]
    (('price', 'INR'), ('price', 'USD'), ('price', 'JPY'), ('colour', ''))
    """
    field, rank = KNOWN.get(plain_name(name), ("", 0))
    is_read = field or len(name) > _MOST_CHARACTERS
    parts = None if is_read else _IN_CURRENCY.fullmatch(unicodedata.normalize("NFKC", name).strip())
    if not parts:
        return field, rank, ""
    field, rank = KNOWN.get(plain_name(parts["name"]), ("", 0))
    code, meant = parts["sign"].upper(), SIGNS.get(parts["sign"].lower(), ())
    if field not in PRICES or not (code in CURRENCIES or meant):
        return "", 0, ""
    return field, rank, code if code in CURRENCIES else meant[0] if len(meant) == 1 else ""


FIELDS: Final = tuple(_NAMES)
ATTRIBUTE_NAMES: Final = {plain_name(name): name for name in ATTRIBUTES} | {"colorhex": "colour_hex"}
REPEATED: Final = frozenset({"image_links", "more_images"})
"""Fields whose column may be there several times."""

BEFORE: Final = frozenset(
    ("price", "preis", "regularprice", "listprice", "originalprice", "actualprice", "retailprice", "价格", "價格")
    + ("価格", "原价", "原價", "通常価格")
)
"""Prices that a lower one may stand beside, which is then what is asked; in plain form."""

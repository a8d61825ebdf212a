"""The names that feeds give to our fields: a table, most telling names first (`columns.py` says how they compare)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NAMES: Final[Mapping[str, str]] = {
    "product_id": "id, g:id, product id, vehicle id, listing id, "
    "offer id, item id, sku, article number, item number, product code, code, "
    "uniq id, asin, artikelnummer, produkt-id, art.-nr., артикул, код товара, идентификатор, ид, référence, "
    "référence produit, código, referencia, codice, numer, kod, 商品编号, 商品id, 编号, 货号, 商品編號, 商品コード, "
    "商品番号, 品番, 宝贝id, 商品编码, 产品编号, 產品編號, رقم المنتج, الرقم, المعرف, رمز المنتج, "
    "merchant product id, aw product id, item code, goods id, prod id, pid, article id, product no, item no,"
    " artikel id, id producto, id articolo, id article, tovar id, id товара,"
    " seller sku, item sku, partner sku, product sku, "
    "artikelnr, bestellnummer, bestellnr, id produktu, id prodotto, id produit, kód, "
    "mã sản phẩm, ürün kodu, stok kodu, kode produk, artikelcode, 상품번호, 상품코드, sku编码, "
    "商品sku, 貨號, 商品代碼, "
    "ordernumber, product number, product code sku",
    "title": "title, name, product name, product title, item name, display name, titel, name des produkts, "
    "produktname, bezeichnung, artikelname, название, наименование, заголовок, имя, nom, nom du produit, titre, "
    "título, nombre, titolo, nome, nazwa, tytuł, 标题, 商品名称, 名称, 品名, 標題, 商品名稱, 商品名, タイトル, "
    "商品标题, 宝贝名称, 宝贝标题, 产品名称, 產品名稱, العنوان, اسم المنتج, الاسم, "
    "item title, artikelbezeichnung, produktbezeichnung, product title en, názov, název, productnaam, "
    "naam, naziv, nazwa produktu, nome prodotto, nome do produto, nombre del producto, tuotenimi, "
    "produktnavn, produktnamn, ürün adı, ürün ismi, başlık, tên sản phẩm, nama produk, 상품명, 제품명, 产品标题, "
    "产品名, 商品名字, 商品名稱, "
    "translations default name",
    "description": "description, body, body (html), product description, long description, short description, "
    "beschreibung, produktbeschreibung, kurzbeschreibung, описание, description du produit, descripción, "
    "descrizione, opis, 描述, 商品描述, 简介, 商品说明, 商品説明, 説明, 商品详情, 宝贝描述, 商品説明(詳細), "
    "商品説明(一覧), summary, content, about product, الوصف, وصف المنتج, "
    "product short description, item description, item caption, plain description, desc, langtext, "
    "artikelbeschreibung, descrição, omschrijving, popis, beskrivning, beskrivelse, kuvaus, açıklama, "
    "ürün açıklaması, mô tả, deskripsi, 상세설명, 상품설명, 产品描述, 产品简介, 详情, 商品介紹, "
    "description long, translations default description",
    "link": "link, url, product url, product link, landing page, page url, permalink, uri, product uri, offers url, "
    "canonical url, produktlink, produkt-url, "
    "ссылка, ссылка на товар, lien, enlace, 链接, 商品链接, 商品地址, 連結, リンク, 商品url, الرابط, رابط المنتج, "
    "merchant deep link, deep link, aw deep link, buy url, item url, listing url, "
    "product page url, detail url, view item url, item web url, 产品链接, 商品網址, 商品連結, 商品頁面, "
    "详情链接, 宝贝链接, adres url, "
    "url produktu, url produit, url prodotto, ürün linki, collegamento, hyperlink",
    "image_links": "image link, image, image url, main image, picture, picture url, photo, image src, images, "
    "image links, images link, product image url, base image, bild, bild-url, bildlink, bilder, изображение, картинка, "
    "фото, ссылка на изображение, lien image, imagen, 图片, 图片链接, 主图, 圖片, 画像, 画像url, 商品图片, 商品主图, "
    "商品圖片, 商品画像, cover image, cover img, image content url, img, img url, img link, image urls, "
    "photo url, featured image, featured image url, featured image src, الصورة, رابط الصورة, "
    "merchant image url, aw image url, large image, image large, big image, main image url, "
    "product image, product images, product media, medium image urls, hosted image urls, imgs main, "
    "pictures, photos, immagine, immagini, imagem, imagens, imágenes, foto, fotos, "
    "fotografía, zdjęcie, zdjęcia, obrázek, obrázok, afbeelding, afbeeldingen, kuva, kép, resim, "
    "resimler, görsel, ürün resmi, hình ảnh, gambar, фотографии, изображения, 이미지, 商品图, 图片地址, 图片网址, "
    "商品图片链接, 商品圖, 商品圖片網址, 商品画像url, "
    "product image file, cover media url, image urls xyz, main image file",
    "more_images": "additional image link, imgurl alternative, additional image url, additional image urls, "
    "additional image links, additional images, additional image, more images, "
    "zusätzliches bild, дополнительное изображение, 附加图片, 追加画像, "
    "alternate image, alternate images, other image url, image urls additional, imgs i, "
    "gallery images",
    "price": "price incl tax, price including tax, price tax incl, price tax included, price with tax, price incl vat, "
    "gross price, preis brutto, preis inkl mwst, prix ttc, precio con iva, prezzo ivato, cena brutto, cena s dph, "
    "税込価格, 価格(税込), 販売価格(税込), 含税价, "
    "selling price, price vat, price current, price new, price final, "
    "current price, final price, real price, verkaufspreis, 售价, 现价, 售價, 販売価格, price, "
    "price value, price amount, price info price, offers price, unit price, preis, bruttopreis, цена, стоимость, prix, "
    "precio, prezzo, cena, 价格, 價格, 価格, 商品价格, 商品價格, 宝贝价格, السعر, سعر, regular price, list price, "
    "original price, actual price, retail price, 原价, 原價, 通常価格, "
    "search price, item price, standard price, store price, start price, current item price, "
    "prezzo di vendita, prezzo al pubblico, precio de venta, "
    "preço, preco, valor, precio venta, prix de vente, ár, prijs, "
    "verkoopprijs, pris, hinta, fiyat, fiyatı, satış fiyatı, giá, giá bán, harga, наша цена, "
    "розничная цена, цена продажи, ціна, 가격, 판매가, 销售价, 销售价格, 单价, 一口价, 商品单价, 商品售价, "
    "price ek, price default gross, price gross, prezzo iva inclusa",
    "sale_price": "sale price, special price, discount price, discounted price, promo price, angebotspreis, "
    "sonderpreis, aktionspreis, цена со скидкой, акционная цена, prix soldé, prix promo, precio de oferta, "
    "cena promocyjna, 促销价, 特价, 活动价, 折后价, 優惠價, 特價, セール価格, 特別価格, سعر التخفيض, سعر البيع, "
    "deal price, offer price, promotion price, reduced price, prezzo scontato, "
    "prezzo promozionale, precio rebajado, precio promocional, preço promocional, aanbiedingsprijs, "
    "kampanjpris, indirimli fiyat, kampanya fiyatı, giá khuyến mãi, harga diskon, 할인가, 促销价格, 折扣价, 券后价",
    "compare_price": "compare at price, compare-at price, price before discount, rrp, msrp, mrp, uvp, "
    "old price, price old, price before, "
    "price info original price, старая цена, 市场价, 划线价, "
    "rrp price, product price old, was price, original item price, strikethrough price, strike price, "
    "before price, suggested retail price, цена до скидки, giá gốc, harga asli, "
    "liste fiyatı, piyasa fiyatı, 정가, 市场价格, 吊牌价, 门市价, "
    "pseudoprice ek, list price default gross",
    "sale_dates": "sale price effective date, sale price dates, sale dates",
    "sale_from": "sale from, sale price from, sale start, sale price start date, special from date, "
    "date sale price starts, angebot ab, начало акции, 促销开始, セール開始",
    "sale_until": "sale until, sale price to, sale end, sale price end date, special to date, date sale price ends, "
    "angebot bis, конец акции, 促销结束, セール終了",
    "currency": "currency, currency code, currency id, price currency, price currency code, price info currency code, "
    "offers price currency, währung, валюта, devise, moneda, valuta, "
    "waluta, 货币, 币种, 貨幣, 通貨, العملة, "
    "current item price currency, valutacode, měna, mena, para birimi, tiền tệ, mata uang, валюта id",
    "availability": "availability, available, in stock, in stock?, stock status, stock availability, is in stock, "
    "offers availability, "
    "verfügbarkeit, verfügbar, auf lager, lagerstatus, наличие, в наличии, disponibilité, disponibilidad, "
    "disponibilità, dostępność, 库存状态, 有货, 可用性, 在庫状況, 在庫有無, التوفر, الحالة, "
    "availability status, stock status name, is available, stock available, disponibile, "
    "beschikbaarheid, voorraadstatus, dostupnost, stok durumu, 재고상태, 库存情况, 是否有货",
    "quantity": "quantity, stock, inventory, inventory quantity, stock quantity, qty, sell on google quantity, "
    "quantity to sell on facebook, "
    "lagerbestand, bestand, menge, остаток, количество, quantité, cantidad, stan, 库存, 数量, 庫存, 在庫数, 在庫, "
    "商品库存, 库存数量, 宝贝数量, "
    "الكمية, المخزون, "
    "available quantity, stock qty, inventory count, in stock quantity, quantità, quantidade, voorraad, "
    "ilość, stan magazynowy, zásoba, varasto, stok, stok adedi, "
    "số lượng, jumlah stok, количество на складе, остатки, 재고, 재고수량, 可售数量, 庫存數量, "
    "current stock level, current stock, available stock",
    "brand": "brand, brands, brand name, vendor, manufacturer, make, marke, hersteller, "
    "бренд, марка, производитель, marque, "
    "marca, marka, producent, 品牌, 商品品牌, ブランド, メーカー, العلامة التجارية, الماركة, "
    "brand title, merk, značka, výrobce, výrobca, varemerke, varumärke, tillverkare, merki, valmistaja, "
    "üretici, thương hiệu, merek, merkki, fabricante, fabbricante, produttore, бренд производитель, "
    "виробник, 브랜드, 제조사, 厂商, 生产厂家, 廠牌, "
    "supplier, manufacturer translations default name, manufacturer name",
    "product_type": "product type, category, cat, categories, product category, type, category path, "
    "category tree, product category tree, categorytext, "
    "google product category, kategorie, produkttyp, warengruppe, категория, тип товара, catégorie, categoría, "
    "categoria, kategoria, 类目, 分类, 商品类别, 商品分类, 商品类目, 宝贝类目, 類別, 分類, 商品分類, "
    "カテゴリ, カテゴリー, 商品カテゴリ, الفئة, القسم, نوع المنتج, "
    "merchant category, category name, category full path, main category, product categories, "
    "advertiser category, primary category, kategori, kategorien, catégories, categorías, categorie, "
    "kategorie produktu, kateqoriya, danh mục, ngành hàng, kategori produk, категории, раздел, "
    "категорія, 카테고리, 分类名称, 商品品类, 品类, 类别, 所属分类, "
    "categories xyz, feed product type",
    "colour": "color, colour, exterior color, farbe, цвет, couleur, kolor, colore, cor, kleur, färg, farge, farve, "
    "väri, barva, farba, szín, culoare, renk, 색상, 颜色, 顏色, 色, カラー, اللون, "
    "color name, colour name, fashion colour, цвет товара, колір, kleuren, couleurs, colores, màu sắc, "
    "warna, 颜色分类, 主颜色",
    "size": "size, größe, groesse, размер, taille, talla, taglia, rozmiar, tamanho, maat, "
    "storlek, størrelse, koko, velikost, veľkosť, méret, mărime, beden, 사이즈, 尺码, 尺寸, 尺碼, サイズ, المقاس, "
    "size name, fashion size, größen, tailles, tallas, talle, розмір, kích cỡ, kích thước, ukuran",
    "material": "material, stoff, obermaterial, материал, состав, matière, materiał, "
    "materiale, materiaal, materiál, malzeme, 소재, 材质, 面料, 材質, 素材, الخامة, "
    "materials, material name, fabric, fashion material, materiali, materialangaben, tessuto, tela, "
    "матеріал, chất liệu, bahan, 面料材质, 质地",
    "item_group_id": "item group id, group id, parent id, parent sku, variant group, gruppen-id, "
    "spu id, spu, parent asin, parent product id, itemgroup id, "
    "id группы, группа товаров, 商品组id, 款号, 商品グループid, "
    "item group, product group id, variant group id, parent handle, spu编码, "
    "mainnumber, master sku, configurable sku",
    "language": "language, content language, lang, locale, sprache, язык, langue, idioma, 语言, 言語, اللغة",
    "rating": "rating, average rating, product rating, product review rating, "
    "review rating, reviews rating, rating rate, rating average, "
    "rating value, aggregate rating rating value, stars, "
    "bewertung, рейтинг, оценка, note moyenne, "
    "评分, 評価, التقييم, "
    "review average, average star rating, avg rating, customer rating, rating score, star rating, puan, "
    "bewertung durchschnitt, valutazione, calificación, avaliação, đánh giá, 평점, 商品评分, 評分",
    "rating_count": "rating count, product review count, "
    "review count, number of reviews, reviews count, aggregate rating review count, "
    "aggregate rating rating count, "
    "anzahl bewertungen, количество отзывов, 评论数, 评价数, レビュー数, عدد التقييمات, "
    "review counts, rating number, no of ratings, total reviews, num reviews, number of ratings, "
    "ratings count, reviews number, 评价数量, 评论数量, 評論數, 리뷰수",
    "published": "published, status, visibility, "
    "visible, active, is active, enabled, product online, aktiv, actif, activo, attivo, опубликован, "
    "上架状态, 商品状态, "
    "product visible, is visible, is published",
}
"""By our field, the names that it has in feeds: in Google's specification, in shop programs, and in many languages."""

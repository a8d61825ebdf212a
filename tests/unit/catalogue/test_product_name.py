"""A product's name is its title without what the shop says of the offer, and a true name is never changed."""

from __future__ import annotations

import pytest

from services.catalogue.product_name import product_name

PROMOTED = {
    "FREE SHIPPING!! Linen shirt": "Linen shirt",
    "Linen shirt - 50% OFF today only": "Linen shirt",
    "Linen shirt 50% off": "Linen shirt",
    "[NEW] Linen shirt (Free UK Delivery)": "Linen shirt",
    "🔥 HOT SALE 🔥 Linen shirt, red": "Linen shirt, red",
    "SALE | Linen shirt | White": "Linen shirt | White",
    "Linen shirt (White, 30% off)": "Linen shirt (White)",
    "Black Friday Deal: Save $20 - Linen shirt": "Linen shirt",
    "#1 Best Seller! Linen shirt": "Linen shirt",
    "Linen shirt now only $19.99": "Linen shirt",
    "Buy 1 Get 1 Free Linen shirt": "Linen shirt",
    "Free shipping on all orders over $50 | Linen shirt": "Linen shirt",
    "Metal barn -Delivery/Installation Included": "Metal barn",
    "Leinenhemd – versandkostenfrei": "Leinenhemd",
    "NEU! Leinenhemd, nur heute 20 % Rabatt": "Leinenhemd",
    "Top-Angebot: Leinenhemd weiß": "Leinenhemd weiß",
    "Leinenhemd -50%": "Leinenhemd",
    "【楽天1位】リネンシャツ": "リネンシャツ",
    "【送料無料】【ポイント10倍】リネンシャツ 白": "リネンシャツ 白",
    "【送料無料・日本製】リネンシャツ": "【日本製】リネンシャツ",
    "★期間限定★ リネンシャツ 1,000円OFFクーポン": "リネンシャツ",
    "\uff3b2026春夏新作\uff3dリネンシャツ": "リネンシャツ",
    "包邮 亚麻衬衫": "亚麻衬衫",
    "【限时特价】亚麻衬衫 买一送一": "亚麻衬衫",
    "2026夏季新款亚麻衬衫包邮": "夏季亚麻衬衫",
    "正品包邮亚麻衬衫女 满100减50": "亚麻衬衫女",
    "抖音同款爆款亚麻衬衫": "亚麻衬衫",
    "台灣現貨 免運 亞麻襯衫": "亞麻襯衫",
    "FREE SHIPPING!!": "",
    "【送料無料】": "",
    "限时特价 包邮": "",
}


@pytest.mark.parametrize(("title", "name"), PROMOTED.items(), ids=str)
def test_a_promotion_is_no_part_of_the_name(title: str, name: str) -> None:
    assert product_name(title) == name


TRUE_NAMES = (
    "Free People linen dress", "For Sale sign, 30 x 20 cm", "Off-the-shoulder top, 50% cotton", "Yahoo! mug",
    "World's Best Dad mug", "The Bestseller Code (paperback)", "Call of Duty: Black Ops", "Click & Grow garden",
    "New Balance 574", "New York poster - black and white", "Vodka 40%", "Gift card $50", "Hot chocolate, 250 g",
    "Sale e Pepe grinder", "Top - black", "Today Tomorrow Always perfume", "1 2 3 Counting book", "Just for Men",
    "iPhone 12 (Refurbished)", "T-shirt [2-pack]", "Aktion Mensch Kalender", "Guten Morgen Tasse", "Only the Brave EdT",
    "Angebotsmappe A4", "Neuer Wein", "Nur die Strumpfhose", "三折伞", "3折雨伞", "活动扳手", "特价牌 10张",
    "促销台 展示架", "Hurry Up and Wait (hardback)", "Last Chance to See", "Salsa - Hot - 150 ml",
    "Fast Delivery Truck", "真正品质毛巾", "全新款式外套", "《三体》 刘慈欣", "新西兰奶粉", "公式集 数学",
    "【日本製】リネンシャツ", "福袋 2026", "1位置スイッチ", "人気者の傘",
    "Monitor 24\" - 4K | Dell", "Shirt (50% cotton, 50% linen)", "Deal or No Deal board game", "Mega Bloks!",
)  # fmt: skip


@pytest.mark.parametrize("title", TRUE_NAMES)
def test_a_true_name_stays_as_it_is(title: str) -> None:
    assert product_name(title) == title

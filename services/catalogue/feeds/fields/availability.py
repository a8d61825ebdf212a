"""Whether a product can be bought, as feeds say it in several languages, and how many pieces there are."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.columns import plain_name
from services.catalogue.feeds.rows import Value
from services.common.errors import Rejected

Availability = pb.Availability
_THOUSANDS: Final = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?:,|$))")  # "1,234"
_AS_PARENT: Final = "parent"  # WooCommerce: the pieces of all variations are counted together
MOST_PIECES: Final = 10**9

_WORDS: Final = {
    pb.IN_STOCK: "in stock, instock, in_stock, available, yes, y, true, 1, limited availability, available for order, "
    "low stock, limited stock, in stock online, active, "
    "auf lager, verfügbar, lieferbar, sofort lieferbar, vorrätig, ja, в наличии, есть, есть в наличии, да, en stock, "
    "disponible, oui, si, sí, disponibile, dostępny, tak, 有货, 现货, 有, 有貨, 在庫あり, 有り, あり, متوفر, متاح, "
    "نعم, skladem, na skladě, skladom, raktáron, stokta, stokta var, var, op voorraad, leverbaar, em estoque, "
    "em stock, disponível, i lager, på lager, tersedia, ready stock, còn hàng, в наявності, є в наявності, dostępna, "
    "w magazynie, 재고있음, 판매중, 有库存, 库存充足, 在售, 在庫有り",
    pb.OUT_OF_STOCK: "out of stock, outofstock, out_of_stock, sold out, soldout, unavailable, not available, no, n, "
    "false, 0, discontinued, nicht verfügbar, nicht auf lager, nicht lieferbar, ausverkauft, nein, нет в наличии, нет, "
    "распродано, rupture de stock, épuisé, non, agotado, esaurito, niedostępny, brak, nie, 缺货, 无货, 售罄, 无, 缺貨, "
    "在庫なし, 売り切れ, 無し, なし, غير متوفر, نفد, نفدت الكمية, لا, "
    "no stock, currently unavailable, temporarily out of stock, vyprodáno, nedostupné, není skladem, elfogyott, "
    "stokta yok, tükendi, yok, uitverkocht, niet op voorraad, niet leverbaar, esgotado, indisponível, sem estoque, "
    "fora de estoque, slut i lager, slutsåld, udsolgt, utsolgt, habis, stok habis, hết hàng, немає в наявності, "
    "non disponibile, no disponible, sin stock, fuera de stock, 품절, 재고없음, 无库存, 已售罄, 已下架, 在庫無し, "
    "在庫切れ, 完売, 売切れ",
    pb.PREORDER: "preorder, pre-order, pre order, coming soon, vorbestellbar, предзаказ, под предзаказ, précommande, "
    "preventa, prevendita, pré-venda, ön sipariş, 预售, 預購, 予約, 予約受付中, طلب مسبق",
    pb.BACKORDER: "backorder, backordered, back order, onbackorder, on backorder, made to order, nachbestellt, "
    "под заказ, sur commande, 预订, 取り寄せ, お取り寄せ",
}
_BY_WORD: Final = {plain_name(word): state for state, words in _WORDS.items() for word in words.split(", ")}


def read_availability(value: Value | None, quantity: int | None) -> Availability:
    """The availability that a cell says; without one the quantity decides, and without both it is in stock.

    >>> read_availability("Auf Lager", 0) == pb.IN_STOCK, read_availability(None, 0) == pb.OUT_OF_STOCK
    (True, True)
    """
    if value is None:
        return pb.OUT_OF_STOCK if quantity == 0 else pb.IN_STOCK
    word = str(value).rsplit("/", 1)[-1]  # "https://schema.org/InStock"
    found = _BY_WORD.get(plain_name(word))
    if found is None and word.strip().isdecimal():
        return pb.IN_STOCK
    if found is None:
        raise Rejected("availability", "availability", value, "in_stock, out_of_stock, preorder or backorder")
    return found


def is_state(value: Value | None) -> bool:
    """Whether a cell names a state of the stock, as some programs do in the column of the pieces."""
    return isinstance(value, str) and not value.strip().isdecimal() and plain_name(value) in _BY_WORD


def read_quantity(value: Value | None) -> int | None:
    """How many pieces there are; None where the shop does not say. Sold more than there were: none are left."""
    if value is None or value == _AS_PARENT:
        return None
    try:
        pieces = (
            Decimal(_THOUSANDS.sub("", str(value).strip())) if not isinstance(value, bool | tuple) else Decimal("NaN")
        )
    except InvalidOperation:
        pieces = Decimal("NaN")
    if not (pieces.is_finite() and abs(pieces) <= MOST_PIECES and pieces == pieces.to_integral_value()):
        raise Rejected("quantity", "quantity", value, f"a whole number of at most {MOST_PIECES}")
    return max(0, int(pieces))

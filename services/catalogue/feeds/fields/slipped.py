"""Recognises a row whose cells stand in other columns than they belong to: a comma without quotes, a column left out.

Prices, links, stock and dates are checked where they are read. A title, brand or colour may be nearly any text, so that
a slipped row would be taken with an address as its brand. What can be none of these is an address, a price with its
currency, or a word of the stock.
"""

from __future__ import annotations

import re
from typing import Final

from services.catalogue.feeds.columns import PRICES, plain_name
from services.catalogue.feeds.fields.cells import Cells
from services.catalogue.feeds.fields.currencies import CURRENCIES
from services.common.errors import Rejected

_TEXTS: Final = ("title", "brand", "product_type", "colour", "size", "material")
_OTHERS: Final = (*PRICES, "currency", "quantity", "rating", "rating_count", "language")
_CALLED: Final = {
    "product_type": "category",
    "rating_count": "number of ratings",
    "compare_price": "price before a sale",
}
_ADDRESS: Final = re.compile(r"(?:https?:)?//[^\s/]+\.[^\s]+", re.IGNORECASE)
_PRICE: Final = re.compile(
    r"[$€£¥￥₹₽₩₺₫฿₱] ?[0-9][0-9.,' ]*[.,][0-9]{2}|[0-9][0-9.,' ]*[.,][0-9]{2} ?[$€£¥￥₹₽₩₺₫฿₱]"
    r"|(?P<before>[A-Z]{3}) ?[0-9][0-9.,]*[.,][0-9]{2}|[0-9][0-9.,]*[.,][0-9]{2} ?(?P<behind>[A-Z]{3})"
)
"""With its decimals: "EUR 38" and "38.5 EUR" are sizes of shoes."""

_STOCK: Final = frozenset(
    ("instock", "outofstock", "soldout", "preorder", "backorder", "auflager", "nichtauflager", "ausverkauft")
    + ("enstock", "agotado", "有货", "缺货", "有貨", "缺貨", "在庫あり", "在庫なし")
)


def check_in_place(cells: Cells) -> None:
    """Raises `Rejected("slipped")` for a cell that can only belong to another column."""
    for field in (*_TEXTS, *_OTHERS):
        value = cells.value(field)
        if isinstance(value, str) and (found := _out_of_place(value.strip(), field)):
            called = _CALLED.get(field, field.replace("_", " "))
            raise Rejected("slipped", field, value, f"a {called} and not {found} (are the row's cells one column off?)")


def _out_of_place(text: str, field: str) -> str:
    """What a cell is that is none of its column; empty: it may be in its place."""
    if "//" in text and _ADDRESS.fullmatch(text):
        return "an address"
    if field == "currency" and text[:1].isdigit():
        return "a number"
    if field not in _TEXTS:
        return ""
    if plain_name(text) in _STOCK:
        return "a state of the stock"
    price = _PRICE.fullmatch(text)
    code = price and (price["before"] or price["behind"])
    return "a price" if price and (not code or code in CURRENCIES) else ""

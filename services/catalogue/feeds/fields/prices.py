"""Sets a product's regular price, the price of a sale, and when that holds."""

from __future__ import annotations

import re
from typing import Final

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.fields.cells import Cells
from services.catalogue.feeds.fields.money import Price, PriceFormat, read_price
from services.catalogue.feeds.fields.sale import read_period
from services.catalogue.feeds.rows import Value
from services.common.errors import Rejected

_NOTHING: Final = re.compile(r"[.,\s]*|[^1-9]*0[^1-9]*")  # also with a currency: "0.00 EUR"


def set_prices(product: pb.Product, cells: Cells, price_format: PriceFormat) -> None:
    """Sets the prices that the row says; none where it says no price."""
    said, column = cells.value("price"), cells.currency()
    if said is None:
        return
    known = PriceFormat(column or price_format.currency, price_format.decimal)
    price = _price(said, "price", known, column)
    sale = _other_price(cells, "sale_price", known, column)
    before = _other_price(cells, "compare_price", known, column)
    if before and before.currency == price.currency and before.minor > price.minor:
        price, sale = before, sale or price
    if sale and (sale.currency != price.currency or sale.minor > price.minor):
        raise Rejected(
            "sale", "sale_price", cells.value("sale_price"), "a price below the regular one, in its currency"
        )
    product.price_minor, product.currency = price.minor, price.currency
    if sale and sale.minor < price.minor:
        product.sale_price_minor = sale.minor
        _set_period(product, cells)


def _price(value: Value, name: str, known: PriceFormat, column: str) -> Price:
    price = read_price(value, name, known)
    if column and price.currency != column:
        raise Rejected("currency", name, value, f"a price in {column}, as the currency column says")
    return price


def _other_price(cells: Cells, name: str, known: PriceFormat, column: str) -> Price | None:
    """A further price of the row; None where there is none, as which programs also write 0."""
    value = cells.value(name)
    if value is None or _NOTHING.fullmatch(str(value)):
        return None
    return _price(value, name, known, column)


def _set_period(product: pb.Product, cells: Cells) -> None:
    zone = cells.columns.overrides.time_zone
    period = read_period(cells.value("sale_dates"), cells.value("sale_from"), cells.value("sale_until"), zone)
    if period.begin:
        product.sale_from.FromDatetime(period.begin)
    if period.end:
        product.sale_until.FromDatetime(period.end)

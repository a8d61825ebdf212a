"""Sets a product's regular price, the price of a sale, and when that holds.

A shopper is shown what a shopper pays. Where a feed's prices are without tax, it is added at the rate that the person
who imports says, or that the row does (EC-CUBE's 税率), rounded half up to the currency's smallest unit.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from protos.gen.adloom.catalogue.v1 import product_pb2 as pb
from services.catalogue.feeds.fields.cells import Cells, as_number
from services.catalogue.feeds.fields.money import Price, PriceFormat, read_price
from services.catalogue.feeds.fields.sale import read_period
from services.catalogue.feeds.rows import Value
from services.catalogue.feeds.shop_programs import ECCUBE
from services.common.errors import Rejected

_NOTHING: Final = re.compile(r"[.,\s]*|[^1-9]*0[^1-9]*")  # also with a currency: "0.00 EUR"


def set_prices(product: pb.Product, cells: Cells, price_format: PriceFormat) -> None:
    """Sets the prices that the row says; none where it says no price."""
    said, column = cells.value("price"), cells.currency()
    if said is None:
        return
    known = PriceFormat(column or price_format.currency, price_format.decimal)
    tax = _tax(cells)
    price = _price(said, "price", known, column, tax)
    known = PriceFormat(known.currency or price.currency, known.decimal)
    sale = _other_price(cells, "sale_price", known, column, tax)
    before = _other_price(cells, "compare_price", known, column, tax)
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


def _price(value: Value, name: str, known: PriceFormat, column: str, tax: Decimal) -> Price:
    price = read_price(value, name, known)
    if column and price.currency != column:
        raise Rejected("currency", name, value, f"a price in {column}, as the currency column says")
    return replace(price, minor=int((price.minor * (100 + tax) / 100).to_integral_value(ROUND_HALF_UP)))


def _tax(cells: Cells) -> Decimal:
    """Percent that the row's prices lack."""
    own = as_number(cells.own("税率")) if cells.columns.kind == ECCUBE else None
    return Decimal(cells.columns.overrides.tax or 0) if own is None else own


def _other_price(cells: Cells, name: str, known: PriceFormat, column: str, tax: Decimal) -> Price | None:
    """A further price of the row; None where there is none, as which programs also write 0."""
    value = cells.value(name)
    if value is None or _NOTHING.fullmatch(str(value)):
        return None
    return _price(value, name, known, column, tax)


def _set_period(product: pb.Product, cells: Cells) -> None:
    zone = cells.columns.overrides.time_zone
    period = read_period(cells.value("sale_dates"), cells.value("sale_from"), cells.value("sale_until"), zone)
    if period.begin:
        product.sale_from.FromDatetime(period.begin)
    if period.end:
        product.sale_until.FromDatetime(period.end)

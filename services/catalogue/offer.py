"""What is offered of a product now: whether it can be bought, and for how much; pure."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final

from protos.gen.adloom.catalogue.v1 import product_pb2

GONE = "gone"
OUT_OF_STOCK = "out_of_stock"
PRICE = "price"
SALE = "sale"
STOCK = "stock"
RATING = "rating"


@dataclass(frozen=True, slots=True)
class Price:
    """An amount in minor units of its currency (ISO 4217)."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A product as its ads depend on it; small, because a process holds one of every product."""

    sold: bool  # it can be bought, or ordered ahead
    regular: Price
    sale_minor: int = 0  # 0: no sale
    sale_from_ms: int | None = None  # None: it has begun
    sale_until_ms: int | None = None  # None: it has no end; else the first moment after it
    quantity: int | None = None  # None: not counted
    rating_tenths: int = 0  # mean of the ratings, rounded down: an ad must not say more; 0: nobody rated
    rating_count: int = 0
    product_type: str = ""  # campaigns name products by it

    def on_sale(self, now_ms: int) -> bool:
        """Whether the sale price holds at a moment."""
        begun = self.sale_from_ms is None or self.sale_from_ms <= now_ms
        over = self.sale_until_ms is not None and self.sale_until_ms <= now_ms
        return bool(self.sale_minor) and begun and not over

    def price(self, now_ms: int) -> Price:
        """What it costs at a moment."""
        return Price(self.sale_minor, self.regular.currency) if self.on_sale(now_ms) else self.regular

    def next_change_ms(self, now_ms: int) -> int | None:
        """The next moment at which the price changes by itself."""
        if not self.sale_minor:
            return None
        return min(
            (at for at in (self.sale_from_ms, self.sale_until_ms) if at is not None and at > now_ms), default=None
        )


def offer_of(product: product_pb2.Product) -> Offer:
    """The offer in a product's message. Counted stock of none is sold out, whatever `availability` says."""
    ahead = product.availability in (product_pb2.PREORDER, product_pb2.BACKORDER)
    empty = product.HasField("quantity") and product.quantity == 0
    return Offer(
        sold=ahead or (product.availability == product_pb2.IN_STOCK and not empty),
        regular=Price(product.price_minor, product.currency),
        sale_minor=product.sale_price_minor,
        sale_from_ms=product.sale_from.ToMilliseconds() if product.HasField("sale_from") else None,
        sale_until_ms=product.sale_until.ToMilliseconds() if product.HasField("sale_until") else None,
        quantity=product.quantity if product.HasField("quantity") else None,
        rating_tenths=int(Decimal(str(product.rating)) * 10),
        rating_count=product.rating_count,
        product_type=sys.intern(product.product_type),  # few, and each of many products
    )


@dataclass(frozen=True, slots=True)
class Stated:
    """What an ad says of its product's offer; None: it says nothing of that."""

    price: Price | None = None
    regular_minor: int | None = None  # shown struck through beside a sale price
    sale_until_ms: int | None = None
    quantity_below: int | None = None
    rating_tenths: int | None = None
    rating_count_from: int | None = None
    quantity: int | None = None  # just so many, "only 3 left"
    rating_tenths_from: int | None = None  # "highly rated"


NOTHING = Stated()
"""What an ad without facts of the offer says."""

_NARROWER: Final[dict[str, Callable[[int, int], int]]] = {
    "quantity_below": min,
    "rating_count_from": max,
    "rating_tenths_from": max,
}


def together(several: Iterable[Stated]) -> Stated:
    """What an ad says that says all of these of one offer: of two bounds the narrower, else the first.

    >>> together([Stated(quantity_below=10), Stated(quantity_below=5, rating_tenths=46)]).quantity_below
    5
    """
    found: dict[str, Any] = {}
    for one in several:
        for field in fields(one):
            value = getattr(one, field.name)
            if value is not None:
                before = found.setdefault(field.name, value)
                found[field.name] = _NARROWER[field.name](before, value) if field.name in _NARROWER else before
    return Stated(**found)


def why_ended(offer: Offer | None, stated: Stated, now_ms: int) -> str:
    """Why an ad that states this may not be shown: one of the words above; empty: it may.

    `offer` is None for a product that is gone.
    """
    if offer is None:
        return GONE
    if not offer.sold:
        return OUT_OF_STOCK
    return next((why for why, still in _FACTS if not still(offer, stated, now_ms)), "")


def _price_holds(offer: Offer, stated: Stated, now_ms: int) -> bool:
    regular = stated.regular_minor is None or stated.regular_minor == offer.regular.minor
    return regular and (stated.price is None or stated.price == offer.price(now_ms))


def _sale_holds(offer: Offer, stated: Stated, now_ms: int) -> bool:
    until = stated.sale_until_ms
    return until is None or (offer.on_sale(now_ms) and offer.sale_until_ms == until)


def _stock_holds(offer: Offer, stated: Stated, now_ms: int) -> bool:
    below, exact = stated.quantity_below, stated.quantity
    is_low = below is None or (offer.quantity is not None and offer.quantity < below)
    return is_low and (exact is None or exact == offer.quantity)


def _rating_holds(offer: Offer, stated: Stated, now_ms: int) -> bool:
    same = stated.rating_tenths is None or stated.rating_tenths == offer.rating_tenths
    high = stated.rating_tenths_from is None or offer.rating_tenths >= stated.rating_tenths_from
    return same and high and (stated.rating_count_from is None or offer.rating_count >= stated.rating_count_from)


_FACTS: Final[tuple[tuple[str, Callable[[Offer, Stated, int], bool]], ...]] = (
    (PRICE, _price_holds),
    (SALE, _sale_holds),
    (STOCK, _stock_holds),
    (RATING, _rating_holds),
)

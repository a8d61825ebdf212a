"""What is offered of a product now: whether it can be bought, and for how much; pure."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from protos.gen.adloom.catalogue.v1 import product_pb2

GONE = "gone"
OUT_OF_STOCK = "out_of_stock"
PRICE = "price"


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
    product_type: str = ""  # campaigns name products by it

    def price(self, now_ms: int) -> Price:
        """What it costs at a moment."""
        begun = self.sale_from_ms is None or self.sale_from_ms <= now_ms
        over = self.sale_until_ms is not None and self.sale_until_ms <= now_ms
        return Price(self.sale_minor, self.regular.currency) if self.sale_minor and begun and not over else self.regular

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
        product_type=sys.intern(product.product_type),  # few, and each of many products
    )


def why_ended(offer: Offer | None, stated: Price | None, now_ms: int) -> str:
    """Why an ad that states this price, or none, may not be shown: `gone`, `out_of_stock` or `price`; empty: it may.

    `offer` is None for a product that is gone.
    """
    if offer is None:
        return GONE
    if not offer.sold:
        return OUT_OF_STOCK
    return PRICE if stated is not None and stated != offer.price(now_ms) else ""

"""What must stay so of a product's offer, so that a claim that it bears out now stays true; pure.

The facts are those that end an ad (`services/catalogue/offer.py`). Where a claim would survive some change, as "below
50 euros" survives a lower price, the ad ends all the same: it is better not shown than not looked at.
"""

from __future__ import annotations

from math import ceil

from services.catalogue.offer import Price, Stated
from services.copywriter.offer_words import FEW
from services.screening.claims.figures import Figure
from services.screening.claims.numbers import values_of
from services.screening.claims.row import Row


def price(row: Row) -> Stated:
    """What it costs now."""
    offer = row.offer
    return Stated(Price(offer.sale_minor if row.on_sale else offer.regular.minor, offer.regular.currency))


def reduced(row: Row) -> Stated:
    """What it costs now, and the regular price beside it."""
    return Stated(price(row).price, row.offer.regular.minor)


def sale_until(row: Row) -> Stated:
    """The end of the sale."""
    return Stated(sale_until_ms=row.offer.sale_until_ms)


def end_or_low(row: Row) -> Stated:
    """The end of the sale; without one a low stock."""
    return sale_until(row) if row.on_sale and row.last_day is not None else low(row)


def sale_or_stock(row: Row) -> Stated:
    """A counted stock, which ends ads once it is sold out; without one the sale."""
    return Stated() if row.offer.quantity is not None else reduced(row)


def low(row: Row) -> Stated:
    """A stock that is low."""
    return Stated(quantity_below=FEW)


def rated(row: Row) -> Stated:
    """Its mean rating."""
    return Stated(rating_tenths=row.offer.rating_tenths)


def rated_from(tenths: int, count: int) -> Stated:
    """A mean rating from so many tenths on, by so many people at least."""
    return Stated(rating_tenths_from=tenths or None, rating_count_from=count)


def rating_and_count(figure: Figure, row: Row) -> Stated:
    """Its mean rating, and by how many people the claim says that it is."""
    said = min(values_of(figure.parts["count"]))
    return Stated(rating_tenths=row.offer.rating_tenths, rating_count_from=ceil(said))


def reviews(figure: Figure, row: Row) -> Stated:
    """As many ratings as the claim says."""
    return Stated(rating_count_from=ceil(max(figure.values)))


def stock(figure: Figure, row: Row) -> Stated:
    """Just so many pieces."""
    return Stated(quantity=row.offer.quantity)


def stock_below(figure: Figure, row: Row) -> Stated:
    """Fewer pieces than the claim says, read as the lowest number that is true now."""
    quantity = row.offer.quantity or 0
    return Stated(quantity_below=ceil(min(value for value in figure.values if value > quantity)))

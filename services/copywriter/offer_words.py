"""What is said of a product's offer - rating, sale, stock - with what an ad then states of it; pure.

Counts are said as bounds ("200+", "fewer than 10"), which hold longer than numbers: an ad that changed with each piece
sold would never have been learnt about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.offer import NOTHING, Offer, Stated, offer_of
from services.common.clock import to_ms
from services.copywriter.phrases import Words, day_text, figure_text, words_of

FEW: Final = 10
"""A stock below this is low enough to be told."""
_GOOD_TENTHS: Final = 40  # a lower rating speaks against the product
_ENOUGH: Final = 5  # fewer ratings say little
_EXACT: Final = 100  # from here on, counts of ratings are rounded down
_LEAST_PERCENT: Final = 5  # a smaller reduction is not worth a headline


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, where the shop is."""

    now: datetime
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Voice:
    """The language in which an ad speaks, and when."""

    language: str
    words: Words
    moment: Moment

    @classmethod
    def of(cls, language: str, moment: Moment) -> Voice:
        """The voice of a language, at a moment."""
        return cls(language, words_of(language), moment)


@dataclass(frozen=True, slots=True)
class Said:
    """Words, and what they say of the offer."""

    text: str
    stated: Stated = NOTHING


def rated(product: Product, voice: Voice) -> Said | None:
    """A good mean rating and who gave it."""
    offer = offer_of(product)
    if offer.rating_tenths < _GOOD_TENTHS or offer.rating_count < _ENOUGH:
        return None
    count = rounded_down(offer.rating_count)
    shown = figure_text(count, voice.language) + ("+" if offer.rating_count >= _EXACT else "")
    text = voice.words.rated.format(rating=figure_text(offer.rating_tenths / 10, voice.language), count=shown)
    return Said(text, Stated(rating_tenths=offer.rating_tenths, rating_count_from=count))


def on_sale(product: Product, voice: Voice) -> Said | None:
    """A sale with its last day."""
    offer = offer_of(product)
    if not (offer.on_sale(to_ms(voice.moment.now)) and offer.sale_until_ms is not None and voice.words.sale):
        return None
    return Said(voice.words.sale.format(date=_last_day(product, voice)), Stated(sale_until_ms=offer.sale_until_ms))


def reduced(product: Product, voice: Voice) -> Said | None:
    """By how many per cent the price is reduced, rounded down, with the last day where there is one."""
    offer = offer_of(product)
    pattern = voice.words.off if offer.sale_until_ms is None else voice.words.off_until
    percent = _percent_off(offer)
    if not (pattern and offer.on_sale(to_ms(voice.moment.now)) and percent >= _LEAST_PERCENT):
        return None
    day = "" if offer.sale_until_ms is None else _last_day(product, voice)
    stated = Stated(offer.price(to_ms(voice.moment.now)), offer.regular.minor, offer.sale_until_ms)
    return Said(pattern.format(percent=percent, fraction=_fraction(percent), date=day), stated)


def few_left(product: Product, voice: Voice, measure: str = "") -> Said | None:
    """A counted low stock, in Chinese by the measure word of what is sold."""
    offer = offer_of(product)
    if offer.quantity is None or not 0 < offer.quantity < FEW or not voice.words.few:
        return None
    pattern = voice.words.few_of if measure and voice.words.few_of else voice.words.few
    return Said(pattern.format(number=FEW, measure=measure), Stated(quantity_below=FEW))


def rounded_down(count: int) -> int:
    """A count of at least a hundred by its first digit alone.

    >>> [rounded_down(count) for count in (12, 99, 213, 1_999)]
    [12, 99, 200, 1000]
    """
    step = 10 ** (len(str(count)) - 1) if count >= _EXACT else 1
    return count // step * step


def _percent_off(offer: Offer) -> int:
    return 100 * (offer.regular.minor - offer.sale_minor) // offer.regular.minor


def _fraction(percent: int) -> str:
    """What is paid, in tenths, as Chinese says it: 20 % off are 8折, 25 % off 7.5折."""
    tens, ones = divmod(100 - percent, 10)
    return f"{tens}.{ones}" if ones else str(tens)


def _last_day(product: Product, voice: Voice) -> str:
    last = product.sale_until.ToDatetime(UTC).astimezone(voice.moment.zone) - timedelta(microseconds=1)
    return day_text(last.date(), voice.language)

"""A product's row as claims are held against it; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.offer import Offer, offer_of
from services.common.clock import to_ms
from services.common.currency import decimals_of
from services.copywriter.offer_words import Moment
from services.copywriter.phrases import WORDS, day_text
from services.screening.claims.figures import Figure, figures_in
from services.screening.claims.meanings import meanings_in
from services.screening.claims.plain import plain_of

_INTERNAL: Final = re.compile(r"custom_label|gtin|mpn|colour_hex|google_|link|_id$")
"""Attributes that are for machines and the shop: what they say is not for shoppers."""

_DENIED: Final = frozenset(("no", "none", "false", "0", "n/a", "nein", "无", "否", "不"))
"""Values of attributes that say that the product is not so."""

_LISTS: Final = ("material", "colour", "size")
"""Fields with one value for each variant, parted by "/"."""

_PAIR: Final = re.compile("[双对]")  # "for two", before what there are two of


@dataclass(frozen=True, slots=True)
class Row:
    """What a product's row says, at a moment."""

    offer: Offer
    on_sale: bool
    last_day: date | None  # of the sale, where the shop is
    text: str  # the shop's own words, plain
    fields: tuple[tuple[str, str], ...]  # the same by field
    rating: Decimal
    meanings: frozenset[str]
    figures: tuple[Figure, ...]
    counts: frozenset[Decimal]  # numbers of things, in words or counted from fields

    def money(self, minor: int) -> Decimal:
        """An amount of its currency."""
        return Decimal(minor).scaleb(-decimals_of(self.offer.regular.currency))

    @property
    def off_percent(self) -> Decimal:
        """How much less than the regular price it costs now, in per cent."""
        regular = self.offer.regular.minor
        return Decimal(100 * (regular - self.offer.sale_minor)) / regular if self.on_sale else Decimal(0)

    @property
    def last_day_texts(self) -> list[str]:
        """The last day of the sale as the copywriter writes it, in each language."""
        if self.last_day is None or not self.on_sale:
            return []
        return sorted({day_text(self.last_day, language) for language in WORDS})

    def field_with(self, words: str) -> str:
        """The field that holds the words; empty: none."""
        return next((name for name, text in self.fields if words.lower() in text.lower()), "")


def row_of(product: Product, moment: Moment) -> Row:
    """The row of a product. An empty `Product()` supports nothing."""
    return _row_of(product.SerializeToString(deterministic=True), moment)


@lru_cache(maxsize=16)  # the ads of one product are judged one after the other, and a row is longer than an ad
def _row_of(content: bytes, moment: Moment) -> Row:
    product = Product.FromString(content)
    offer = offer_of(product)
    fields = tuple((name, plain_of(text).text) for name, text in _fields(product) if text)
    text = "\n".join(said for _, said in fields)
    figures = tuple(figure for _, said in fields for figure in figures_in(said))
    return Row(
        offer=offer,
        on_sale=bool(offer.regular.minor) and offer.on_sale(to_ms(moment.now)),
        last_day=_last_day(product, moment),
        text=text,
        fields=fields,
        rating=Decimal(str(product.rating)),
        meanings=frozenset(meaning.name for _, said in fields for meaning in meanings_in(said)),
        figures=figures,
        counts=_counts(product, text, figures),
    )


def _fields(product: Product) -> list[tuple[str, str]]:
    said = [(name, getattr(product, name)) for name in ("title", "description", *_LISTS, "brand")]
    said = [(name, text.replace("/", " / ") if name in _LISTS else text) for name, text in said]
    for name, text in sorted(product.attributes.items()):  # the name is a word of the fact: "warranty": "3 years"
        if not _INTERNAL.search(name) and text.strip().casefold() not in _DENIED:
            said.append((name, f"{name.replace('_', ' ')} {text}"))
    return said


def _last_day(product: Product, moment: Moment) -> date | None:
    if not product.HasField("sale_until"):
        return None
    return (product.sale_until.ToDatetime(UTC).astimezone(moment.zone) - timedelta(microseconds=1)).date()


def _counts(product: Product, text: str, figures: tuple[Figure, ...]) -> frozenset[Decimal]:
    listed = {len(said.split("/")) for said in (product.colour, product.size, product.material) if "/" in said}
    listed |= {len(product.choices)} | ({2} if _PAIR.search(text) else set())
    said = {value for figure in figures if figure.role != "date" for value in figure.values}
    return frozenset(said | {Decimal(count) for count in listed})

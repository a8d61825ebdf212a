"""The ads that are to be made of a product: which headline, in which look, in which format; pure.

An ad is named by its product and its content alone. Which looks a product gets follows from a hash of its id: another
product more or less, or another fact of this one, changes no other ad.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.creative import Draft
from services.assets.stated import entries_of
from services.catalogue.feeds.fields.text import cut, plain_text
from services.catalogue.offer import Stated, offer_of
from services.catalogue.price_text import price_text
from services.catalogue.product_class import class_of
from services.common.clock import to_ms
from services.composer.compose import RECIPE, Brief
from services.composer.drawing.colour_names import colour_hex_of
from services.composer.drawing.palette import PICTURE_STYLES, PictureStyle
from services.composer.formats import layout_of
from services.copywriter.headlines import HEADLINE_STYLES, Headline, HeadlineStyle, Moment, headlines
from services.copywriter.phrases import language_of, words_of

STUDIO: Final = "studio"
"""Who approves ads that are made of the product's row alone."""

_LONGEST_BODY: Final = 300  # characters
_LOOKS: Final = len(HEADLINE_STYLES) * len(PICTURE_STYLES)


def ads_of(product: Product, counts: Mapping[str, int], moment: Moment) -> Iterator[tuple[Draft, Brief]]:
    """The ads of a product without a photo: `counts` of each format, fewer where it has too few headlines."""
    for format_, count in counts.items():
        yield from islice(all_ads_of(product, format_, "", moment), count)


def all_ads_of(product: Product, format_: str, photo: str, moment: Moment) -> Iterator[tuple[Draft, Brief]]:
    """All ads that can be made of a product in a format, the first ones first; `photo` is the photo's hash."""
    by_style = {headline.style: headline for headline in headlines(product, moment)}
    for style, picture in looks_of(product.product_id, format_):
        if style in by_style:
            yield _ad(product, format_, (by_style[style], picture, photo), moment)


def looks_of(product_id: str, format_: str) -> list[tuple[HeadlineStyle, PictureStyle]]:
    """All looks of a product's ads in a format, each once, in an order of its own.

    >>> looks_of("tee-breton", "300x250")[:2], len(set(looks_of("tee-breton", "300x250")))
    ([('social', 'editorial'), ('plain', 'studio')], 12)
    """
    first = int.from_bytes(hashlib.sha256(f"{product_id} {format_}".encode()).digest()[:4], "big")
    return [
        (HEADLINE_STYLES[number % len(HEADLINE_STYLES)], PICTURE_STYLES[number % len(PICTURE_STYLES)])
        for number in range(first, first + _LOOKS)
    ]


def brief_of(product: Product, format_: str, headline: str, picture: PictureStyle, moment: Moment) -> Brief:
    """What a picture of the product shows beside this headline."""
    language = language_of(product.language, product.title)
    offer, now_ms = offer_of(product), to_ms(moment.now)
    price = offer.price(now_ms)
    has_price = layout_of(format_).price is not None
    has_regular = has_price and offer.on_sale(now_ms)
    return Brief(
        format=format_,
        picture_style=picture,
        category=class_of(product.product_type),
        colour_hex=colour_hex_of(product.attributes.get("colour_hex", ""), product.colour),
        headline=headline,
        price=price_text(price.minor, price.currency, language) if has_price else "",
        call_to_action=words_of(language).shop,
        language=language,
        regular_price=price_text(offer.regular.minor, price.currency, language) if has_regular else "",
    )


def stated_of(product: Product, format_: str, headline: Stated, moment: Moment) -> Stated:
    """What an ad in the format says of the offer, beside what its headline says."""
    if layout_of(format_).price is None:
        return headline
    offer, now_ms = offer_of(product), to_ms(moment.now)
    regular = offer.regular.minor if offer.on_sale(now_ms) else None
    return replace(headline, price=offer.price(now_ms), regular_minor=regular)


def _ad(
    product: Product, format_: str, look: tuple[Headline, PictureStyle, str], moment: Moment
) -> tuple[Draft, Brief]:
    headline, picture, photo = look
    brief = brief_of(product, format_, headline.text, picture, moment)
    words = words_of(brief.language)
    brief = replace(brief, call_to_action=words.look if headline.style in ("benefit", "social") else words.shop)
    stated = stated_of(product, format_, headline.stated, moment)
    shown = (picture, photo or brief.category, brief.colour_hex, brief.price, brief.regular_price)
    draft = Draft(
        product_id=product.product_id,
        format=format_,
        headline=headline.text,
        body=body_of(product),
        call_to_action=brief.call_to_action,
        approved_by=STUDIO,
        price=stated.price,
        elements={"template": RECIPE, "headline_style": headline.style, "picture_style": picture},
        lineage=entries_of(stated) | ({"photo": photo} if photo else {}),
        recipe=":".join((RECIPE, *shown)),
    )
    return draft, brief


def body_of(product: Product) -> str:
    """The first words of the description, as plain text whatever it was given as."""
    return cut(plain_text(product.description, "description").replace("\n", " "), _LONGEST_BODY)

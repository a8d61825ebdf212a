"""The ads that are to be made of a product: which headline, in which look, in which format; pure.

An ad is named by its product and its content alone. Which looks a product gets follows from a hash of its id (see
`looks.py`): another product more or less, or another fact of this one, changes no other ad.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.creative import Draft
from services.assets.looks import Look, looks_of
from services.assets.stated import entries_of
from services.catalogue.feeds.fields.text import cut, plain_text
from services.catalogue.offer import Stated, offer_of
from services.catalogue.price_text import price_text
from services.common.clock import to_ms
from services.composer.art import kind_without_photo
from services.composer.brand_kit import NO_KIT, BrandKit
from services.composer.brief import Brief
from services.composer.compose import RECIPE
from services.composer.drawing.colour_names import colour_hex_of
from services.composer.elements import elements_of
from services.composer.formats import shows_price
from services.composer.templates.read_template import template_of
from services.copywriter.headlines import Headline, Moment, headlines
from services.copywriter.phrases import language_of, words_of

STUDIO: Final = "studio"
"""Who approves ads that are made of the product's row alone."""

_LONGEST_BODY: Final = 300  # characters


@dataclass(frozen=True, slots=True)
class Setup:
    """What ads are made with, beside the product."""

    moment: Moment
    photo: str = ""  # hash of the product's photo; empty: it has none
    kit: BrandKit = NO_KIT


def ads_of(product: Product, counts: Mapping[str, int], moment: Moment) -> Iterator[tuple[Draft, Brief]]:
    """The ads of a product without a photo: `counts` of each format, fewer where it has too few headlines."""
    for format_, count in counts.items():
        yield from islice(all_ads_of(product, format_, Setup(moment)), count)


def all_ads_of(product: Product, format_: str, setup: Setup) -> Iterator[tuple[Draft, Brief]]:
    """All ads that can be made of a product in a format, the first ones first."""
    by_style = {headline.style: headline for headline in headlines(product, setup.moment)}
    for style, look in looks_of(product.product_id, format_):
        if style in by_style:
            yield _ad(product, format_, by_style[style], look, setup)


def brief_of(product: Product, format_: str, headline: str, look: Look, setup: Setup) -> Brief:
    """What a picture of the product shows beside this headline."""
    language = language_of(product.language, product.title)
    offer, now_ms = offer_of(product), to_ms(setup.moment.now)
    price = offer.price(now_ms)
    has_price = shows_price(format_)
    has_regular = has_price and offer.on_sale(now_ms)
    return Brief(
        format=format_,
        template=look.template,
        category=product.attributes.get("illustration", ""),
        colour_hex=colour_hex_of(product.attributes.get("colour_hex", ""), product.colour),
        headline=headline,
        price=price_text(price.minor, price.currency, language) if has_price else "",
        call_to_action=call_of(setup.kit, language) or words_of(language).shop,
        language=language,
        regular_price=price_text(offer.regular.minor, price.currency, language) if has_regular else "",
        palette=look.palette,
        backdrop=look.backdrop,
        kit=setup.kit,
    )


def call_of(kit: BrandKit, language: str) -> str:
    """The kit's call to action in a language; empty where it has none."""
    return kit.call_to_action.get(language, kit.call_to_action.get(language.split("-")[0], ""))


def stated_of(product: Product, format_: str, headline: Stated, moment: Moment) -> Stated:
    """What an ad in the format says of the offer, beside what its headline says."""
    if not shows_price(format_):
        return headline
    offer, now_ms = offer_of(product), to_ms(moment.now)
    regular = offer.regular.minor if offer.on_sale(now_ms) else None
    return replace(headline, price=offer.price(now_ms), regular_minor=regular)


def _ad(product: Product, format_: str, headline: Headline, look: Look, setup: Setup) -> tuple[Draft, Brief]:
    brief = brief_of(product, format_, headline.text, look, setup)
    if headline.style in ("benefit", "social") and not call_of(setup.kit, brief.language):
        brief = replace(brief, call_to_action=words_of(brief.language).look)
    stated = stated_of(product, format_, headline.stated, setup.moment)
    photo = setup.photo
    shown = (*look, photo or brief.category, brief.colour_hex, brief.price, brief.regular_price)
    kit = (setup.kit.version,) if setup.kit.version else ()
    elements = elements_of(brief, template_of(look.template), "" if photo else kind_without_photo(brief))
    draft = Draft(
        product_id=product.product_id,
        format=format_,
        headline=headline.text,
        body=body_of(product),
        call_to_action=brief.call_to_action,
        approved_by=STUDIO,
        price=stated.price,
        elements={"composer": RECIPE, "headline_style": headline.style, **elements},
        lineage=entries_of(stated) | ({"photo": photo} if photo else {}),
        recipe=":".join((RECIPE, *shown, *kit)),
    )
    return draft, brief


def body_of(product: Product) -> str:
    """The first words of the description, as plain text whatever it was given as."""
    return cut(plain_text(product.description, "description").replace("\n", " "), _LONGEST_BODY)

"""The ads that are to be made of a product: which texts, in which look, in which format; pure.

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
from services.catalogue.language import language_of_row
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
from services.composer.illustrations.draw import is_drawn
from services.composer.templates.read_template import template_of
from services.copywriter.offer_words import Moment
from services.copywriter.styles import suited
from services.copywriter.texts import Texts, texts_of

STUDIO: Final = "studio"
"""Who approves ads that are made of the product's row alone."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What ads are made with, beside the product."""

    moment: Moment
    photo: str = ""  # hash of the product's photo; empty: it has none
    kit: BrandKit = NO_KIT
    audience: str = ""  # whom the texts are to suit, of services/copywriter/styles.py; empty: everybody


def ads_of(product: Product, counts: Mapping[str, int], moment: Moment) -> Iterator[tuple[Draft, Brief]]:
    """The ads of a product without a photo: `counts` of each format, fewer where it has too few texts."""
    for format_, count in counts.items():
        yield from islice(all_ads_of(product, format_, Setup(moment)), count)


def all_ads_of(product: Product, format_: str, setup: Setup) -> Iterator[tuple[Draft, Brief]]:
    """All ads that can be made of a product in a format, the first ones first."""
    for texts, look in choices_of(product, format_, setup):
        yield ad_of(product, format_, texts, look, setup)


def choices_of(product: Product, format_: str, setup: Setup) -> Iterator[tuple[Texts, Look]]:
    """The texts and looks of all ads that can be made of a product in a format, the first ones first."""
    written = texts_of(product, setup.moment, format_, setup.kit, setup.audience)
    by_style = {texts.style: texts for texts in written}
    alone = not (setup.photo or is_drawn(_illustration_of(product)))
    for style, look in looks_of(product.product_id, format_, suited(setup.kit.tone, setup.audience), alone):
        if style in by_style:
            yield by_style[style], look


def ad_of(product: Product, format_: str, texts: Texts, look: Look, setup: Setup) -> tuple[Draft, Brief]:
    """The ad with these texts in this look, and what its picture shows."""
    brief = _brief(product, format_, texts, look, setup)
    stated = stated_of(product, format_, texts.stated, setup.moment)
    photo = setup.photo
    shown = (*look, photo or brief.category, brief.colour_hex, brief.price, brief.regular_price)
    kit = (setup.kit.version,) if setup.kit.version else ()
    elements = elements_of(brief, template_of(look.template), "" if photo else kind_without_photo(brief))
    draft = Draft(
        product_id=product.product_id,
        format=format_,
        headline=texts.headline,
        body=texts.body,
        call_to_action=texts.call_to_action,
        approved_by=STUDIO,
        price=stated.price,
        elements={"composer": RECIPE, "headline_style": texts.style, **elements},
        lineage=entries_of(stated) | ({"photo": photo} if photo else {}),
        recipe=":".join((RECIPE, *shown, *kit)),
    )
    return draft, brief


def stated_of(product: Product, format_: str, texts: Stated, moment: Moment) -> Stated:
    """What an ad in the format says of the offer, beside what its texts say."""
    if not shows_price(format_):
        return texts
    offer, now_ms = offer_of(product), to_ms(moment.now)
    regular = offer.regular.minor if offer.on_sale(now_ms) else None
    return replace(texts, price=offer.price(now_ms), regular_minor=regular)


def _illustration_of(product: Product) -> str:
    """The drawing that the row names for itself: one by class would show what the shop does not sell (law 10)."""
    return product.attributes.get("illustration", "")


def _brief(product: Product, format_: str, texts: Texts, look: Look, setup: Setup) -> Brief:
    language = language_of_row(product)
    offer, now_ms = offer_of(product), to_ms(setup.moment.now)
    price = offer.price(now_ms)
    has_price = shows_price(format_)
    has_regular = has_price and offer.on_sale(now_ms)
    return Brief(
        format=format_,
        template=look.template,
        category=_illustration_of(product),
        colour_hex=colour_hex_of(product.attributes.get("colour_hex", ""), product.colour),
        headline=texts.headline,
        price=price_text(price.minor, price.currency, language) if has_price else "",
        call_to_action=texts.call_to_action,
        language=language,
        regular_price=price_text(offer.regular.minor, price.currency, language) if has_regular else "",
        description=texts.body,
        palette=look.palette,
        backdrop=look.backdrop,
        kit=setup.kit,
    )

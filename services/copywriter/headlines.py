"""Headlines in four styles, each made of fields of the product (law 10), and the style of any headline; pure.

- `social`: its rating and who gave it: "4.6 of 5 from 200+ reviews: Breton stripe tee".
- `urgency`: a sale with its last day, or a counted low stock: "Fewer than 10 left: ...".
- `benefit`: what the shop says is good about it: its highlight, its material, the first clause of its description.
- `plain`: its title.

A style whose fields are missing has no headline. What a headline says of the offer is stated beside it, so that the ad
ends with it. `texts.py` writes in more styles, each of which belongs to one of these four.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.offer import NOTHING, Stated
from services.copywriter.benefits import adds_to, first_clause
from services.copywriter.offer_words import FEW, Moment, Said, Voice, few_left, on_sale, rated, rounded_down
from services.copywriter.phrases import language_of, phrases

__all__ = ("FEW", "HEADLINE_STYLES", "Headline", "HeadlineStyle", "Moment", "headlines", "rounded_down", "style_of")

HeadlineStyle = Literal["benefit", "urgency", "social", "plain"]
HEADLINE_STYLES: Final[tuple[HeadlineStyle, ...]] = ("benefit", "urgency", "social", "plain")

_LONGEST_BENEFIT: Final = 60  # characters; longer clauses leave no room for the title
_URGENT: Final = ("sale", "few", "few_of", "off", "off_until")


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline, and what it says of the offer."""

    style: HeadlineStyle
    text: str
    stated: Stated = NOTHING


def headlines(product: Product, moment: Moment) -> tuple[Headline, ...]:
    """The product's headlines, of each style at most one, in the order of `HEADLINE_STYLES`."""
    voice = Voice.of(language_of(product.language, product.title), moment)
    made = ((style, _MAKERS[style](product, voice)) for style in HEADLINE_STYLES)
    return tuple(
        Headline(style, f"{said.text}{voice.words.colon}{product.title}" if said.text else product.title, said.stated)
        for style, said in made
        if said is not None
    )


def style_of(text: str) -> HeadlineStyle:
    """The style of any headline, by its first words; without a colon, by all of them.

    >>> [style_of(text) for text in ("Fewer than 10 left: Boot: high", "Waterproof: Boot", "Canvas high-top")]
    ['urgency', 'benefit', 'plain']
    """
    plain = text.replace("：", ": ")
    before = [plain[: colon.start()].strip() for colon in re.finditer(": ", plain)]  # claims and titles have some, too
    said = before or [plain]
    if any(pattern.fullmatch(one) for name in _URGENT for pattern in phrases(name) for one in said):
        return "urgency"
    if any(pattern.fullmatch(one) for pattern in phrases("rated") for one in said):
        return "social"
    return "benefit" if before else "plain"


def _benefit(product: Product, voice: Voice) -> Said | None:
    material = product.material.replace("/", ", ")
    for text in map(
        str.strip, (product.attributes.get("product_highlight", ""), material, first_clause(product.description))
    ):
        if text and len(text) <= _LONGEST_BENEFIT and adds_to(product.title, text):
            return Said(text)
    return None


def _urgency(product: Product, voice: Voice) -> Said | None:
    return on_sale(product, voice) or few_left(product, voice)


def _social(product: Product, voice: Voice) -> Said | None:
    return rated(product, voice)


def _plain(product: Product, voice: Voice) -> Said | None:
    return Said("")


_MAKERS: Final[Mapping[HeadlineStyle, Callable[[Product, Voice], Said | None]]] = {
    "benefit": _benefit,
    "urgency": _urgency,
    "social": _social,
    "plain": _plain,
}

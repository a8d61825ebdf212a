"""Headlines in four styles, each made of fields of the product (law 10), and the style of any headline; pure.

- `social`: its rating and who gave it: "4.6 of 5 from 200+ reviews: Breton stripe tee".
- `urgency`: a sale with its last day, or a counted low stock: "Fewer than 10 left: ...".
- `benefit`: what the shop says is good about it: its highlight, its material, the first clause of its description.
- `plain`: its title.

A style whose fields are missing has no headline. What a headline says of the offer is stated beside it, so that the ad
ends with it. Counts are said as bounds ("200+", "fewer than 10"), which hold longer than numbers: an ad that changed
with each piece sold would never have been learnt about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.offer import NOTHING, Stated, offer_of
from services.catalogue.terms import words
from services.common.clock import to_ms
from services.copywriter.phrases import Words, day_text, figure_text, language_of, phrases, scripts_of, words_of

HeadlineStyle = Literal["benefit", "urgency", "social", "plain"]
HEADLINE_STYLES: Final[tuple[HeadlineStyle, ...]] = ("benefit", "urgency", "social", "plain")

FEW: Final = 10
"""A stock below this is low enough to be told."""
_GOOD_TENTHS: Final = 40  # a lower rating speaks against the product
_ENOUGH: Final = 5  # fewer ratings say little
_EXACT: Final = 100  # from here on, counts of ratings are rounded down
_ARTICLES: Final = frozenset(
    ("a", "an", "the", "un", "una", "uno", "une", "ein", "eine", "einen", "einem", "einer", "der", "die", "das", "den")
    + ("ett", "een", "um", "uma", "el", "la", "le", "les", "il", "lo")
)
"""Two words behind one of these a comma parts adjectives: "with a soft, wide brim"."""

_HEADING: Final = 3  # words of a line that is likelier a heading than a sentence
_LONGEST_BENEFIT: Final = 60  # characters; longer clauses leave no room for the title


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline, and what it says of the offer."""

    style: HeadlineStyle
    text: str
    stated: Stated = NOTHING


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, where the shop is."""

    now: datetime
    zone: tzinfo = UTC


def headlines(product: Product, moment: Moment) -> tuple[Headline, ...]:
    """The product's headlines, of each style at most one, in the order of `HEADLINE_STYLES`."""
    voice = _Voice.of(language_of(product.language, product.title), moment)
    made = ((style, _MAKERS[style](product, voice)) for style in HEADLINE_STYLES)
    return tuple(
        Headline(
            style, f"{claim.text}{voice.words.colon}{product.title}" if claim.text else product.title, claim.stated
        )
        for style, claim in made
        if claim is not None
    )


def style_of(text: str) -> HeadlineStyle:
    """The style of any headline, by its first words.

    >>> [style_of(text) for text in ("Fewer than 10 left: Canvas high-top", "Waterproof: Boot", "Canvas high-top")]
    ['urgency', 'benefit', 'plain']
    """
    claim, colon, _ = text.replace("：", ": ").partition(": ")
    if not colon:
        return "plain"
    if any(pattern.match(text) for name in ("sale", "few") for pattern in phrases(name)):
        return "urgency"
    return "social" if any(pattern.match(text) for pattern in phrases("rated")) else "benefit"


@dataclass(frozen=True, slots=True)
class _Voice:
    """The language in which an ad speaks, and when."""

    language: str
    words: Words
    moment: Moment

    @classmethod
    def of(cls, language: str, moment: Moment) -> _Voice:
        return cls(language, words_of(language), moment)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What stands before the title; empty: nothing."""

    text: str
    stated: Stated = NOTHING


def _benefit(product: Product, voice: _Voice) -> _Claim | None:
    material = product.material.replace("/", ", ")
    for text in (product.attributes.get("product_highlight", ""), material, _first_clause(product.description)):
        if text.strip() and len(text) <= _LONGEST_BENEFIT and _fits(text, product.title):
            return _Claim(text.strip())
    return None


def _fits(text: str, title: str) -> bool:
    """Whether a benefit adds to the title, and is in a script of it: "Glass" says nothing before an Arabic title.

    >>> [_fits(*it) for it in (("Waterproof", "Boot"), ("Brown clay pots", "Brown pots"), ("Canvas", "Canvas shoe"))]
    [True, False, False]
    """
    scripts, own = scripts_of(text), frozenset(words(title))
    repeats = text.casefold() in title.casefold() or (own and own <= frozenset(words(text)))
    return not repeats and (not scripts or bool(scripts & scripts_of(title)))


def _first_clause(description: str) -> str:
    """The first clause of the description; empty where it is a question, or a comma parts the words of one noun.

    >>> [_first_clause(text) for text in ("Pure linen, soft.", "Tired of ironing? Never.", "It has a wide, flat brim")]
    ['Pure linen', '', '']
    """
    sentence = _first_sentence(description)
    end = _CLAUSE_END.search(sentence)
    clause = sentence[: end.start()] if end else sentence
    if end and (end[0][0] in "?？" or (end[0][0] == "," and {*clause.casefold().split()[-2:-1]} & _ARTICLES)):
        return ""
    return clause


def _first_sentence(description: str) -> str:
    """The description from its first line that is no heading, as shops begin it with "Description" or "Details:".

    >>> _first_sentence("Product details" + chr(10) + "Pure linen, soft."), _first_sentence("Linen")
    ('Pure linen, soft.', 'Linen')
    """
    head, more, rest = description.partition("\n")
    is_heading = head.endswith((":", "：")) or (len(words(head)) <= _HEADING and not _CLAUSE_END.search(head))
    return _first_sentence(rest) if more and is_heading else description


def _urgency(product: Product, voice: _Voice) -> _Claim | None:
    offer = offer_of(product)
    if offer.on_sale(to_ms(voice.moment.now)) and offer.sale_until_ms is not None and voice.words.sale:
        last = product.sale_until.ToDatetime(UTC).astimezone(voice.moment.zone) - timedelta(microseconds=1)
        day = day_text(last.date(), voice.language)
        return _Claim(voice.words.sale.format(date=day), Stated(sale_until_ms=offer.sale_until_ms))
    if offer.quantity is not None and 0 < offer.quantity < FEW and voice.words.few:
        return _Claim(voice.words.few.format(number=FEW), Stated(quantity_below=FEW))
    return None


def _social(product: Product, voice: _Voice) -> _Claim | None:
    offer = offer_of(product)
    if offer.rating_tenths < _GOOD_TENTHS or offer.rating_count < _ENOUGH:
        return None
    count = rounded_down(offer.rating_count)
    shown = figure_text(count, voice.language) + ("+" if offer.rating_count >= _EXACT else "")
    text = voice.words.rated.format(rating=figure_text(offer.rating_tenths / 10, voice.language), count=shown)
    return _Claim(text, Stated(rating_tenths=offer.rating_tenths, rating_count_from=count))


def _plain(product: Product, voice: _Voice) -> _Claim | None:
    return _Claim("")


def rounded_down(count: int) -> int:
    """A count of at least a hundred by its first digit alone.

    >>> [rounded_down(count) for count in (12, 99, 213, 1_999)]
    [12, 99, 200, 1000]
    """
    step = 10 ** (len(str(count)) - 1) if count >= _EXACT else 1
    return count // step * step


_CLAUSE_END: Final = re.compile(r"[,;.!?:\n]\s|[。，；！？、：\n]|[.!?]$| – ")
_MAKERS: Final[Mapping[HeadlineStyle, Callable[[Product, _Voice], _Claim | None]]] = {
    "benefit": _benefit,
    "urgency": _urgency,
    "social": _social,
    "plain": _plain,
}

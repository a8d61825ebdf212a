"""The texts of a brief, each in its typeface, before their sizes are known; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from services.composer.brief import Brief
from services.composer.formats import shows_price
from services.composer.templates.template import Template
from services.composer.type.faces import Role
from services.composer.type.typesetting import Copy, Illegible, copy_of

WHOLE: Final = "whole"
"""The name of the headline with the claim before it, in one text."""

_COLON: Final = re.compile(r": |：")
_CLAIM: Final = range(2, 53)
"""How many characters of a headline may be a claim before a title."""
_BICAMERAL: Final = frozenset(("da", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv", "uk"))
"""Languages whose capitals are made letter by letter and read well."""

_ROLES: Final[Mapping[str, Role]] = {
    "headline": "headline", WHOLE: "headline", "price": "headline", "logo": "headline",
    "kicker": "text", "description": "text", "regular": "text", "button": "text",
}  # fmt: skip


def contents_of(brief: Brief, template: Template) -> dict[str, Copy | Illegible]:
    """All texts by name; those that are empty are left out."""
    kicker, title = parted(brief.headline)
    has_price = shows_price(brief.format)
    wordmark = brief.kit.name if brief.kit.logo is None else ""
    texts = {
        "kicker": kicker,
        "headline": _cased(title, brief, template),
        WHOLE: _cased(brief.headline, brief, template),
        "description": brief.description,
        "price": brief.price if has_price else "",
        "regular": brief.regular_price if has_price and brief.price else "",
        "button": brief.call_to_action,
        "logo": wordmark,
    }
    types: Mapping[Role, str] = {
        "headline": brief.kit.headline_face or template.type,
        "text": brief.kit.text_face or template.type,
    }
    return {
        name: copy_of(text, brief.language, types[_ROLES[name]], _ROLES[name]) for name, text in texts.items() if text
    }


def _cased(text: str, brief: Brief, template: Template) -> str:
    return in_capitals(text, brief.language) if template.upper else text


def parted(headline: str) -> tuple[str, str]:
    """A claim that stands before a title, and the title; lines of their own take the place of the colon.

    >>> parted("4.6 of 5 from 200+ reviews: Breton stripe tee"), parted("Breton stripe tee")
    (('4.6 of 5 from 200+ reviews', 'Breton stripe tee'), ('', 'Breton stripe tee'))
    >>> parted("4,6 из 5 (отзывов: 200+): Платье")
    ('4,6 из 5 (отзывов: 200+)', 'Платье')
    """
    for colon in _COLON.finditer(headline):
        claim, title = headline[: colon.start()], headline[colon.end() :]
        # A colon within brackets belongs to the claim: "4,6 из 5 (отзывов: 200+)".
        if len(claim) in _CLAIM and len(title) >= _CLAIM.start and claim.count("(") == claim.count(")"):
            return claim, title
    return "", headline


def in_capitals(text: str, language: str) -> str:
    """The text in capitals, in languages where that is nothing but another look.

    >>> in_capitals("Breton tee", "en-GB"), in_capitals("Şık elbise", "tr")
    ('BRETON TEE', 'Şık elbise')
    """
    return text.upper() if language.lower().replace("_", "-").split("-")[0] in _BICAMERAL else text

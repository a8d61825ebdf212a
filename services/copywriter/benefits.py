"""What may be said as a benefit of a product: something that its title does not say already; pure."""

from __future__ import annotations

import re
from typing import Final

from services.catalogue.language import scripts_of
from services.catalogue.terms import words

_ARTICLES: Final = frozenset(
    ("a", "an", "the", "un", "una", "uno", "une", "ein", "eine", "einen", "einem", "einer", "der", "die", "das", "den")
    + ("ett", "een", "um", "uma", "el", "la", "le", "les", "il", "lo")
)
"""Two words behind one of these a comma parts adjectives: "with a soft, wide brim"."""

_CLAUSE_END: Final = re.compile(r"[,;.!?:\n]\s|[。，；！？、：\n]|[.!?]$| – ")


def adds_to(title: str, claim: str) -> bool:
    """Whether a claim says something that the title does not, in a script of it: "Glass" says nothing before an Arabic
    title. A claim with most of the title's words repeats it.

    >>> claims = ("Waterproof", "Boot"), ("Brown clay pots", "Brown pots"), ("Bouw de LEGO 40688", "LEGO 40688 Trofee")
    >>> [adds_to(title, claim) for claim, title in claims]
    [True, False, False]
    """
    said, shown, own = claim.casefold(), title.casefold(), frozenset(words(title))
    repeats = said in shown or shown in said or 2 * len(own & frozenset(words(claim))) > len(own)
    scripts = scripts_of(claim)
    return not repeats and (not scripts or bool(scripts & scripts_of(title)))


def first_clause(sentence: str) -> str:
    """The first clause of a sentence; empty where it is a question, or a comma parts the words of one noun.

    >>> [first_clause(text) for text in ("Pure linen, soft.", "Tired of ironing? Never.", "It has a wide, flat brim")]
    ['Pure linen', '', '']
    """
    end = _CLAUSE_END.search(sentence)
    clause = sentence[: end.start()] if end else sentence
    if end and (end[0][0] in "?？" or (end[0][0] == "," and _ARTICLES & {*clause.casefold().split()[-2:-1]})):
        return ""
    return clause

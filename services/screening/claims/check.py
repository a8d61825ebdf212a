"""The claims of a text, each with what supports it, and the check of a screen; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.catalogue.language import words_by_language
from services.common.verdict import Check
from services.copywriter.offer_words import Moment
from services.copywriter.phrases import WORDS
from services.screening.claims import figure_support, meaning_support
from services.screening.claims.claim import Claim, Support
from services.screening.claims.figures import Figure, figures_in
from services.screening.claims.languages import name_of, unread_in
from services.screening.claims.meanings import LANGUAGES, Meaning, meanings_in
from services.screening.claims.patterns import tables
from services.screening.claims.plain import Plain, plain_of
from services.screening.claims.rests_on import sale_until
from services.screening.claims.row import Row, row_of
from services.screening.version import version_of

ALLOWED = "allowed claims"
SALE_END = "sale_until"
REVISION: Final = 2
"""Of the code: one more where it finds other claims with the same tables."""

_Span = tuple[int, int]


def claims_in(text: str, product: Product | None, moment: Moment, allowed: Sequence[str] = ()) -> tuple[Claim, ...]:
    """What the text claims, in its order. Without a product, only the allowed claims support anything."""
    return claims_against(text, row_of(product or Product(), moment), allowed)


def claims_against(text: str, row: Row, allowed: Sequence[str] = ()) -> tuple[Claim, ...]:
    """As `claims_in`, for several texts about one row."""
    plain = plain_of(text)
    permitted = _spans_of(plain.text, allowed)
    days = _spans_of(plain.text, row.last_day_texts)
    figures = figures_in(plain.text)
    meanings = [meaning for meaning in meanings_in(plain.text) if not _is_figure(meaning, figures)]
    found = [
        *(_of_figure(it, plain, row, _source(it, permitted, days)) for it in figures),
        *(_of_meaning(it, plain, row, _source(it, permitted, [])) for it in meanings),
    ]
    return tuple(sorted(found, key=lambda claim: claim.span))


def check_of(claims: Iterable[Claim], unread: str = "") -> Check:
    """Passes where every claim is supported; the score is the number of those that are not.

    `unread` is the language of a line in which claims cannot be read: then the check is not measured (law 9).
    """
    failed = [claim for claim in claims if claim.supported_by is None]
    why = "; ".join(f'"{claim.words}": {claim.why}' for claim in failed)
    if unread and not failed:
        return Check("claims", 0.0, 0.0, False, f"not measured: {why_unread(unread)}", version(), measured=False)
    why = "; ".join(filter(None, (why, why_unread(unread) if unread else ""))) or "every claim has its source"
    return Check("claims", float(len(failed)), 0.0, not failed, why, version())


def allowed_in(text: str, allowed: Iterable[str]) -> bool:
    """Whether one of these claims stands in the text."""
    return bool(_spans_of(plain_of(text).text, tuple(allowed)))


def unread_against(text: str, row: Row, own: Iterable[str] = ()) -> str:
    """The language of a line in which claims cannot be read; `own` is what the shop says itself, beside the row."""
    return unread_in(text, (row.text, *own))


def why_unread(language: str) -> str:
    """What a marketer is told."""
    tables = ", ".join(name_of(one) for one in LANGUAGES)
    return f"claims are read in {tables}, and this seems to be {language}: somebody who reads it has to look"


@cache
def version() -> str:
    """Of the tables: what other tables have passed is screened again."""
    return version_of("claims", tables(), WORDS, sorted(map(sorted, words_by_language().values())), REVISION)


def _of_figure(figure: Figure, plain: Plain, row: Row, source: str) -> Claim:
    support = _support(source, row) or figure_support.support_for(figure, row)
    return _claim(figure.kind, plain, (figure.start, figure.end), support, figure_support.RULES[figure.role].fields)


def _of_meaning(meaning: Meaning, plain: Plain, row: Row, source: str) -> Claim:
    support = _support(source, row) or meaning_support.support_for(meaning, row)
    return _claim(meaning.kind, plain, (meaning.start, meaning.end), support, meaning_support.needed_by(meaning))


def _support(source: str, row: Row) -> Support | None:
    if source == SALE_END:
        return Support(SALE_END, sale_until(row))
    return Support(source) if source else None


def _claim(kind: str, plain: Plain, span: tuple[int, int], support: Support | None, needed: str) -> Claim:
    words = plain.text[span[0] : span[1]].strip()
    if support is None:
        why = f"{needed} would have to say so, or the shop's allowed claims"
        return Claim(kind, words, plain.span(*span), None, why)
    return Claim(kind, words, plain.span(*span), support.field, f"supported by {support.field}", support.states)


def _is_figure(meaning: Meaning, figures: list[Figure]) -> bool:
    """Words inside of a figure are the figure's: "more than 300 reviews" compares nothing."""
    return any(figure.start <= meaning.start and meaning.end <= figure.end for figure in figures)


def _source(found: Figure | Meaning, permitted: list[_Span], days: list[_Span]) -> str:
    """Where the words stand in an allowed claim, or in the sale's last day; empty: neither."""
    if any(start <= found.start and found.end <= end for start, end in permitted):
        return ALLOWED
    return SALE_END if any(start <= found.start and found.end <= end for start, end in days) else ""


def _spans_of(text: str, allowed: Sequence[str]) -> list[_Span]:
    return [match.span() for pattern in _allowed(allowed) for match in pattern.finditer(text)]


def _allowed(allowed: Sequence[str]) -> Iterator[re.Pattern[str]]:
    """Allowed claims are found whatever their case, their spaces and their last mark are."""
    for claim in allowed:
        words = plain_of(claim).text.rstrip(" .!。！").split()
        if words:
            yield re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)

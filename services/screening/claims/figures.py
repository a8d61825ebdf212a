"""The figures in a text - prices, discounts, ratings, stock, dates, measures, counts - read by `figures.toml`; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Final

from services.catalogue.language import UNSURE
from services.copywriter.phrases import WORDS, words_of
from services.screening.claims.money import MONEY, currencies_of, is_day
from services.screening.claims.numbers import NUMBER, values_of
from services.screening.claims.patterns import spaced, table
from services.screening.claims.plain import plain_of

IDIOM: Final = "idiom"
_TABLE: Final = table("figures.toml")
_ANY: Final = re.compile(rf"\d|{NUMBER}|★|\bone\b", re.IGNORECASE)
_COUNTED: Final = re.compile(rf"(?:{_TABLE['counted']['nouns']})", re.IGNORECASE)

_Pattern = tuple[str, str, re.Pattern[str], str, Decimal]
"""Role, kind, pattern, what is measured and the factor to its first unit."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it is said to be."""

    role: str  # "price", "stock_below", "measure", ...: what supports it follows from this
    kind: str  # of the claim
    start: int
    end: int
    values: frozenset[Decimal] = frozenset()
    currencies: frozenset[str] = frozenset()  # of money: what its sign may mean
    quality: str = ""  # of a measure: "length", "weight", ...
    noun: str = ""  # of a count: what is counted, where the row must name it
    parts: Mapping[str, str] = field(default_factory=dict)  # of a date: day, month, year; of a rating: its count


def figures_in(text: str) -> list[Figure]:
    """The figures of a plain text, each of its characters in one at most, in their order."""
    if not _ANY.search(text):
        return []
    taken = [False] * len(text)
    found: list[Figure] = []
    for role, kind, pattern, quality, factor in (*_phrases(), *_patterns()):
        for match in pattern.finditer(text):
            if not any(taken[match.start() : match.end()]) and (role != "date" or is_day(match)):
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                found.append(_figure(role, kind, match, quality, factor))
    found = [figure for figure in found if figure.role != IDIOM]
    return sorted(found, key=lambda figure: figure.start)


def _figure(role: str, kind: str, match: re.Match[str], quality: str, factor: Decimal) -> Figure:
    groups = {name: said for name, said in match.groupdict().items() if said}
    if role == "date":
        return Figure(role, kind, match.start(), match.end(), _as_number(match), parts=groups)
    if role == IDIOM:
        return Figure(role, kind, match.start(), match.end())
    if "stars" in groups:
        return Figure(role, kind, match.start(), match.end(), frozenset((Decimal(len(groups["stars"])),)))
    token = next((groups[name] for name in groups if name.startswith("n") and name != "noun"), "")
    values = frozenset(value * factor for value in values_of(token)) if token else frozenset((Decimal(1),))
    noun = groups.get("noun", "")
    end = match.end() if not noun or _COUNTED.fullmatch(noun) else match.start("noun")
    named = noun if end == match.end() else ""
    parts = {"count": groups["count"]} if "count" in groups else {}
    return Figure(role, kind, match.start(), end, values, currencies_of(match), quality, named, parts)


def _as_number(day: re.Match[str]) -> frozenset[Decimal]:
    """A day without a year may be a number at the end of a sentence: "4.8."."""
    said = re.fullmatch(r"(\d+\.\d+)\.", day[0])
    return frozenset((Decimal(said[1]),)) if said else frozenset()


@cache
def _patterns() -> tuple[_Pattern, ...]:
    return tuple(
        (one["role"], one["kind"], re.compile(text, re.IGNORECASE), quality, factor)
        for one in _TABLE["figure"]
        for pattern in one["patterns"]
        for text, quality, factor in _expanded(pattern)
    )


@cache
def _phrases() -> tuple[_Pattern, ...]:
    """The copywriter's phrases for ratings and low stocks, in every language, and where it has none of one."""
    found = []
    for words in (words_of(UNSURE), *WORDS.values()):
        rated = re.escape(plain_of(words.rated).text).replace(r"\{rating\}", f"(?P<n>{NUMBER})")
        rated = rated.replace(r"\{count\}", rf"(?P<count>{NUMBER})\+?").replace(r"\ ", r"\s")
        few = re.escape(plain_of(words.few).text).replace(r"\{number\}", f"(?P<n>{NUMBER})").replace(r"\ ", r"\s")
        found.append(("rated", "rating", re.compile(rated, re.IGNORECASE), "", Decimal(1)))
        if few:
            found.append(("stock_below", "scarcity", re.compile(few, re.IGNORECASE), "", Decimal(1)))
    return tuple(found)


def _expanded(pattern: str) -> Iterator[tuple[str, str, Decimal]]:
    for name, words in _TABLE["words"].items():
        pattern = pattern.replace(f"{{{name}}}", words)
    pattern = spaced(pattern)
    number = f"(?P<n>{NUMBER})"
    percent = rf"(?:(?P<n3>{NUMBER})\s?(?:%|percent|per cent|prozent)|百分之(?P<n4>{NUMBER}))"
    pattern = pattern.replace("{money}", MONEY).replace("{pct}", percent).replace("{n}", number)
    if "{unit" not in pattern:
        yield pattern, "", Decimal(1)
        return
    for quality, units in _TABLE["units"].items():
        slot = next((one for one in ("{unit}", f"{{unit_{quality}}}") if one in pattern), "")
        for unit, factor in units.items() if slot else ():
            yield pattern.replace(slot, rf"[\s-]?(?:{unit})(?![a-z])"), quality, Decimal(factor)

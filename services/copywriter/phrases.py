"""The words around facts in ads, by language: each says only what its fact says, so that no ad says more; pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal


@dataclass(frozen=True, slots=True)
class Words:
    """The phrases of one language."""

    rated: str  # of {rating} and {count}
    sale: str  # of {date}, the last day
    few: str  # of {number}
    look: str
    shop: str
    colon: str = ": "
    off: str = ""  # of {percent}, or of {fraction}, what is paid in tenths
    off_until: str = ""  # and of {date}
    few_of: str = ""  # of {number} and {measure}, a measure word


_TABLE: Final = resources.files("services.copywriter").joinpath("phrases.toml").read_text("utf-8")
WORDS: Final[Mapping[str, Words]] = {language: Words(**said) for language, said in tomllib.loads(_TABLE).items()}
_OTHER: Final = Words("{rating}/5 ({count})", "", "", "→", "→")
"""Where the language has no words here: figures say what they say; of sales and stock nothing is said."""

_TRADITIONAL: Final = frozenset(("hant", "tw", "hk", "mo"))


def words_of(language: str) -> Words:
    """The phrases of a language.

    >>> [words_of(language).shop for language in ("de-AT", "zh-TW", "fi")]
    ['Jetzt ansehen', '立即查看', '→']
    """
    first, *more = language.lower().replace("_", "-").split("-")
    if first == "zh" and _TRADITIONAL & set(more):
        first = "zh-hant"
    return WORDS.get(first, _OTHER)


def day_text(day: date, language: str) -> str:
    """A day as the language writes it, with its year: an ad's text must not depend on when it was made.

    >>> [day_text(date(2026, 12, 31), one) for one in ("en", "de", "ru", "zh")]
    ['Dec 31, 2026', '31.12.2026', '31 дек. 2026\u202fг.', '2026年12月31日']
    """
    return format_date(day, "medium", locale=_locale(language))


def figure_text(value: float, language: str) -> str:
    """A number with at most one decimal, as the language writes it.

    >>> figure_text(4.6, "de"), figure_text(1200, "en")
    ('4,6', '1,200')
    """
    return format_decimal(value, "#,##0.#", locale=_locale(language))


def reading(pattern: str) -> re.Pattern[str]:
    """What a phrase looks like, whatever its facts are."""
    return re.compile(re.sub(r"\\{\w+\\}", ".{1,40}", re.escape(pattern)))


@cache
def phrases(name: str) -> tuple[re.Pattern[str], ...]:
    """What the phrase of this name looks like, in each language that has it."""
    return tuple(reading(pattern) for words in (*WORDS.values(), _OTHER) if (pattern := getattr(words, name)))


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):  # one that CLDR does not have, and what is no language
        return Locale.parse("en")


def phrase_title(text: str) -> str:
    """The text with a capital first letter, where it begins with a small one and a word of small ones.

    >>> phrase_title("for hot days"), phrase_title("iPhone case")
    ('For hot days', 'iPhone case')
    """
    first = text.split(" ")[0]
    return text[:1].upper() + text[1:] if first.islower() else text

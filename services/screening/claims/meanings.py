"""Claims in words by kind and meaning, of one table a language, `en.toml` and others; pure.

A meaning has the same name in each language: an English row that says "organic cotton" supports a German text that
says "Biobaumwolle". A negated one ("not waterproof") is no claim, and supports none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from services.screening.claims.patterns import spaced, table

LANGUAGES: Final = ("en", "zh", "de", "fr", "es", "it", "nl")
_LATIN: Final = re.compile(r"[A-Za-z]{2}|#")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_NEGATED: Final = re.compile(
    r"(?:\b(?:not|isn't|never|nicht|keine?|no|non|pas|niet|geen)[\s-](?:the |a |an |de |een )?|[不非])$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """A claim in words."""

    name: str  # "green.organic"
    start: int
    end: int
    words: str

    @property
    def kind(self) -> str:
        """What kind of claim it is."""
        return self.name.partition(".")[0]


def meanings_in(text: str) -> list[Meaning]:
    """The meanings of a plain text in the order of their kinds."""
    return [
        Meaning(name, match.start(), match.end(), match.group())
        for letters, patterns in _tables()
        if letters.search(text)
        for name, pattern in patterns
        for match in pattern.finditer(text)
        if match.group() and not _NEGATED.search(text, 0, match.start())
    ]


@cache
def _tables() -> tuple[tuple[re.Pattern[str], tuple[tuple[str, re.Pattern[str]], ...]], ...]:
    """By language: what a text must have to be worth reading with it, and its meanings."""
    return tuple((_HAN if language == "zh" else _LATIN, tuple(_patterns(language))) for language in LANGUAGES)


def _patterns(language: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    for kind, meanings in table(f"{language}.toml").items():
        for name, pattern in meanings.items():
            yield f"{kind}.{name}", re.compile(spaced(pattern), re.IGNORECASE)

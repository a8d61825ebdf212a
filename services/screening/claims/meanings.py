"""Claims in words by kind and meaning, of the tables `en.toml`, `zh.toml` and `de.toml`; pure.

A meaning has the same name in each language: an English row that says "organic cotton" supports a German text that
says "Biobaumwolle". A negated one ("not waterproof") is no claim, and supports none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from services.screening.claims.patterns import spaced, table

LANGUAGES: Final = ("en", "zh", "de")
_NEGATED: Final = re.compile(
    r"(?:\b(?:not|isn't|never|nicht|keine?|no|non)[\s-](?:the |a |an )?|[不非])$", re.IGNORECASE
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
        for name, pattern in _patterns()
        for match in pattern.finditer(text)
        if match.group() and not _NEGATED.search(text, 0, match.start())
    ]


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (f"{kind}.{name}", re.compile(spaced(pattern), re.IGNORECASE))
        for language in LANGUAGES
        for kind, meanings in table(f"{language}.toml").items()
        for name, pattern in meanings.items()
    )

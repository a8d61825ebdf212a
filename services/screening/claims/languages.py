"""In which language the lines of an ad are, where claims in it cannot be read; pure.

Only words that neither the product's row, nor the shop's allowed claims, nor our own phrases hold are looked at: what
they say is borne out, whatever its language. The rest shows its language by its letters, and in Latin ones by words of
`services/catalogue/languages.toml`. A name, as capitals show it, shows none, and is no claim.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from typing import Final

from babel import Locale

from services.catalogue.language import scripts_of, words_by_language
from services.copywriter.phrases import WORDS
from services.screening.claims.meanings import LANGUAGES
from services.screening.claims.patterns import table
from services.screening.claims.plain import plain_of

UNKNOWN: Final = "a language that cannot be told"
_WORD: Final = re.compile(r"[^\W\d_]+")
_LITERAL: Final = re.compile(r"(?<![^\W_]|\\|\[)[^\W\d_]{3,}(?![?*\[])")
"""A whole word in a pattern."""

_SCRIPTS: Final = frozenset(("LATIN", "CJK", "FEMININE", "MASCULINE", "MODIFIER", "COMBINING"))
"""In which there are tables of claims; signs like º are among letters, too."""

_UNSPACED: Final = ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "THAI", "LAO", "KHMER", "MYANMAR")
_SHOWN_BY: Final[Mapping[str, str]] = {"HIRAGANA": "Japanese", "KATAKANA": "Japanese", "HANGUL": "Korean"}
_FOREIGN: Final = re.compile("[ãõłąęśźżćńğışőűčřšžěůďťľășțåøæðþđơưạ-ỹ]")
"""Latin letters that no language with a table has: whose they are is not needed to know that it is none of these."""

_MANY: Final = 4
"""So many small words in a longer line, and none of them known in any language, are a sentence and no name."""

_TELLING: Final = 2
"""So many words of a language show it: one alone may be a name, as "Pro" is one and a Czech word."""

_LONG: Final = 6
"""Letters of a word that shows its language alone in a sentence: "A melhor"."""


def unread_in(text: str, borne_out: Iterable[str] = ()) -> str:
    """The language of the first line in which claims cannot be read; empty where all can.

    >>> [unread_in(line) for line in ("O melhor saco do mundo", "Лучшая сумка", "Le meilleur sac", "Nuvola")]
    ['Portuguese', 'Cyrillic letters', '', '']
    >>> unread_in("Сумка Nuvola", ["Сумка из кожи"])
    ''
    """
    held = _held(tuple(borne_out))
    return next((found for line in text.splitlines() if (found := _of_line(line, held))), "")


def _of_line(line: str, held: _Held) -> str:
    said = _words(line)
    words = [word.casefold() for word in said]
    left = {word for word in words if not held.bears_out(word)}
    script = next((_script(word) for word in words if word in left and not scripts_of(word) <= _SCRIPTS), "")
    if script:
        return _SHOWN_BY.get(script, f"{script.capitalize()} letters")
    small = _small(said) & left
    found = {language: sum(word in known for word in words) for language, known in _known().items()}
    read = max(found[language] for language in found if language in LANGUAGES)
    unread, language = max((found[language], language) for language in found if language not in LANGUAGES)
    own = left & _known()[language]
    if own and unread > read and (unread >= _TELLING or small and any(len(word) >= _LONG for word in own)):
        return name_of(language)
    foreign = sum(_FOREIGN.search(word) is not None for word in small)
    is_sentence = len(words) > _MANY <= len(small)
    return UNKNOWN if foreign > read or not read and is_sentence else ""


def _small(said: list[str]) -> frozenset[str]:
    """The words that are no names: those without a capital; in a long line of capitals alone, all."""
    shouts = len(said) > _MANY and all(word.isupper() for word in said)
    words = (word.casefold() for word in said if shouts or word.islower())
    return frozenset(word for word in words if len(word) > 1 and "LATIN" in scripts_of(word))


class _Held:
    """The words that somebody answers for."""

    def __init__(self, texts: Iterable[str]) -> None:
        plain = [plain_of(text).text.casefold() for text in texts]
        self._words = frozenset(word for text in plain for word in _WORD.findall(text))
        self._text = "\n".join(plain)

    def bears_out(self, word: str) -> bool:
        """Whether the word is among them; of scripts without spaces, any stretch of them."""
        return word in self._words or (bool(scripts_of(word) & set(_UNSPACED)) and word in self._text)


@lru_cache(maxsize=16)  # as rows are
def _held(texts: tuple[str, ...]) -> _Held:
    return _Held((*texts, *_phrases()))


@cache
def _phrases() -> tuple[str, ...]:
    """What the copywriter says around facts, which are read as figures."""
    return tuple(text for said in WORDS.values() for text in (said.rated, said.sale, said.few, said.look, said.shop))


@cache
def _known() -> Mapping[str, AbstractSet[str]]:
    """By language; of those that are read, the words of their claims, too."""
    own = {language: set(words) for language, words in words_by_language().items()}
    for language in own.keys() & set(LANGUAGES):
        patterns = (pattern for meanings in table(f"{language}.toml").values() for pattern in meanings.values())
        own[language] |= {word for pattern in patterns for word in _LITERAL.findall(pattern)}
    return own


def _words(line: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", plain_of(line).text))


def _script(word: str) -> str:
    return min(scripts_of(word) - _SCRIPTS)


def name_of(language: str) -> str:
    """Its name in English.

    >>> name_of("pt")
    'Portuguese'
    """
    return str(Locale.parse("en").languages.get(language, language))

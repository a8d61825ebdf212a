"""Which language a text is in, where nobody says it: by its script, and in Latin letters by its commonest words; pure.

Nothing is guessed of a text that shows no language: who knows none writes no grammar around it, and takes no side in
which page may show it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product

UNSURE: Final = "und"
"""The BCP 47 tag of a language that is not known."""

TRADITIONAL: Final = "zh-Hant"
_SCRIPTS: Final = (
    ("ja", "HIRAGANA"), ("ja", "KATAKANA"), ("zh", "CJK"), ("ko", "HANGUL"), ("ru", "CYRILLIC"), ("el", "GREEK"),
    ("ar", "ARABIC"), ("he", "HEBREW"), ("th", "THAI"),
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W\d_]+")
_READ: Final = 1_000  # characters of a text
_CLEARLY: Final = 1.5  # times those of the next language: neighbours share many of their words
_FEW: Final = 2  # words that tell the language of one row; one alone may be a name
_ENOUGH_HAN: Final = 4
_FEW_KANA: Final = 0.1  # of the Han characters: Chinese titles name Japanese goods, Japanese ones have kana throughout


def language_of_row(product: Product) -> str:
    """The language of a product's texts: the one that the row says, else the one that they show, else `UNSURE`.

    >>> rows = [("Kleid", "de-AT"), ("Leinenhemd", ""), ("Leinenhemd mit Stehkragen aus Leinen", ""), ("Платье", "")]
    >>> [language_of_row(Product(title=title, language=said)) for title, said in rows]
    ['de-AT', 'und', 'de', 'ru']
    """
    if product.language:
        return product.language
    highlight = product.attributes.get("product_highlight", "")
    return language_of_text(product.title, product.description, highlight)


def language_of_text(text: str, *more: str) -> str:
    """The likeliest language of the script of a text; of Latin letters that which it shows `more` than any other.

    >>> [language_of_text(text) for text in ("連衣裙の", "智慧淨水系統與空氣清淨機", "The dress is new", "Nuvola")]
    ['ja', 'zh-Hant', 'en', 'und']
    """
    scripts = frozenset[str]() if text.isascii() else scripts_of(text)
    of_script = next((language for language, script in _SCRIPTS if script in scripts), "")
    guessed = guessed_language((text, *more), _FEW) if of_script in ("", "zh") else ""
    if of_script:
        return guessed if guessed == TRADITIONAL else of_script
    return guessed or UNSURE


def guessed_language(texts: Iterable[str], enough: int) -> str:
    """The language of which these texts have at least so many words, and clearly more than of any other.

    Empty where they show none. Of Chinese the writing is told, where it is the traditional one.

    >>> guessed_language(["La robe est en lin avec des poches et une ceinture pour les jours de fête"], 12)
    'fr'
    >>> guessed_language(["The dress is made of linen"], 12)
    ''
    """
    words, han, kana = Counter[str](), Counter[bool | None](), 0
    for text in texts:
        plain = text[:_READ].casefold()
        kana += sum("\u3041" <= letter <= "\u30fe" for letter in plain)
        han.update(_kind(letter) for letter in plain if "\u4e00" <= letter <= "\u9fff")
        words.update(one for word in _WORD.findall(plain) for one in _languages().get(word, ()))
    if han[True] >= _ENOUGH_HAN and han[True] > han[False] and kana < han.total() * _FEW_KANA:
        return TRADITIONAL
    (first, most), (_, next_most) = [*words.most_common(2), ("", 0), ("", 0)][:2]
    return first if most >= enough and most > _CLEARLY * next_most else ""


def scripts_of(text: str) -> frozenset[str]:
    """The scripts in which a text is written, as Unicode names them.

    >>> sorted(scripts_of("Google壁画 2"))
    ['CJK', 'LATIN']
    """
    return frozenset(unicodedata.name(letter, "?").split()[0] for letter in text if letter.isalpha())


@cache
def words_by_language() -> Mapping[str, frozenset[str]]:
    """The words by which languages in Latin letters are told; those of one letter tell nothing."""
    said = tomllib.loads((resources.files("services.catalogue") / "languages.toml").read_text("utf-8"))
    by_language = {language: words.casefold().split() for language, words in said.items()}
    return {language: frozenset(word for word in words if len(word) > 1) for language, words in by_language.items()}


@cache
def _languages() -> Mapping[str, Sequence[str]]:
    """The languages of each word."""
    found: dict[str, list[str]] = {}
    for language, words in words_by_language().items():
        for word in words:
            found.setdefault(word, []).append(language)
    return found


@lru_cache(maxsize=30_000)
def _kind(letter: str) -> bool | None:
    """Whether a Han character is of traditional writing alone (True) or of simplified alone (False)."""
    big5, gb = (_has(letter, name) for name in ("big5", "gb2312"))
    return None if big5 == gb else big5


def _has(letter: str, encoding: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True

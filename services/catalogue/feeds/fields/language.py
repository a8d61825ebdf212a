"""Guesses the language of a feed that does not say it, so that an ad does not speak English around French texts.

In Latin script a language is told by its commonest words: the feed's is the one that has clearly more of them than
any other. Chinese in traditional characters is told by characters that Big5 has and GB 2312 has not. Every other
script is left to whoever writes the ad: a script alone tells about one language each.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from services.catalogue.feeds.fields.text import plain_text
from services.catalogue.feeds.rows import Value
from services.common.errors import Rejected

TRADITIONAL: Final = "zh-Hant"
_ENGLISH: Final = "en"  # what is assumed without a guess
_COMMON: Final[Mapping[str, str]] = {
    "en": "the and with for of is your from this to in are our you by",
    "de": "und der die das mit für ist von auf ein eine aus zum zur im den",
    "fr": "le la les des et une est pour avec du dans de ce sur en vous",
    "es": "el los las una para con del que de la un en por su es",
    "it": "il gli una di con per della che è nel un in da sono",
    "nl": "het een van en met voor de is zijn in op uit deze",
    "pt": "os uma para com do da em não de um as na é",
    "sv": "och att med för är som en ett på av till din den",
    "da": "og at med for er som en et på af til det den",
    "nb": "og at med for er som en et på av til det den",
    "fi": "ja on ei tai sekä kun myös se joka ovat voi",
    "pl": "na do się jest dla oraz nie to ze od",
    "cs": "se na je pro do jako který to od nebo",
    "hu": "az és egy nem hogy is meg ez vagy mint",
    "ro": "și cu din pentru este un la de în pe care",
    "tr": "ve bir ile için bu çok olarak da de en her",
    "id": "dan yang untuk dengan di dari ini pada adalah",
    "vi": "và của cho với là các có được một không",
}
"""The commonest words of languages, also of such as have no words for ads: they are not to be taken for neighbours."""

_BY_WORD: Final[Mapping[str, Sequence[str]]] = {
    word: [language for language, words in _COMMON.items() if word in words.split()]
    for word in " ".join(_COMMON.values()).split()
}
_WORD: Final = re.compile(r"[^\W\d_]+")
_READ: Final = 1_000  # characters of a text
_ENOUGH: Final = 12  # words of a language, so that a title or two in another language decide nothing
_CLEARLY: Final = 1.5  # times those of the next language: neighbours share many of their words
_ENOUGH_HAN: Final = 4
_FEW_KANA: Final = 0.1  # of the Han characters: Chinese titles name Japanese goods, Japanese ones have kana throughout


def guessed_language(values: Iterable[Value]) -> str:
    """The language of these texts; empty where it is English, or where they do not show it.

    >>> guessed_language(["La robe est en lin avec des poches et une ceinture pour les jours de fête"] * 2)
    'fr'
    >>> guessed_language(["The dress is made of linen"] * 9), guessed_language(["智慧淨水系統與空氣清淨機"])
    ('', 'zh-Hant')
    """
    words, han, kana = Counter[str](), Counter[bool | None](), 0
    for value in values:
        text = _plain(value)
        kana += sum("\u3041" <= letter <= "\u30fe" for letter in text)
        han.update(_kind(letter) for letter in text if "\u4e00" <= letter <= "\u9fff")
        words.update(one for word in _WORD.findall(text.lower()) for one in _BY_WORD.get(word, ()))
    if han[True] >= _ENOUGH_HAN and han[True] > han[False] and kana < han.total() * _FEW_KANA:
        return TRADITIONAL
    (first, most), (_, next_most) = [*words.most_common(2), ("", 0), ("", 0)][:2]
    return first if first != _ENGLISH and most >= _ENOUGH and most > _CLEARLY * next_most else ""


def is_written_like(title: str, language: str) -> bool:
    """Whether a title can be of the language by its script: all Latin, or for Chinese Han without kana.

    >>> [is_written_like(*it) for it in (("Robe", "fr"), ("Платье", "fr"), ("淨水器", "zh-Hant"), ("傘の", "zh-Hant"))]
    [True, False, True, False]
    """
    scripts = {unicodedata.name(letter, " ").split()[0] for letter in title if letter.isalpha()}
    if language == TRADITIONAL:
        return "CJK" in scripts and not scripts & {"HIRAGANA", "KATAKANA"}
    return bool(language) and scripts <= {"LATIN", "FEMININE", "MASCULINE", "MODIFIER"}


def _plain(value: Value) -> str:
    if not isinstance(value, str):
        return ""
    try:
        return plain_text(value[:_READ], "description")
    except Rejected:  # its row is rejected when it is read
        return ""


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

"""The language of a feed that does not say it, so that an ad does not speak English around French texts."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from services.catalogue import language as catalogue_language
from services.catalogue.feeds.fields.text import plain_text
from services.catalogue.feeds.rows import Value
from services.catalogue.language import TRADITIONAL
from services.common.errors import Rejected

_READ: Final = 1_000  # characters of a text
_ENOUGH: Final = 12  # words of a language, so that a title or two in another language decide nothing


def guessed_language(values: Iterable[Value]) -> str:
    """The language of these texts; empty where they do not show it.

    >>> guessed_language(["La robe est en lin avec des poches et une ceinture pour les jours de fête"] * 2)
    'fr'
    >>> guessed_language(["The dress is made of linen"] * 9), guessed_language(["智慧淨水系統與空氣清淨機"])
    ('en', 'zh-Hant')
    """
    return catalogue_language.guessed_language(map(_plain, values), _ENOUGH)


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

"""The words of scripts that write no spaces, so that no line breaks inside one; pure but for dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from services.composer.type.chinese_words import simplified, traditional
from services.composer.type.cutting import HAN
from services.composer.type.japanese_words import KANA, japanese
from services.composer.type.thai_words import THAI, thai

_TRADITIONAL: Final = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")

Words = Callable[[str], list[str]]
"""Cuts a text into its words, each with the space before it."""


def words_in(text: str, language: str) -> Words | None:
    """What finds the words of a text; None where spaces part them."""
    if THAI.search(text):
        return thai
    if KANA.search(text) or (language.startswith("ja") and HAN.search(text)):
        return japanese
    if not HAN.search(text):
        return None
    return traditional if language.lower().startswith(_TRADITIONAL) else simplified

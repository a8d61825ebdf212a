"""The words of Japanese: BudouX's phrases, parted where the script changes, and its compounds left whole."""

from __future__ import annotations

import re
from typing import Final

from services.composer.type.cutting import HAN, OF_SHOPS, borders_of, cut, with_spaces

KANA: Final = re.compile("[\u3040-\u30ff]")
_KATAKANA: Final = re.compile("[\u30a0-\u30ff]+")
_SHORT: Final = 3  # letters; a rest of katakana so short is no word
_SUFFIXES: Final = "製用風型式柄色入付"  # of Japanese words in katakana
_KATAKANA_WORDS: Final = re.compile("|".join(sorted(OF_SHOPS["ja"], key=len, reverse=True)))


def japanese(text: str) -> list[str]:
    """
    >>> "/".join(japanese("ステンレス製真空断熱タンブラー")), "/".join(japanese("富士山の天然水"))
    ('ステンレス製/真空断熱/タンブラー', '富士山の/天然水')
    """
    ends = borders_of("japanese", text)
    within = {found.end() for run in _KATAKANA.finditer(text) for found in _known(text, run.start(), run.end())}
    return with_spaces(
        cut(text, (at for at in range(1, len(text)) if at in within or _is_border(text, at, at in ends)))
    )


def _known(text: str, start: int, end: int) -> list[re.Match[str]]:
    """The words of a run of katakana, where all but its last are known; that one may be any, but not short."""
    found: list[re.Match[str]] = []
    while start < end and (word := _KATAKANA_WORDS.match(text, start, end)):
        found.append(word)
        start = word.end()
    return [] if 0 < end - start < _SHORT else [word for word in found if word.end() < end]


def _is_border(text: str, at: int, ends_phrase: bool) -> bool:
    """Whether Japanese may break there: at a phrase's end, but in no run of kanji or katakana; and between the two."""
    before, after = _script(text[at - 1]), _script(text[at])
    if before == after == "kanji":
        return text[at - 1] in _SUFFIXES and at > 1 and _script(text[at - 2]) == "katakana"
    if (before, after) == ("katakana", "kanji"):
        return text[at] not in _SUFFIXES
    if (before, after) == ("kanji", "katakana"):
        return True
    return ends_phrase and before + after not in ("katakanakatakana", "kanjihiragana")


def _script(letter: str) -> str:
    if HAN.match(letter):
        return "kanji"
    if _KATAKANA.match(letter):
        return "katakana"
    return "hiragana" if KANA.match(letter) else ""

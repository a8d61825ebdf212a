"""Where a line may break: between words, and in scripts without spaces, if need be, between letters; pure.

Chinese, Japanese and Thai write no spaces: `words.py` finds their words.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final

from services.composer.type.chinese_words import MEASURES
from services.composer.type.thai_words import THAI
from services.composer.type.words import words_in

_CLOSING: Final = "，。！？；：、）」』】》〉％…・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ）,.!?;:)]}%"
_OPENING: Final = "（「『【《〈([{"
_IDEOGRAPH: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef"
_SPACE: Final = " \t\r\n"  # others do not break
_LETTERS: Final = r"[^\W\d_]" * 3  # a model's number stays whole
_PIECE: Final = re.compile(
    rf"[{_IDEOGRAPH}]|[^{_SPACE}{_IDEOGRAPH}]+?(?:(?<={_LETTERS}[-/])(?={_LETTERS})|(?=[{_SPACE}{_IDEOGRAPH}])|$)"
)
_DASHES: Final = (" -", " –", " —", " |", " /", " ·")  # they stand at a line's end: what they part begins the next
_DIGITS: Final = "0123456789"
_MEASURED: Final = re.compile(r"[^\W\d_]{0,2}[0-9][0-9.,/]*", re.ASCII)
_UNIT: Final = re.compile(
    r" (?:[kmµ]?g|[mcd]?l|[cmk]?m|fl|oz|lbs?|ft|[kMGT]B|k?W|kWh|m?V|m?A|mAh|Ah|[kMG]?Hz|cc|m²|m³|°[CF]|%|pcs|pièces|"
    r"Stück|St\.|克|千克|公斤|毫升|升|厘米|[包盒瓶袋件支片只个個枚本]|шт\.?|кг|г|мл|л|см|мм)(?![^\W_])[^\w\s]*",
    re.IGNORECASE,
)


def pieces_of(text: str) -> list[str]:
    """The parts between which a line may break: words with the space before them, and single ideographs.

    No line begins with a closing mark, a dash or the unit of a number, or ends with an opening mark.

    >>> pieces_of("Warm T-shirt 保暖（防水）外套。"), pieces_of("Pine nuts - 1 kg")
    (['Warm', ' T-shirt', ' 保', '暖', '（防', '水）', '外', '套。'], ['Pine', ' nuts -', ' 1 kg'])
    """
    pieces: list[str] = []
    end = 0
    for found in _PIECE.finditer(text):
        piece = (" " if found.start() > end and pieces else "") + found[0]
        end = found.end()
        if pieces and _is_bound(pieces[-1], piece):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def _is_bound(before: str, piece: str) -> bool:
    """Whether no line may end between the two."""
    if piece[0] != " ":
        is_measure = piece[0] in MEASURES and before[-1] in _DIGITS
        return piece[0] in _CLOSING or before[-1] in _OPENING or is_measure or (before[-1], piece[0]) == ("T", "恤")
    is_unit = _UNIT.fullmatch(piece) and _MEASURED.fullmatch(before.rpartition(" ")[2])
    return piece in _DASHES or is_unit is not None


def phrases_of(text: str, language: str) -> list[str]:
    """The parts between which a line breaks best, which are words; as `pieces_of` where spaces part them.

    >>> phrases_of("亚麻混纺收腰连衣裙", "zh"), phrases_of("รองเท้าวิ่ง", "th")
    (['亚麻', '混纺', '收腰', '连衣裙'], ['รองเท้า', 'วิ่ง'])
    """
    pieces, words = pieces_of(text), words_in(text, language)
    if words is None:
        return pieces
    borders = _borders(words(text))
    grouped: list[str] = []
    at, is_open = 0, False
    for piece in pieces:
        for part in _parts_of(piece, at, borders):
            if is_open:
                grouped[-1] += part
            else:
                grouped.append(part)
            at += _length(part)
            is_open = at not in borders
    return grouped


def _parts_of(piece: str, at: int, borders: frozenset[int]) -> list[str]:
    """A piece, cut at the borders within it where it is Thai."""
    if not THAI.search(piece):
        return [piece]
    parts = [""]
    for letter in piece:
        if at in borders and parts[-1].strip():
            parts.append("")
        parts[-1] += letter
        at += letter not in _SPACE
    return parts


def _borders(words: list[str]) -> frozenset[int]:
    """How many letters, spaces aside, stand before the end of each word."""
    return frozenset(accumulate(map(_length, words)))


def _length(text: str) -> int:
    return sum(letter not in _SPACE for letter in text)

"""Where a line may break: between words, ideographs and Thai words, and better between phrases; pure but for models.

Chinese, Japanese and Thai write no spaces: BudouX (Apache-2.0, its models are in the package) finds their phrases.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

import budoux

_CLOSING: Final = "，。！？；：、）」』】》〉％…・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ）,.!?;:)]}%"
_OPENING: Final = "（「『【《〈([{"
_IDEOGRAPH: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef"
_SPACE: Final = " \t\r\n"  # others do not break
_PIECE: Final = re.compile(
    rf"[{_IDEOGRAPH}]|[^{_SPACE}{_IDEOGRAPH}]+?(?:(?<=\w\w\w[-/])(?=\w\w\w)|(?=[{_SPACE}{_IDEOGRAPH}])|$)"
)
_DASHES: Final = (" -", " –", " —", " |", " /", " ·")  # they stand at a line's end: what they part begins the next
_MEASURED: Final = re.compile(r"[^\W\d_]{0,2}[0-9][0-9.,/]*", re.ASCII)
_UNIT: Final = re.compile(
    r" (?:[kmµ]?g|[mcd]?l|[cmk]?m|fl|oz|lbs?|ft|[kMGT]B|k?W|kWh|m?V|m?A|mAh|Ah|[kMG]?Hz|cc|m²|m³|°[CF]|%|pcs|pièces|"
    r"Stück|St\.|克|千克|公斤|毫升|升|厘米|[包盒瓶袋件支片只个個枚本]|шт\.?|кг|г|мл|л|см|мм)(?![^\W_])[^\w\s]*",
    re.IGNORECASE,
)
_THAI: Final = re.compile("[\u0e00-\u0e7f]")
_KANA: Final = re.compile("[\u3040-\u30ff]")
_HAN: Final = re.compile("[\u3400-\u9fff]")
_TRADITIONAL: Final = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


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
        return piece[0] in _CLOSING or before[-1] in _OPENING
    is_unit = _UNIT.fullmatch(piece) and _MEASURED.fullmatch(before.rpartition(" ")[2])
    return piece in _DASHES or is_unit is not None


def phrases_of(text: str, language: str) -> list[str]:
    """The parts between which a line breaks best; as `pieces_of` where the script has spaces.

    >>> phrases_of("亚麻混纺收腰连衣裙", "zh"), phrases_of("เสื้อกันหนาว", "th")
    (['亚麻混纺', '收腰', '连衣裙'], ['เสื้อ', 'กัน', 'หนาว'])
    """
    pieces = pieces_of(text)
    parse = _parser_of(text, language)
    if parse is None:
        return pieces
    borders = _borders(parse(text))
    grouped: list[str] = []
    at, is_open = 0, False
    for piece in pieces:
        for part in _parts_of(piece, at, borders):
            if is_open and part[0] != " ":
                grouped[-1] += part
            else:
                grouped.append(part)
            at += _length(part)
            is_open = at not in borders
    return grouped


def _parts_of(piece: str, at: int, borders: frozenset[int]) -> list[str]:
    """A piece, cut at the borders within it where it is Thai."""
    if not _THAI.search(piece):
        return [piece]
    parts = [""]
    for letter in piece:
        if at in borders and parts[-1].strip():
            parts.append("")
        parts[-1] += letter
        at += letter not in _SPACE
    return parts


def _borders(chunks: list[str]) -> frozenset[int]:
    """How many letters, spaces aside, stand before the end of each chunk."""
    ends, at = set(), 0
    for chunk in chunks:
        at += _length(chunk)
        ends.add(at)
    return frozenset(ends)


def _length(text: str) -> int:
    return sum(letter not in _SPACE for letter in text)


def _parser_of(text: str, language: str) -> Callable[[str], list[str]] | None:
    if _THAI.search(text):
        return _loaded("thai")
    if not _HAN.search(text) and not _KANA.search(text):
        return None
    if _KANA.search(text) or language.startswith("ja"):
        return _loaded("japanese")
    return _loaded("traditional" if language.lower().startswith(_TRADITIONAL) else "simplified")


@cache
def _loaded(name: str) -> Callable[[str], list[str]]:
    load: dict[str, Callable[[], budoux.Parser]] = {
        "thai": budoux.load_default_thai_parser,
        "japanese": budoux.load_default_japanese_parser,
        "traditional": budoux.load_default_traditional_chinese_parser,
        "simplified": budoux.load_default_simplified_chinese_parser,
    }
    parse: Callable[[str], list[str]] = load[name]().parse
    return parse

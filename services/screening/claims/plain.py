"""A text as patterns read it, with the way back to the characters that were written; pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_KEPT: Final = frozenset("，。！？：；（）、")  # wide marks part sentences; narrow ones stand inside numbers, too
_SPACES: Final = frozenset("\n\t\r")
_SELECTORS: Final = frozenset(map(chr, range(0xFE00, 0xFE10)))  # say whether a sign is drawn as an emoji
_TRADITIONAL: Final = str.maketrans(
    "優價僅獨無與倫頂級極緻銷賣環認證書獲醫藥療癒減護膚殺強氣織絲絨綿銅鋁鋼鐵貨運費寶買贈滿雙個條評論顧戶萬億兩點斷現選產製義國韓歐進貴專師薦檢測過純觸換調險後試檔隻庫臺領剛絕",
    "优价仅独无与伦顶级极致销卖环认证书获医药疗愈减护肤杀强气织丝绒绵铜铝钢铁货运费宝买赠满双个条评论顾户万亿两点断现选产制义国韩欧进贵专师荐检测过纯触换调险后试档只库台领刚绝",
)
"""Traditional characters of claims as the simplified ones, in which the patterns are written."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A plain text, and for each of its characters the place where it came from."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the original that a stretch of the plain text came from."""
        return self.origin[start], self.origin[end - 1] + 1


def plain_of(text: str) -> Plain:
    """The text with narrow letters and digits, plain spaces and quotes, and without what cannot be seen.

    >>> plain_of("Ｂe\\u200bst　５０％").text
    'Best 50%'
    """
    letters: list[str] = []
    origin: list[int] = []
    for at, letter in enumerate(text):
        for one in _plain(letter):
            letters.append(one)
            origin.append(at)
    return Plain("".join(letters), tuple(origin))


@lru_cache(maxsize=8_192)
def _plain(letter: str) -> str:
    if letter in _KEPT:
        return letter
    if letter in _SPACES:
        return " "
    if unicodedata.category(letter) in ("Cf", "Cc") or letter in _SELECTORS:
        return ""
    narrow = (
        unicodedata.normalize("NFKC", letter).replace("’", "'").replace("‑", "-").replace("−", "-").replace("⭐", "★")
    )
    return narrow.translate(_TRADITIONAL)

"""The words of Thai: by BudouX, of whose borders those within a word are left out."""

from __future__ import annotations

import re
from typing import Final

from services.composer.type.cutting import OF_SHOPS, borders_of, cut, with_spaces

THAI: Final = re.compile("[\u0e00-\u0e7f]")
_BEGINNINGS: Final = ("ความ", "การ", "ผู้", "นัก", "รอง", "เครื่อง")  # no word ends so
_UNITS: Final = ("มล", "ซม", "กก", "กรัม", "ลิตร", "ชิ้น", "เมตร")
_WORDS: Final = re.compile("|".join(sorted(OF_SHOPS["th"], key=len, reverse=True)))


def thai(text: str) -> list[str]:
    """
    >>> "/".join(thai("รองเท้าวิ่ง"))
    'รองเท้า/วิ่ง'
    """
    borders = sorted(borders_of("thai", text) - {len(text)})
    inner = {at for found in _WORDS.finditer(text) for at in range(found.start() + 1, found.end())}
    words: list[str] = []
    for word in with_spaces(cut(text, (at for at in borders if at not in inner))):
        is_unit = words and words[-1].strip().isdigit() and word.strip().startswith(_UNITS)
        if words and (is_unit or (words[-1].strip() in _BEGINNINGS and word[0] != " ")):
            words[-1] += word
        else:
            words.append(word)
    return words

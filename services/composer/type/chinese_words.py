"""The words of Chinese: by jieba's dictionary (rjieba, MIT), of traditional characters by BudouX.

Single letters that either leaves belong to a word beside them: a title never needs to break there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

import rjieba

from services.composer.type.cutting import HAN, OF_SHOPS, borders_of, cut, with_spaces

MEASURES: Final = "件套升寸代分条年月日号码个個只隻双雙對包盒瓶片支枝本斤克米毫厘公英級级档折元块度周瓦合袋张張块款色层"
"""What may stand right after a number and belongs to it, by its first letter."""

_NUMBER: Final = re.compile(r"(?:^|[ 年月])[0-9][0-9.,]*\+?$")
_ALONE: Final = re.compile(" ?[0-9]+")
_PART_OF_DATE: Final = re.compile(r"[0-9]+[年月]")
_BEFORE_NUMBERS: Final = ("评分", "評分", "满分", "滿分", "低至", "立减", "仅售")
_NAME: Final = re.compile("[A-Za-z]+")
_AHEAD: Final = "和与與及或至每满滿仅僅约約含不可"  # a single one begins what follows


def simplified(text: str) -> list[str]:
    """
    >>> "/".join(simplified("男士轻薄羽绒服 2026新款")), "/".join(simplified("户外登山背包40升"))
    ('男士/轻薄/羽绒服/ 2026新款', '户外/登山/背包/40升')
    """
    return _chinese(_jieba().cut(text))


def traditional(text: str) -> list[str]:
    """
    >>> "/".join(traditional("女裝連衣裙")), "/".join(traditional("不鏽鋼保溫杯 500ml"))
    ('女裝/連衣裙', '不鏽鋼/保溫杯/ 500ml')
    """
    return _chinese(cut(text, sorted(borders_of("traditional", text) - {len(text)})))


def _chinese(found: Sequence[str]) -> list[str]:
    """The words, with numbers, dates and single letters joined to what they belong to."""
    words: list[str] = []
    for word in with_spaces(found):
        if words and _belongs(words[-1], word):
            words[-1] += word
        else:
            words.append(word)
    return _singles_joined(words)


def _belongs(before: str, word: str) -> bool:
    """Whether a number and its measure, a part of a date or a name and its number are parted."""
    is_named = HAN.match(word) and _ALONE.fullmatch(before)  # 304不锈钢, 2026新款
    if is_named or ((word[0] in MEASURES or word in "+%") and _NUMBER.search(before)):
        return True
    if word[0] == " ":
        return _NAME.fullmatch(before.strip()) is not None and word[1:2].isdigit()
    if before.endswith(_BEFORE_NUMBERS) and word[0].isdigit():
        return True
    return _PART_OF_DATE.search(before[-5:]) is not None and before[-1] in "年月" and word[0].isdigit()


def _singles_joined(words: Sequence[str]) -> list[str]:
    """Two single letters are a word; one ends the word before it, or begins the next.

    >>> _singles_joined(["亚麻", "抱", "枕"]), _singles_joined(["手机", "壳", "防", "摔"])
    (['亚麻', '抱枕'], ['手机壳', '防摔'])
    """
    joined: list[str] = []
    run: list[str] = []
    for word in (*words, ""):
        if len(word) == 1 and HAN.match(word):
            run.append(word)
            continue
        ahead = ""
        if len(run) % 2:
            if joined and HAN.search(joined[-1][-1]) and run[0] not in _AHEAD:
                joined[-1] += run.pop(0)
            else:
                ahead = run.pop()
        joined += [one + other for one, other in zip(run[::2], run[1::2], strict=True)]
        joined += [ahead + word] if ahead + word else []
        run = []
    return joined


@cache
def _jieba() -> rjieba.Jieba:
    """Takes a quarter of a second and 34 MB, once a process that sets Chinese."""
    made = rjieba.Jieba()
    for word in OF_SHOPS["zh"]:
        made.add_word(word, None, None)
    return made

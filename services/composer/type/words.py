"""The words of scripts that write no spaces, so that no line breaks inside one; pure but for dictionaries.

Simplified Chinese by jieba's dictionary (rjieba, MIT) and words of shops that it lacks. Traditional Chinese, Japanese
and Thai by BudouX (Apache-2.0), of whose borders those within a word are left out. Single letters that remain belong to
a word beside them: a title never needs to break there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from itertools import accumulate
from typing import Final

import budoux
import rjieba

THAI: Final = re.compile("[\u0e00-\u0e7f]")
MEASURES: Final = "件套升寸代分条年月日号码个個只隻双雙對包盒瓶片支枝本斤克米毫厘公英級级档折元块度周瓦合袋张張块款色层"
"""What may stand right after a number and belongs to it, by its first letter."""

_HAN: Final = re.compile("[\u3400-\u9fff々]")
_KANA: Final = re.compile("[\u3040-\u30ff]")
_KATAKANA: Final = re.compile("[\u30a0-\u30ff]")
_TRADITIONAL: Final = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")
_NUMBER: Final = re.compile(r"(?:^|[ 年月])[0-9][0-9.,]*\+?$")
_PART_OF_DATE: Final = re.compile(r"[0-9]+[年月]")
_NAME: Final = re.compile("[A-Za-z]+")
_AHEAD: Final = "和与與及或至每满滿仅僅约約含不可"  # a single one begins what follows
_SUFFIXES: Final = "製用風型式柄色入付"  # of Japanese words in katakana
_BEGIN_THAI: Final = ("ความ", "การ", "ผู้", "นัก", "รอง", "เครื่อง")  # no word ends so
_THAI_UNITS: Final = ("มล", "ซม", "กก", "กรัม", "ลิตร", "ชิ้น", "เมตร")
_OF_SHOPS: Final[list[str]] = tomllib.loads(
    resources.files("services.composer.type").joinpath("words.toml").read_text("utf-8")
)["zh"]

Words = Callable[[str], list[str]]
"""Cuts a text into its words; together they are the text."""


def words_in(text: str, language: str) -> Words | None:
    """What finds the words of a text; None where spaces part them."""
    if THAI.search(text):
        return _thai
    if _KANA.search(text) or (language.startswith("ja") and _HAN.search(text)):
        return _japanese
    if not _HAN.search(text):
        return None
    return _traditional if language.lower().startswith(_TRADITIONAL) else _simplified


def _simplified(text: str) -> list[str]:
    """
    >>> "/".join(_simplified("男士轻薄羽绒服 2026新款")), "/".join(_simplified("户外登山背包40升"))
    ('男士/轻薄/羽绒服/ 2026/新款', '户外/登山/背包/40升')
    """
    return _chinese(_jieba().cut(text))


def _traditional(text: str) -> list[str]:
    """
    >>> "/".join(_traditional("女裝連衣裙")), "/".join(_traditional("不鏽鋼保溫杯 500ml"))
    ('女裝/連衣裙', '不鏽鋼/保溫杯/ 500ml')
    """
    return _chinese(_parser("traditional").parse(text))


def _chinese(found: Sequence[str]) -> list[str]:
    """The words, with numbers, dates and single letters joined to what they belong to."""
    words: list[str] = []
    for word in _with_spaces(found):
        if words and _belongs(words[-1], word):
            words[-1] += word
        else:
            words.append(word)
    return _singles_joined(words)


def _belongs(before: str, word: str) -> bool:
    """Whether a number and its measure, a part of a date or a name and its number are parted."""
    if (word[0] in MEASURES or word in "+%") and _NUMBER.search(before):
        return True
    if word[0] == " ":
        return _NAME.fullmatch(before.strip()) is not None and word[1:2].isdigit()
    return _PART_OF_DATE.search(before[-5:]) is not None and before[-1] in "年月" and word[0].isdigit()


def _singles_joined(words: Sequence[str]) -> list[str]:
    """Two single letters are a word; one ends the word before it, or begins the next.

    >>> _singles_joined(["亚麻", "抱", "枕"]), _singles_joined(["手机", "壳", "防", "摔"])
    (['亚麻', '抱枕'], ['手机壳', '防摔'])
    """
    joined: list[str] = []
    run: list[str] = []
    for word in (*words, ""):
        if len(word) == 1 and _HAN.match(word):
            run.append(word)
            continue
        ahead = ""
        if len(run) % 2:
            if joined and _HAN.search(joined[-1][-1]) and run[0] not in _AHEAD:
                joined[-1] += run.pop(0)
            else:
                ahead = run.pop()
        joined += [one + other for one, other in zip(run[::2], run[1::2], strict=True)]
        joined += [ahead + word] if ahead + word else []
        run = []
    return joined


def _japanese(text: str) -> list[str]:
    """
    >>> "/".join(_japanese("ステンレス製真空断熱タンブラー")), "/".join(_japanese("富士山の天然水"))
    ('ステンレス製/真空断熱/タンブラー', '富士山の/天然水')
    """
    ends = frozenset(accumulate(map(len, _parser("japanese").parse(text))))
    cuts = [0, *(at for at in range(1, len(text)) if _is_border(text, at, at in ends)), len(text)]
    return _with_spaces([text[start:end] for start, end in zip(cuts, cuts[1:], strict=False)])


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
    if _HAN.match(letter):
        return "kanji"
    if _KATAKANA.match(letter):
        return "katakana"
    return "hiragana" if _KANA.match(letter) else ""


def _thai(text: str) -> list[str]:
    """
    >>> "/".join(_thai("รองเท้าวิ่ง"))
    'รองเท้า/วิ่ง'
    """
    words: list[str] = []
    for word in _with_spaces(_parser("thai").parse(text)):
        is_unit = words and words[-1].strip().isdigit() and word.strip().startswith(_THAI_UNITS)
        if words and (is_unit or (words[-1].strip() in _BEGIN_THAI and word[0] != " ")):
            words[-1] += word
        else:
            words.append(word)
    return words


def _with_spaces(found: Sequence[str]) -> list[str]:
    """The words, each with the space before it.

    >>> _with_spaces(["新款", " ", "外套 ", "男"])
    ['新款', ' 外套', ' 男']
    """
    words: list[str] = []
    space = ""
    for part in (part for one in found for part in re.split("( +)", one) if part):
        if part[0] != " ":
            words.append(space + part)
        space = " " if part[0] == " " else ""
    return words


@cache
def _jieba() -> rjieba.Jieba:
    """Takes a quarter of a second and 34 MB, once a process that sets Chinese."""
    made = rjieba.Jieba()
    for word in _OF_SHOPS:
        made.add_word(word, None, None)
    return made


@cache
def _parser(name: str) -> budoux.Parser:
    load: dict[str, Callable[[], budoux.Parser]] = {
        "thai": budoux.load_default_thai_parser,
        "japanese": budoux.load_default_japanese_parser,
        "traditional": budoux.load_default_traditional_chinese_parser,
    }
    return load[name]()

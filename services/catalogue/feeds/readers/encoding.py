"""Finds the encoding of a text file by reading all of it once; pure up to the reading.

A byte order mark says it. Else the file is UTF-8 where most of its lines that are not ASCII are valid UTF-8: in other
encodings hardly any are. The few that are not are then rejected by themselves (a file of mixed encodings). Else
charset-normalizer judges by the lines that are not ASCII, because those alone tell encodings apart.
"""

from __future__ import annotations

import codecs
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Final

from charset_normalizer import from_bytes

from services.common.errors import Misconfigured

_MARKS: Final = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK_BYTES: Final = 1 << 16
_SAMPLE_BYTES: Final = 1 << 16  # enough to judge by; more makes the judge slow
_CHAOS: Final = 0.3
_WIDE: Final = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
_NARROW: Final = {
    "cp1252": (
        "äöüß", "àâæçèéêëîïôœùûüÿ", "áéíñóúüªº", "áàâãçéêíóôõúüªº", "àèéìíîòóùú", "åäöæøéü", "éëïóöü", "áéíóúýþæöð",
        "äöüõ", "àçèéíïòóúü",
    ),
    "cp1250": (
        "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíľĺňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž",
    ),
    "cp1251": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё№", "абвгдежзийклмнопрстуфхцчшщьюяіїєґў№"),
    "koi8_r": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё",),
    "cp1253": ("αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",),
    "cp1254": ("âçğıiîöşüû",),
    "cp1255": ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",),
    "cp1256": ("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءآأؤإئپچژگ،؟",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöüõšž"),
}  # fmt: skip
"""What shops' programs write besides Unicode, and the letters beyond ASCII of each language in it: by these alone the
Spanish "ñ" of cp1252 is told from the Polish "ń" of cp1250, where charset-normalizer guesses."""

_LATIN: Final = ("cp1252", "cp1250", "cp1254", "cp1257")
_INNER: Final = frozenset("€£¥©°²³½¼¾·×§•¿¡")  # none of these stands within a word
_SIGNS: Final = frozenset("€£¥©®™°²³½¼¾·×…–—„“”‚‘’«»§•\xa0")
_CONTINUATION: Final = bytes(range(0x80, 0xC0))
_ZEROS: Final = 0.2
"""Text in UTF-16 without a mark has a zero byte in every second place where it is Latin, and in those of digits,
separators and line ends where it is not."""


def encoding_of(path: Path) -> str:
    """The encoding of the file, as Python names it; raises `Misconfigured` where it cannot be told."""
    with path.open("rb") as file:
        begin = file.read(_CHUNK_BYTES)
    marked = next((name for mark, name in _MARKS if begin.startswith(mark)), "")
    return marked or _wide(begin) or _by_lines(path)


def _by_lines(path: Path) -> str:
    """UTF-8 where most lines that are not ASCII are; else what they are judged to be."""
    valid, invalid, sample = 0, 0, b""
    with path.open("rb") as file:
        while line := file.readline(_CHUNK_BYTES):
            if line.isascii():
                continue
            if _is_utf8(line):
                valid += 1
            else:
                invalid += 1
            if len(sample) < _SAMPLE_BYTES:
                sample += line
    if valid >= invalid:
        return "utf-8"
    return _judged(sample, path)


def _wide(begin: bytes) -> str:
    """UTF-16 of one byte order or the other where many zero bytes stand in every second place; else nothing."""
    half = len(begin) // 2
    if half and begin[1::2].count(0) > _ZEROS * half > begin[::2].count(0):
        return "utf-16-le"
    if half and begin[::2].count(0) > _ZEROS * half > begin[1::2].count(0):
        return "utf-16-be"
    return ""


def _is_utf8(line: bytes) -> bool:
    """Whether the line is UTF-8; a very long one comes in pieces, which begin and end within a character."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(line.lstrip(_CONTINUATION))
    except UnicodeDecodeError:
        return False
    return True


def _judged(sample: bytes, path: Path) -> str:
    best = from_bytes(sample, cp_isolation=[*_WIDE, *_NARROW], threshold=_CHAOS).best()
    if best is None:
        raise Misconfigured(f"The encoding of {path} cannot be told: save it as UTF-8, or name it in a mapping file.")
    if best.encoding in _WIDE:
        return best.encoding
    # Of scripts that fit equally well the judge's wins, of Latin alphabets the first.
    return min(_NARROW, key=lambda name: (_strangeness(sample, name), name not in _LATIN and name != best.encoding))


def _strangeness(sample: bytes, encoding: str) -> int:
    """How much of the text no language of the encoding writes so."""
    text = sample.decode(encoding, "replace")
    letters = Counter(letter.lower() for letter in text if not letter.isascii() and letter not in _SIGNS)
    foreign = min(
        sum(count for letter, count in letters.items() if letter not in language) for language in _NARROW[encoding]
    )
    return foreign + sum(_odd(one, two, encoding in _LATIN) for one, two in pairwise(text))


def _odd(one: str, two: str, latin: bool) -> bool:
    """Whether a letter is seldom followed so: a capital in a word, a sign, two letters with marks, two scripts."""
    if not (one.isalpha() and two.isalpha()):
        return two in _INNER if one.isalpha() else one in _INNER and two.isalpha()
    mixed = one.isascii() != two.isascii()
    return (one.islower() and two.isupper()) or (mixed if not latin else not (one.isascii() or two.isascii()))

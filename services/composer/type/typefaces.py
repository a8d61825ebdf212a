"""The typefaces in which ads are set: free fonts (OFL) from packages, never those of the machine.

A text is set in one face that has all of its letters, so that no text shows boxes and none mixes faces. Which face is
tried first follows from the language: one Chinese character has other forms in Japan.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import ImageFont


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface."""

    package: str
    file: str
    axes: tuple[int, ...]  # weight, then width; none for a face of one weight
    number: int = 0  # within a collection
    leading: float = 1.22  # distance of lines, as a multiple of the size


_LATIN: Final = Face("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf", (600, 100))
_SEMITIC: Final = Face("fontpkg_rubik", "files/Rubik[wght].ttf", (500,), leading=1.3)
_THAI: Final = Face("fontpkg_sarabun", "files/Sarabun-SemiBold.ttf", (), leading=1.45)
_JAPANESE, _KOREAN, _SIMPLIFIED, _TRADITIONAL = (
    Face("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc", (600,), number, 1.25) for number in (0, 1, 2, 3)
)
_ALL: Final = (_LATIN, _SEMITIC, _THAI, _SIMPLIFIED)
_FIRST: Final[Mapping[str, Face]] = {
    "ja": _JAPANESE, "ko": _KOREAN, "zh": _SIMPLIFIED, "zh-hant": _TRADITIONAL, "zh-tw": _TRADITIONAL,
    "zh-hk": _TRADITIONAL, "ar": _SEMITIC, "fa": _SEMITIC, "ur": _SEMITIC, "he": _SEMITIC, "th": _THAI,
}  # fmt: skip
_RIGHT_TO_LEFT: Final = frozenset(("R", "AL"))
_PICTOGRAPHS: Final = frozenset(("So", "Sk", "Cf", "Me"))
_VARIANTS: Final = range(0xFE00, 0xFE10)  # say which of two looks a pictograph has
_SPACES: Final = " \t\r\n\xa0"


def face_of(text: str, language: str) -> Face | None:
    """The first face that has all letters of the text, pictographs left aside; None where there is none."""
    letters = _needed(text)
    return next((face for face in _faces(language) if letters <= _letters(face)), None)


def missing_letters(text: str, language: str) -> str:
    """The letters that keep a text from being set, where its best face lacks some."""
    return min(("".join(sorted(map(chr, _needed(text) - _letters(face)))) for face in _faces(language)), key=len)


def without_pictographs(text: str, face: Face) -> str:
    """The text without pictographs that the face lacks: they say nothing.

    >>> without_pictographs("Warm ☃️ coat ™", _LATIN)
    'Warm coat ™'
    """
    kept = "".join(letter for letter in text if ord(letter) in _letters(face) or letter in _SPACES)
    return kept.replace("  ", " ").strip(" ")


def runs_from_right(text: str) -> bool:
    """Whether the text's first letter is written from right to left."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((one in _RIGHT_TO_LEFT for one in strong if one in ("L", "R", "AL")), False)


@lru_cache(maxsize=256)
def font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """The face in a size, in pixels."""
    path = str(resources.files(face.package) / face.file)
    made = ImageFont.truetype(path, size, index=face.number, layout_engine=ImageFont.Layout.RAQM)
    if face.axes:
        made.set_variation_by_axes(list(face.axes))
    return made


def _needed(text: str) -> set[int]:
    codes = (ord(one) for one in text if one not in _SPACES and unicodedata.category(one) not in _PICTOGRAPHS)
    return {code for code in codes if code not in _VARIANTS}


@cache
def _faces(language: str) -> Sequence[Face]:
    parts = language.lower().replace("_", "-").split("-")
    first = _FIRST.get("-".join(parts[:2])) or _FIRST.get(parts[0])
    return _ALL if first is None else (first, *_ALL)


@cache
def _letters(face: Face) -> frozenset[int]:
    with TTFont(str(resources.files(face.package) / face.file), fontNumber=face.number, lazy=True) as opened:
        letters: dict[int, Any] = opened.getBestCmap()
        return frozenset(letters)

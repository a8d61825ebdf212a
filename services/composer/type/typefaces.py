"""Which face a text is set in, and the face in a size; the fonts are those of packages, never of the machine."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from PIL import ImageFont

from services.composer.type.faces import PLAIN, Face, Role, faces_of

_RIGHT_TO_LEFT: Final = frozenset(("R", "AL"))
_PICTOGRAPHS: Final = frozenset(("So", "Sk", "Cf", "Me"))
_VARIANTS: Final = range(0xFE00, 0xFE10)  # say which of two looks a pictograph has
_LEFT_OVER: Final = re.compile(r" +(?=[ .,;:!?])")
_SPACES: Final = " \t\r\n\xa0"


def face_of(text: str, language: str, type_: str = PLAIN, role: Role = "headline") -> Face | None:
    """The first face that has all letters of the text, pictographs left aside; None where there is none."""
    letters = _needed(text)
    return next((face for face in faces_of(type_, role, language) if letters <= _letters(face)), None)


def missing_letters(text: str, language: str) -> str:
    """The letters that keep a text from being set, where its best face lacks some."""
    faces = faces_of(PLAIN, "text", language)
    return min(("".join(sorted(map(chr, _needed(text) - _letters(face)))) for face in faces), key=len)


def without_pictographs(text: str, face: Face) -> str:
    """The text without pictographs that the face lacks: they say nothing.

    >>> without_pictographs("Warm ☃️ coat ☃️. Soft ™", faces_of(PLAIN, "text", "en")[0])
    'Warm coat. Soft ™'
    """
    kept = "".join(letter for letter in text if ord(letter) in _letters(face) or letter in _SPACES)
    return text if kept == text else _LEFT_OVER.sub("", kept).strip(" ")


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


def _letters(face: Face) -> frozenset[int]:
    return _letters_of(face.package, face.file, face.number)


@cache
def _letters_of(package: str, file: str, number: int) -> frozenset[int]:
    with TTFont(str(resources.files(package) / file), fontNumber=number, lazy=True) as opened:
        letters: dict[int, Any] = opened.getBestCmap()
        return frozenset(letters)

"""Texts as lines: as large as fits into a box, never smaller than can be read, never cut; pure but for the fonts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.composer.formats import Box
from services.composer.type.typefaces import Face, face_of, font, missing_letters, runs_from_right, without_pictographs

SMALLEST: Final = 9
"""Pixels; smaller type cannot be read."""

Measure = Callable[[str], float]
_REFERENCE: Final = 64  # pixels; widths grow with the size
_HEIGHT: Final = 1.2  # of one line alone, as a multiple of the size
_CLOSING: Final = "，。！？；：、）」』】》〉％…・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ）,.!?;:)]}%"
_OPENING: Final = "（「『【《〈([{"
_IDEOGRAPH: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef"
_SPACE: Final = " \t\r\n"  # others do not break
_PIECE: Final = re.compile(rf"[{_IDEOGRAPH}]|[^{_SPACE}{_IDEOGRAPH}]+?(?:[-/](?=\w)|(?=[{_SPACE}{_IDEOGRAPH}])|$)")


@dataclass(frozen=True, slots=True)
class Setting:
    """A text ready to be drawn."""

    lines: tuple[str, ...]
    size: int  # pixels
    face: Face
    from_right: bool

    @property
    def leading(self) -> float:
        """Distance of two lines."""
        return self.size * self.face.leading

    @property
    def height(self) -> float:
        """From the top of the first line to the bottom of the last."""
        return (len(self.lines) - 1) * self.leading + _HEIGHT * self.size

    def width(self, line: str) -> float:
        """The width of a line."""
        return font(self.face, self.size).getlength(line)


@dataclass(frozen=True, slots=True)
class Illegible:
    """Why a text cannot be set."""

    reason: str  # glyphs, too_wide or too_long
    why: str  # in words


def set_text(text: str, box: Box, largest: int, language: str) -> Setting | Illegible:
    """The text as large as fits into the box; pictographs that no typeface has are left out."""
    text = text.replace("\u202f", "\xa0")
    face = face_of(text, language)
    if face is None:
        return Illegible("glyphs", f"no typeface has {missing_letters(text, language)!r}")
    text = without_pictographs(text, face)
    width, height = box[2] - box[0], box[3] - box[1]
    pieces = pieces_of(text)
    for size in range(largest, SMALLEST - 1, -1):
        lines = wrapped(pieces, width, lambda piece, size=size: _width(face, piece) * size)  # type: ignore[misc]
        setting = Setting(tuple(lines), size, face, runs_from_right(text))
        if lines and setting.height <= height and all(setting.width(line) <= width for line in lines):
            return setting
    widest = max(pieces, key=lambda piece: _width(face, piece), default="")
    if _width(face, widest) * SMALLEST > width:
        return Illegible("too_wide", f"{widest.strip()!r} is wider than {width} px at {SMALLEST} px")
    return Illegible("too_long", f"{len(text)} characters do not fit into {width}x{height} px at {SMALLEST} px")


def pieces_of(text: str) -> list[str]:
    """The parts between which a line may break: words with the space before them, and single ideographs.

    No line begins with a closing mark or ends with an opening one.

    >>> pieces_of("Warm T-shirt 保暖（防水）外套。")
    ['Warm', ' T-', 'shirt', ' 保', '暖', '（防', '水）', '外', '套。']
    """
    pieces: list[str] = []
    end = 0
    for found in _PIECE.finditer(text):
        piece = (" " if found.start() > end and pieces else "") + found[0]
        end = found.end()
        if pieces and piece[0] != " " and (piece[0] in _CLOSING or pieces[-1][-1] in _OPENING):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def wrapped(pieces: list[str], width: float, measure: Measure) -> list[str]:
    """Lines no wider than `width`; empty where a single piece is wider.

    >>> wrapped(pieces_of("warm all winter"), 8, len)
    ['warm all', 'winter']
    """
    lines: list[str] = []
    taken = 0.0
    for piece in pieces:
        alone = measure(piece.lstrip(" "))
        if alone > width:
            return []
        along = measure(piece)
        if lines and taken + along <= width:
            lines[-1] += piece
            taken += along
        else:
            lines.append(piece.lstrip(" "))
            taken = alone
    return lines


@lru_cache(maxsize=16_384)
def _width(face: Face, piece: str) -> float:
    """The width at a size of one pixel."""
    return font(face, _REFERENCE).getlength(piece) / _REFERENCE

"""Texts as lines: no wider than their place, evenly long, never cut; pure but for the fonts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.composer.formats import Box
from services.composer.type.faces import PLAIN, Face, Role
from services.composer.type.line_breaks import phrases_of, pieces_of
from services.composer.type.thai_words import THAI
from services.composer.type.typefaces import face_of, missing_letters, runs_from_right, without_pictographs
from services.composer.type.word_spaces import placed, widening, width_of

SMALLEST: Final = 10
"""Pixels; smaller type cannot be read."""

Measure = Callable[[str], float]
_PARTING: Final = (" -", " –", " —", " |", " ·")
_EVENING: Final = 6  # halvings of the width while lines are made equally long: to 2 % of it


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
        """From the top of the first line's capitals to below the last line."""
        return (len(self.lines) - 1) * self.leading + (self.face.rise + self.face.fall) * self.size

    @property
    def widest(self) -> float:
        """The width of the longest line."""
        return max(self.width(line) for line in self.lines)

    def width(self, line: str) -> float:
        """The width of a line."""
        return placed(self.face, self.size, line).width

    def runs(self, line: str) -> tuple[tuple[float, str], ...]:
        """What is drawn in one piece, and how far from the line's start: words, whose spaces may be widened."""
        return placed(self.face, self.size, line).runs


@dataclass(frozen=True, slots=True)
class Illegible:
    """Why a text cannot be set."""

    reason: str  # glyphs, too_wide or too_long
    why: str  # in words


@dataclass(frozen=True, slots=True)
class Copy:
    """A text with its face, before its size is known."""

    text: str
    face: Face
    words: tuple[str, ...]  # between which lines break
    pieces: tuple[tuple[str, ...], ...]  # of each word: between which they do where the word alone is too wide
    from_right: bool

    @property
    def has_parts(self) -> bool:
        """Whether a line may end within a word, if need be."""
        return any(len(parts) > 1 for parts in self.pieces)

    def widest_piece(self, size: float) -> float:
        """The width that it needs at least."""
        pieces = (piece for parts in self.pieces for piece in parts)
        return max((width_of(self.face, piece.lstrip(" ")) for piece in pieces), default=0.0) * size


@lru_cache(maxsize=4_096)
def copy_of(text: str, language: str, type_: str = PLAIN, role: Role = "headline") -> Copy | Illegible:
    """The text in the first face that has its letters; pictographs that it lacks are left out."""
    text = text.replace("\u202f", "\xa0")
    face = face_of(text, language, type_, role)
    if face is None:
        return Illegible("glyphs", f"no typeface has {missing_letters(text, language)!r}")
    text = without_pictographs(text, face)
    words = phrases_of(text, language)
    return Copy(text, face, tuple(words), tuple(map(_parts_of, words)), runs_from_right(text))


def _parts_of(word: str) -> tuple[str, ...]:
    bare = word.lstrip(" ")
    first, *others = [bare] if THAI.search(bare) else pieces_of(bare)
    return (word[: len(word) - len(bare)] + first, *others)


def set_in(copy: Copy, size: int, width: float, most_lines: int, whole: bool = False) -> Setting | None:
    """The text at this size; None where it needs more lines, or a word is wider.

    `whole`: words of scripts without spaces are too wide as well where they are wider; else they are broken.
    """

    wider = widening(copy.face, size)

    def measure(piece: str) -> float:
        return width_of(copy.face, piece) * size + piece.count(" ") * wider

    parts = copy.words if whole else _fitting(copy, width, measure)
    lines = wrapped(parts, width, measure)
    if not 0 < len(lines) <= most_lines:
        return None
    even = _even(parts, lines, width, measure)
    setting = Setting((*map(_without_dash, even[:-1]), even[-1]), size, copy.face, copy.from_right)
    return setting if setting.widest <= width else None


def _without_dash(line: str) -> str:
    """A line before another one: its end parts them already.

    >>> _without_dash("Rise Bar -"), _without_dash("Trekking-")
    ('Rise Bar', 'Trekking-')
    """
    return next((line.removesuffix(dash) for dash in _PARTING if line.endswith(dash) and line != dash), line)


def set_text(text: str, box: Box, largest: int, language: str) -> Setting | Illegible:
    """The text as large as fits into the box."""
    copy = copy_of(text, language)
    if isinstance(copy, Illegible):
        return copy
    width, height = box[2] - box[0], box[3] - box[1]
    for size in range(largest, SMALLEST - 1, -1):
        setting = set_in(copy, size, width, len(copy.text))
        if setting is not None and setting.height <= height:
            return setting
    return why_not(copy, width, height)


def why_not(copy: Copy, width: float, height: float, smallest: int = SMALLEST) -> Illegible:
    """The reason for which a text does not fit at the smallest size."""
    pieces = (piece for parts in copy.pieces for piece in parts)
    widest = max(pieces, key=lambda piece: width_of(copy.face, piece), default="").strip()
    if copy.widest_piece(smallest) > width:
        return Illegible("too_wide", f"{widest!r} is wider than {width:.0f} px at {smallest} px")
    return Illegible("too_long", f"{len(copy.text)} characters do not fit into {width:.0f}x{height:.0f} px")


def wrapped(pieces: Sequence[str], width: float, measure: Measure) -> list[str]:
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


def _fitting(copy: Copy, width: float, measure: Measure) -> tuple[str, ...]:
    """The words, those that are too wide in their pieces."""
    both = zip(copy.words, copy.pieces, strict=True)
    return tuple(part for word, parts in both for part in ((word,) if measure(word.lstrip(" ")) <= width else parts))


def _even(parts: Sequence[str], lines: list[str], width: float, measure: Measure) -> list[str]:
    """As many lines, as equally long as can be: no word stands alone in the last one."""
    if len(lines) == 1:
        return lines
    low, high = width / len(lines), width
    for _ in range(_EVENING):
        middle = (low + high) / 2
        narrower = wrapped(parts, middle, measure)
        if narrower and len(narrower) <= len(lines):
            lines, high = narrower, middle
        else:
            low = middle
    return lines

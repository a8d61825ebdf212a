"""Lines as they are drawn, with spaces that are seen: in small narrow type they vanish; pure but for the fonts.

Letters stand on whole pixels, so that what is left of a space of two pixels is chance. Words are moved apart until
there is enough between their ink.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from services.composer.type.faces import Face
from services.composer.type.typefaces import font

_REFERENCE: Final = 64  # pixels; widths grow with the size
_LEAST_SPACE: Final = 0.2  # in sizes; of a face, with the room that letters have beside them
_LEAST_SPACE_PX: Final = 3.5
_LEAST_GAP: Final = 0.22  # between the ink of two words, in sizes: a quarter is usual
LEAST_GAP_PX: Final = 3.0
"""Between the ink of two words; less is no more than what parts two letters."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What is drawn in one piece, and how far from the line's start."""

    runs: tuple[tuple[float, str], ...]
    width: float  # of the line, in pixels


@lru_cache(maxsize=4_096)
def placed(face: Face, size: int, line: str) -> Placed:
    """The words of a line, apart enough; the whole line where its face does not allow that."""
    drawn, features = font(face, size), list(face.features)
    if not face.spaced or " " not in line:
        return Placed(((0.0, line),), drawn.getlength(line, features=features))
    wider, gap = widening(face, size), max(LEAST_GAP_PX, _LEAST_GAP * size)
    runs: list[tuple[float, str]] = []
    moved, end = 0.0, 0.0
    for start, word in _words(line):
        at = drawn.getlength(line[:start], features=features) + moved
        left, _, right, _ = drawn.getbbox(word, anchor="ls", features=features)
        added = max(wider, end + gap - at - left) if runs else 0.0
        moved, at = moved + added, at + added
        end = at + right
        runs.append((at, word))
    return Placed(tuple(runs), drawn.getlength(line, features=features) + moved)


def _words(line: str) -> Iterator[tuple[int, str]]:
    """Where each word starts."""
    start = 0
    for word in line.split(" "):
        if word:
            yield start, word
        start += len(word) + 1


@cache
def widening(face: Face, size: int) -> float:
    """Pixels by which each space of this size is widened at least."""
    own = width_of(face, " ")
    return max(0.0, _LEAST_SPACE_PX - own * size, (_LEAST_SPACE - own) * size) if face.spaced else 0.0


@lru_cache(maxsize=16_384)
def width_of(face: Face, piece: str) -> float:
    """The width at a size of one pixel."""
    return font(face, _REFERENCE).getlength(piece, features=list(face.features)) / _REFERENCE

"""How much of a wanted text stands in what was read; pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from services.screening.reading.ports import Line

_NEAR: Final = 1.5  # heights of a line that may lie between its middle and that of the next of its block


def plain_letters(text: str) -> str:
    """Letters and digits alone, in one form and case: readers drop spaces and dots, and shoppers do not miss them.

    >>> plain_letters("Größe 42 – Ｔ-Shirt!")
    'grösse42tshirt'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LN")


def likeness(wanted: str, read: str) -> float:
    """1 where the wanted text stands anywhere in what was read; less by the share of letters that would be changed.

    The edit distance to the nearest part (Sellers 1980), over the wanted letters.

    >>> likeness("Linen shirt", "SALE Linen Shirt €29"), round(likeness("Linen shirt", "Linem shirt"), 2)
    (1.0, 0.9)
    """
    pattern, text = plain_letters(wanted), plain_letters(read)
    if not pattern:
        return 1.0
    row = [0] * (len(text) + 1)
    for number, letter in enumerate(pattern, 1):
        before, row = row, [number]
        for place, other in enumerate(text, 1):
            row.append(min(before[place - 1] + (letter != other), before[place] + 1, row[-1] + 1))
    return 1.0 - min(row) / len(pattern)


def blocks_of(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines by blocks, each under the one before it: a headline of two lines is one text, whatever is beside it."""
    blocks: list[list[Line]] = []
    for line in lines:
        above = [block for block in blocks if _continues(block[-1], line)]
        if above:
            min(above, key=lambda block: abs(block[-1].box[0] - line.box[0])).append(line)
        else:
            blocks.append([line])
    return blocks


def text_of(lines: Sequence[Line]) -> str:
    """What was read, block by block; one line of the text a block."""
    return "\n".join(" ".join(line.text for line in block) for block in blocks_of(lines))


def _continues(above: Line, line: Line) -> bool:
    one, two = above.box, line.box
    height = max(one[3] - one[1], two[3] - two[1])
    down = (two[1] + two[3] - one[1] - one[3]) / 2
    shared = min(one[2], two[2]) - max(one[0], two[0])
    return height / 2 < down < _NEAR * height and shared > min(one[2] - one[0], two[2] - two[0]) / 2

"""The blocks of a stack one above another or side by side within its region; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from services.composer.layout.blocks import Block, Rect
from services.composer.templates.template import Stack

_GAPS: Final[Mapping[tuple[str, str], float]] = {
    ("kicker", "headline"): 2.5, ("headline", "description"): 2.8, ("prices", "button"): 3.0,
}  # fmt: skip
_GAP: Final = 3.9  # units, between others
ROW_GAP: Final = 5.5  # units, between parts side by side
WORDS: Final = ("kicker", "headline", "description")
"""Items that stand one above another even in a row."""

_LAST_GROUP: Final = ("prices", "button", "badge")
_AIR: Final = 0.06  # of a row's height, above and below its words
_SHARE: Final = {"start": 0.0, "middle": 0.5, "end": 1.0}


def in_column(blocks: Sequence[Block], stack: Stack, rect: Rect, unit: float) -> list[Block] | None:
    """The blocks one above another; None where they are too high or wide."""
    gaps = gaps_of(blocks, unit)
    slack = rect[3] - rect[1] - sum(block.height for block in blocks) - sum(gaps)
    if slack < 0 or any(block.width > rect[2] - rect[0] + 0.5 for block in blocks):
        return None
    last = next((n for n, block in enumerate(blocks) if block.item in _LAST_GROUP), 0)
    if stack.place == "spread" and last:
        gaps[last - 1] += slack
        slack = 0.0
    top = rect[1] + slack * {"top": 0.0, "spread": 0.0, "middle": 0.5, "bottom": 1.0}[stack.place]
    placed = []
    for block, gap in zip(blocks, [*gaps, 0.0], strict=False):
        placed.append(block.at(rect[0] + (rect[2] - rect[0] - block.width) * _SHARE[stack.align], top))
        top += block.height + gap
    return placed


def in_row(blocks: Sequence[Block], stack: Stack, rect: Rect, unit: float) -> list[Block] | None:
    """Words from the left, the others at the right edge; without words, from one edge to the other."""
    words = [block for block in blocks if block.item in WORDS]
    others = [block for block in blocks if block.item not in WORDS]
    if any(block.height > rect[3] - rect[1] for block in others):
        return None
    widths = [block.width for block in others]
    gap = ROW_GAP * unit
    slack = rect[2] - rect[0] - sum(widths) - gap * max(0, len(others) - 1)
    if slack < 0:
        return None
    if words:
        air = _AIR * (rect[3] - rect[1])
        inner = rect[0], rect[1] + air, rect[0] + slack - gap, rect[3] - air
        column = in_column(words, replace(stack, place="middle"), inner, unit)
        return None if column is None else [*column, *_from_left(others, rect[0] + slack, gap, rect)]
    if len(others) < 2:
        return in_column(others, replace(stack, place="middle"), rect, unit)
    return _from_left(others, rect[0], gap + slack / (len(others) - 1), rect)


def gaps_of(blocks: Sequence[Block], unit: float) -> list[float]:
    """The gap after each block but the last."""
    return [_GAPS.get((one.item, other.item), _GAP) * unit for one, other in zip(blocks, blocks[1:], strict=False)]


def _from_left(blocks: Sequence[Block], left: float, gap: float, rect: Rect) -> list[Block]:
    placed = []
    for block in blocks:
        # Bare texts stand in the middle by their capitals.
        fall = 0.0 if block.shapes else block.written[0].setting.face.fall * block.written[0].setting.size
        placed.append(block.at(left, (rect[1] + rect[3] - block.height + fall) / 2))
        left += block.width + gap
    return placed

"""Draws intervals as bars of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

COLUMNS: Final = 56


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval around an observed rate, and the true rate."""

    name: str
    low: float
    seen: float
    high: float
    truth: float


def picture(bars: Sequence[Bar], most: float) -> list[str]:
    """One line per bar, from 0 to `most`: `o` is the observed rate, `|` the true one, `X` both.

    >>> [line.rstrip() for line in picture([Bar("a", 0.1, 0.2, 0.4, 0.3)], 0.55)]
    ['              a           ----------o---------|----------']
    """
    return [f"{bar.name:>15} {_line(bar, most)}" for bar in bars]


def _line(bar: Bar, most: float) -> str:
    def at(value: float) -> int:
        return round(min(max(value / most, 0.0), 1.0) * (COLUMNS - 1))

    cells = [" "] * COLUMNS
    cells[at(bar.low) : at(bar.high) + 1] = ["-"] * (at(bar.high) - at(bar.low) + 1)
    cells[at(bar.seen)] = "o"
    cells[at(bar.truth)] = "X" if at(bar.truth) == at(bar.seen) else "|"
    return "".join(cells)

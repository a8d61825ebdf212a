"""What is given up for all texts to have room, one thing after another; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.composer.layout.contents import WHOLE
from services.composer.type.typesetting import Copy

SCALES: Final = (1.0, 0.94, 0.88, 0.82, 0.76, 0.70, 0.64, 0.58, 0.52, 0.46, 0.40, 0.34, 0.29, 0.25)
"""Of the headline's largest size."""

_LOOKS_WELL: Final = 0.70
_WORDS_WHOLE: Final = 0.52  # below it a broken word is the lesser evil


@dataclass(frozen=True, slots=True)
class Attempt:
    """How much is given up for all to have room."""

    left_out: frozenset[str]
    least: float  # scale of the headline
    more_lines: int = 0  # of the headline
    in_one: bool = False  # a claim stands before the title in one text
    whole: bool = True  # no word is broken

    def of(self, copies: Mapping[str, Copy]) -> dict[str, Copy]:
        """The texts that are left."""
        left = {name: copy for name, copy in copies.items() if name not in self.left_out and name != WHOLE}
        if self.in_one:
            left["headline"] = copies[WHOLE]
            left.pop("kicker", None)
        return left


def attempts_of(drop: Sequence[str], is_tiny: bool, has_parts: bool, growth: float) -> Iterator[Attempt]:
    """The best first. `has_parts`: a text has words that may be broken, which comes last.

    `growth`: how much larger than usual the headline begins.
    """
    if not has_parts:
        yield from _attempts(drop, is_tiny, SCALES[-1])
        return
    yield from _attempts(drop, is_tiny, _WORDS_WHOLE / growth)
    yield from (replace(attempt, whole=False) for attempt in _attempts(drop, is_tiny, SCALES[-1]))


def _attempts(drop: Sequence[str], is_tiny: bool, least: float) -> Iterator[Attempt]:
    for number in range(len(drop) + 1):
        yield Attempt(frozenset(drop[:number]), _LOOKS_WELL)
    yield Attempt(frozenset(drop), least)
    yield Attempt(frozenset(drop), least, more_lines=1)
    yield Attempt(frozenset(drop), least, more_lines=1, in_one=True)
    if is_tiny:  # all of it can be clicked
        yield Attempt(frozenset((*drop, "button")), least, more_lines=2, in_one=True)

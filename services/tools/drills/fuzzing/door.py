"""The noun of fuzzing: a door of ours, with right inputs to begin from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from services.tools.drills.fuzzing.case import Case

STALL_S: Final = 1.0
"""CPU time of one input; the clock on the wall would blame a door for a busy machine."""


class Shape(Enum):
    """What a part of a case looks like when it is right; it is then broken in ways that fit."""

    TEXT = "text"
    JSON = "json"
    JSON_LINES = "json lines"
    PROTOBUF = "protobuf"
    KEPT = "kept"  # never changed


class NotAllowed(AssertionError):
    """A door took an input in a way that it never may, without raising: the text says which."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parser at a door, called in process through the product's own entry.

    `enter` returns in a few words what came of the case (an acceptance, or a refusal by reason and field), and raises
    for anything that is neither.
    """

    name: str
    enter: Callable[[Case], str]
    seeds: Sequence[Case]  # right inputs
    shapes: Sequence[Shape]  # of the parts; the last one holds for all that follow
    words: Sequence[bytes]  # that mean something at this door
    largest: int  # bytes of the longest part that a caller can bring
    lines_a_second: float = math.inf  # that must be read at least, where inputs are files of many lines

    close: Callable[[], None] = lambda: None  # lets go of what it has open

    def stalls_after_s(self, case: Case) -> float:
        """CPU time that this case may take at most."""
        return STALL_S + sum(part.count(b"\n") for part in case) / self.lines_a_second

    def shape_of(self, number: int) -> Shape:
        """Of the part of that number, from 0."""
        return self.shapes[min(number, len(self.shapes) - 1)]

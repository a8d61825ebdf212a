"""The noun of fuzzing: a target, which is a parser with valid inputs to start from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from services.tools.drills.fuzzing.case import Case

STALL_S: Final = 1.0
"""Limit of the CPU time of one input; wall-clock time would depend on how busy the machine is."""


class Shape(Enum):
    """The format of a part of a case; decides how the part is mutated."""

    TEXT = "text"
    JSON = "json"
    JSON_LINES = "json lines"
    PROTOBUF = "protobuf"
    KEPT = "kept"  # never changed


class NotAllowed(AssertionError):
    """A target accepted or refused an input in a way that is not allowed; the text says how."""


@dataclass(frozen=True, slots=True)
class Target:
    """A parser of the product, called in process through the product's own entry.

    `enter` returns a short text for a case that was accepted, or refused by reason and field, and raises otherwise.
    """

    name: str
    enter: Callable[[Case], str]
    seeds: Sequence[Case]  # valid inputs
    shapes: Sequence[Shape]  # of the parts; the last one is that of all further parts, too
    dictionary: Sequence[bytes]  # tokens that mean something to this parser
    largest: int  # bytes of the longest part that a caller can send
    lines_a_second: float = math.inf  # required reading speed, where inputs are files of many lines
    needs_s: float = 0.0  # CPU time beyond `STALL_S` that its largest input is known to need
    close: Callable[[], None] = lambda: None  # releases its resources

    def stalls_after_s(self, case: Case) -> float:
        """The most CPU time that this case may take."""
        return STALL_S + self.needs_s + sum(part.count(b"\n") for part in case) / self.lines_a_second

    def shape_of(self, number: int) -> Shape:
        """Of the part of that number, from 0."""
        return self.shapes[min(number, len(self.shapes) - 1)]

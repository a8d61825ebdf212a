"""How long to wait before a program that died is started again.

A program that was ready is restarted at once. One that dies before it is ready, or dies again and again, waits longer
every time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

PROMPT_S = 0.1  # after a run that worked
FIRST_S = 0.5
LONGEST_S = 15.0
CALM_AFTER_S = 60.0  # a run of this length counts as healthy and cancels earlier deaths
FREE = 10  # this many consecutive short runs that were ready add no delay


@dataclass(frozen=True, slots=True)
class Life:
    """One run of a program, from its start to its death."""

    lived_s: float
    worked: bool  # it was ready


def delay_s(lives: Sequence[Life]) -> float:
    """Seconds to wait after these runs, the newest last: doubles with every death that counts, up to `LONGEST_S`.

    >>> failed, killed = Life(2.0, worked=False), Life(8.0, worked=True)
    >>> [delay_s([failed] * deaths) for deaths in (1, 2, 3, 9)]
    [0.5, 1.0, 2.0, 15.0]
    >>> delay_s([failed, failed, killed]), delay_s([killed] * 10), delay_s([killed] * 11), delay_s([killed] * 13)
    (0.1, 0.1, 0.5, 2.0)
    >>> delay_s([killed] * 13 + [Life(61.0, worked=True)])
    0.1
    """
    counted = deaths_that_count(lives)
    return min(FIRST_S * 2.0 ** min(counted - 1, 10), LONGEST_S) if counted else PROMPT_S


def deaths_that_count(lives: Sequence[Life]) -> int:
    """The deaths that add delay: those before readiness, since the last ready run, and short runs beyond `FREE`."""
    short = list(takewhile(lambda life: life.lived_s < CALM_AFTER_S, reversed(lives)))
    failed = sum(1 for _ in takewhile(lambda life: not life.worked, reversed(lives)))
    return failed + max(0, sum(life.worked for life in short) - FREE)

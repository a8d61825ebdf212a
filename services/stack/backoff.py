"""How long to wait before a program that died is started again."""

from __future__ import annotations

FIRST_S = 0.5
LONGEST_S = 15.0
CALM_AFTER_S = 60.0  # a run of this length counts as healthy and forgives earlier deaths


def delay_s(deaths: int) -> float:
    """Seconds to wait after so many deaths in a row: doubling, bounded.

    >>> [delay_s(deaths) for deaths in (1, 2, 3, 9)]
    [0.5, 1.0, 2.0, 15.0]
    """
    return min(FIRST_S * 2.0 ** min(deaths - 1, 10), LONGEST_S)


def deaths_in_a_row(before: int, lived_s: float) -> int:
    """The count after one more death of a program that lived so long.

    >>> deaths_in_a_row(4, lived_s=3.0), deaths_in_a_row(4, lived_s=61.0)
    (5, 1)
    """
    return 1 if lived_s >= CALM_AFTER_S else before + 1

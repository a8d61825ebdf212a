"""How much may be made: of one product, in all, and in an hour; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

ADS: Final = "ads"
HOUR: Final = "hour"
"""Why a product waits: the library is full, or the hour is used up."""

_HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Budget:
    """0: no bound."""

    ads: int = 0  # of the library that are not retired, whoever made them
    each: int = 0  # of one product, over all formats
    hour_s: int = 0  # of processor time in each hour, all workers of the process; it begins anew with the process

    def left_for(self, its_own: int, taken_up: int) -> int | None:
        """How many ads a product may have that has some of its own among all; None: any number.

        >>> Budget(ads=100).left_for(its_own=3, taken_up=98)
        5
        """
        return max(self.ads - taken_up, 0) + its_own if self.ads else None


def allotted(counts: Mapping[str, int], most: int | None, last: Collection[str] = ()) -> dict[str, int]:
    """So many ads in all, spread over the formats: one in each, then a second one in each, and so on.

    Formats of `last` get what the others leave.

    >>> allotted({"300x250": 4, "728x90": 1, "320x50": 2}, 5), allotted({"300x250": 4, "970x90": 2}, 5, ["970x90"])
    ({'300x250': 2, '728x90': 1, '320x50': 2}, {'300x250': 4, '970x90': 1})
    """
    if most is None or sum(counts.values()) <= most:
        return dict(counts)
    given = _spread({format_: count for format_, count in counts.items() if format_ not in last}, most)
    rest = {format_: count for format_, count in counts.items() if format_ in last}
    return {**given, **_spread(rest, most - sum(given.values()))}


def _spread(counts: Mapping[str, int], most: int) -> dict[str, int]:
    if sum(counts.values()) <= most:
        return dict(counts)
    given = dict.fromkeys(counts, 0)
    while most:
        for format_, count in counts.items():
            if most and given[format_] < count:
                given[format_] += 1
                most -= 1
    return {format_: count for format_, count in given.items() if count}


class Hour:
    """Processor time that was spent since the last full hour; belongs to one thread."""

    def __init__(self, most_s: int) -> None:
        self._most_s = most_s
        self._number = 0
        self._spent_s = 0.0

    def spend(self, seconds: float) -> None:
        """So much was used."""
        self._spent_s += seconds

    def is_over(self, now_ms: int) -> bool:
        """Whether nothing is left until the next full hour."""
        number = now_ms // _HOUR_MS
        if number != self._number:
            self._number, self._spent_s = number, 0.0
        return bool(self._most_s) and self._spent_s >= self._most_s

"""What is printed of several worlds: ratios as a gain in per cent with its 95 % interval over worlds (t)."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from statistics import fmean, stdev
from typing import Final

T: Final[Mapping[int, float]] = {
    2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262, 12: 2.201, 16: 2.131,
    20: 2.093, 24: 2.069, 32: 2.040,
}  # fmt: skip
"""97.5 % quantiles of Student's t by the number of worlds."""


def say(line: str) -> None:
    """Prints it at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def in_words(ratios: Sequence[float]) -> str:
    """The geometric mean of ratios as a gain in per cent, with its interval.

    >>> in_words([1.1, 1.1])
    '+10.0 % (+10.0 to +10.0)'
    """
    logs = [math.log(ratio) for ratio in ratios]
    half = T[len(logs)] * stdev(logs) / math.sqrt(len(logs))
    value, low, high = (100 * math.expm1(fmean(logs) + shift) for shift in (0.0, -half, half))
    return f"{value:+.1f} % ({low:+.1f} to {high:+.1f})"

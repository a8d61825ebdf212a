"""Standard normal numbers from raw random integers by a table, because `log` and `sqrt` differ between machines.

`normal_quantiles.npy` holds z_i = Phi^-1((i + 1/2) / 4096) for i = 0..4095 as little-endian float64: twelve random bits
pick one. Their variance is 0.9997 and the largest is 3.67 standard deviations; the policy is defined by this table.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.policies.arms import Floats

ENTRIES: Final = 4096
PER_WORD: Final = 4
"""A 64-bit word gives four numbers, one from the low twelve bits of each 16-bit lane, lowest lane first."""

_TABLE: Final[Floats] = np.load(Path(__file__).with_name("normal_quantiles.npy"), allow_pickle=False).astype(np.float64)


def words_needed(count: int) -> int:
    """How many 64-bit words give `count` normal numbers.

    >>> words_needed(5)
    2
    """
    return -(-count // PER_WORD)


def normals(words: NDArray[np.uint64], count: int) -> Floats:
    """`count` standard normal numbers, (count,), from at least `words_needed(count)` words."""
    lanes = words.astype("<u8", copy=False).view("<u2")[:count]
    return np.asarray(_TABLE[lanes & (ENTRIES - 1)])

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


def normals(words: NDArray[np.uint64], count: int, first: int = 0, out: Floats | None = None) -> Floats:
    """`count` standard normal numbers, (count,), beginning with number `first` of those that the words give.

    They lie in `out` where it is given, which has room for them.
    """
    lanes = words.astype("<u8", copy=False).view("<u2")[first : first + count]
    # no index lies outside the table: "clip" only spares the copy that "raise" makes of `out`
    return _TABLE.take(lanes & (ENTRIES - 1), out=None if out is None else out[:count], mode="clip")

"""What is taken over from a profile that features/1 stored: all integers, and the sums that mean the same.

The counts of views, clicks and orders do. The others were relative to another catalogue (ten classes of clothing, a
logarithm of minor units, other word vectors), and their common weight belongs to them. They begin empty, and are as
good as before after about one half-life each.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

COLUMNS: Final = 32  # of features/1
_COUNTS: Final = 3  # views, clicks, orders: first in both


def taken_over(decayed: npt.NDArray[np.float64], columns: int) -> npt.NDArray[np.float64]:
    """Sums (half-lives, COLUMNS) of features/1 as sums (half-lives, `columns`) of the present features.

    >>> taken_over(np.ones((3, COLUMNS)), 5)[0].tolist()
    [1.0, 1.0, 1.0, 0.0, 0.0]
    """
    sums = np.zeros((len(decayed), columns))
    sums[:, :_COUNTS] = decayed[:, :_COUNTS]
    return sums

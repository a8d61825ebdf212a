"""Arrays to which rows are appended: capacity doubles, and rows that are there never move."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_LEAST: Final = 64  # rows of the first allocation


class Grown:
    """One thread appends; a slice of the first `count` rows that another holds stays as it was."""

    __slots__ = ("count", "rows")

    def __init__(self, like: NDArray[Any]) -> None:
        """No rows yet, of the type and the further axes of `like`."""
        self.rows: NDArray[Any] = np.empty((_LEAST, *like.shape[1:]), dtype=like.dtype)  # the first `count` are set
        self.count = 0

    def append(self, more: NDArray[Any]) -> None:
        """Adds rows at the end; copies all of them where the capacity is used up, so seldom."""
        end = self.count + len(more)
        if end > len(self.rows):
            larger = np.empty((max(2 * len(self.rows), end), *self.rows.shape[1:]), dtype=self.rows.dtype)
            larger[: self.count] = self.rows[: self.count]
            self.rows = larger
        self.rows[self.count : end] = more
        self.count = end

    def first(self, count: int) -> NDArray[Any]:
        """The first `count` rows, not copied."""
        return self.rows[:count]

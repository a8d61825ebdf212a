"""The last score that the model gave each creative, by segment; used by the second rung of the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from services.policies.arms import Floats

_UNSORTED: Final = 64
"""Model answers buffered before they are sorted in: every request calls `remember`, few call `known`."""


class LastKnownScores:
    """Keeps up to `limit` scores and evicts the oldest entries first; belongs to one thread, never blocks."""

    def __init__(self, limit: int = 65_536) -> None:
        self._limit = limit
        self._scores: dict[tuple[str, str], float] = {}
        self._newest: dict[tuple[str, tuple[str, ...]], Floats] = {}  # by segment and creatives, the newest last

    def __len__(self) -> int:
        self._sort()
        return len(self._scores)

    def remember(self, segment: str, creative_ids: Sequence[str], scores: Floats) -> None:
        """Stores scores (C,) for the segment and for shoppers of any segment."""
        key = (segment, tuple(creative_ids))
        self._newest.pop(key, None)
        self._newest[key] = scores
        if len(self._newest) > _UNSORTED:
            self._sort()

    def known(self, segment: str, creative_ids: Sequence[str]) -> Floats:
        """Last known scores (C,): the segment's, else those of any segment, else NaN."""
        self._sort()
        scores = self._scores
        return np.array([scores.get((segment, c), scores.get(("", c), np.nan)) for c in creative_ids], dtype=np.float64)

    def _sort(self) -> None:
        for (segment, creative_ids), scores in self._newest.items():
            values = scores.tolist()
            for kept_for in (segment, ""):
                self._scores.update(zip(((kept_for, c) for c in creative_ids), values, strict=True))
        self._newest.clear()
        while len(self._scores) > self._limit:
            del self._scores[next(iter(self._scores))]

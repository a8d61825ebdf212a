"""The last score that the model gave each creative, by segment; used by the second rung of the ladder."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import numpy as np

from services.policies.arms import Floats

_UNSORTED: Final = 64
"""Model answers buffered before they are sorted in: every request calls `remember`, few call `known`."""

_ANYBODY: Final = ""


class LastKnownScores:
    """Keeps the scores of the latest creatives of each segment; belongs to one thread, never blocks.

    No call has to make up for earlier ones: one beyond the buffer sorts in one answer, and what is forgotten goes a
    generation of a segment at a time. So of requests with ever new creatives none waits for the others'.
    """

    def __init__(self, limit: int = 4096) -> None:
        """Of a segment at least the last `limit` creatives are known, and at most twice as many."""
        self._limit = limit
        self._segments: dict[str, _Generations] = {}
        self._newest: OrderedDict[tuple[str, tuple[str, ...]], Floats] = OrderedDict()  # by segment and creatives

    def __len__(self) -> int:
        self._sort(0)
        return sum(len(one.newer) + len(one.older) for one in self._segments.values())

    def remember(self, segment: str, creative_ids: Sequence[str], scores: Floats) -> None:
        """Stores scores (C,) for the segment and for shoppers of any segment."""
        key = (segment, tuple(creative_ids))
        self._newest[key] = scores
        self._newest.move_to_end(key)
        self._sort(_UNSORTED)

    def known(self, segment: str, creative_ids: Sequence[str]) -> Floats:
        """Last known scores (C,): the segment's, else those of any segment, else NaN."""
        self._sort(0)
        own, any_ = self._of(segment), self._of(_ANYBODY)
        return np.array([own.get(name, any_.get(name, np.nan)) for name in creative_ids], dtype=np.float64)

    def _sort(self, left: int) -> None:
        """Sorts in the oldest answers until so many are left."""
        while len(self._newest) > left:
            (segment, creative_ids), scores = self._newest.popitem(last=False)
            values = scores.tolist()
            self._of(segment).put(creative_ids, values)
            self._of(_ANYBODY).put(creative_ids, values)

    def _of(self, segment: str) -> _Generations:
        found = self._segments.get(segment)
        if found is None:
            found = self._segments[segment] = _Generations(self._limit)
        return found


class _Generations:
    """Scores by creative; those that were put since the `limit`-th last creative are there."""

    __slots__ = ("_limit", "newer", "older")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.newer: dict[str, float] = {}
        self.older: dict[str, float] = {}  # forgotten together, when `newer` is full

    def put(self, creative_ids: Sequence[str], scores: Sequence[float]) -> None:
        """The last scores of these creatives."""
        if len(self.newer) + len(creative_ids) > self._limit:
            self.newer, self.older = {}, self.newer
        self.newer.update(zip(creative_ids, scores, strict=True))

    def get(self, creative_id: str, otherwise: float) -> float:
        """The creative's last score."""
        return self.newer.get(creative_id, self.older.get(creative_id, otherwise))

"""The ads that one shopper was shown lately; the truth needs them for fatigue."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Final

import numpy as np

from services.simulator.shoppers.truth import Exposures

DAY_S: Final = 86_400.0
_TEN_MINUTES_S: Final = 600.0


class Shown:
    """Remembers ads for a day; times are seconds since any fixed moment, added in order."""

    def __init__(self) -> None:
        self._day: deque[tuple[float, str]] = deque()

    def add(self, creative_id: str, at_s: float) -> None:
        """A creative was shown."""
        self._day.append((at_s, creative_id))

    def exposures(self, creative_ids: Sequence[str], now_s: float) -> Exposures:
        """How often each creative was shown within the last day, and any ad within ten minutes."""
        while self._day and self._day[0][0] <= now_s - DAY_S:
            self._day.popleft()
        recent = 0
        for at_s, _ in reversed(self._day):
            if at_s <= now_s - _TEN_MINUTES_S:
                break
            recent += 1
        seen = [creative_id for _, creative_id in self._day]
        return Exposures(np.array([seen.count(creative_id) for creative_id in creative_ids], dtype=np.int64), recent)

"""How fast a consumer works off a backlog; the same for ours and for what it is held against."""

from __future__ import annotations

import json
import sys
import time
from typing import Final

WARM: Final = 0.1
"""Share of the backlog before the clock starts."""


class Stopwatch:
    """Times what follows the first tenth of so many events, and prints it when the last one is there."""

    def __init__(self, events: int) -> None:
        self._events = events
        self._first: tuple[int, float] | None = None

    def look(self, seen: int) -> bool:
        """Whether that was the last one, of `seen` so far."""
        if self._first is None and seen >= self._events * WARM:
            self._first = seen, time.perf_counter()
        if self._first is None or seen < self._events:
            return False
        facts = {"events": seen - self._first[0], "seconds": time.perf_counter() - self._first[1]}
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()
        return True

"""Times how fast a consumer processes a backlog; the same for our worker and for its references."""

from __future__ import annotations

import json
import sys
import time
from typing import Final

WARM: Final = 0.1
"""Share of the backlog before the clock starts."""


class Stopwatch:
    """Times all events after the first tenth, and prints the result at the last one."""

    def __init__(self, events: int) -> None:
        self._events = events
        self._first: tuple[int, float] | None = None

    def look(self, seen: int) -> bool:
        """Takes the number of events seen so far; True at the last one."""
        if self._first is None and seen >= self._events * WARM:
            self._first = seen, time.perf_counter()
        if self._first is None or seen < self._events:
            return False
        facts = {"events": seen - self._first[0], "seconds": time.perf_counter() - self._first[1]}
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()
        return True

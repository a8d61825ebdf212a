"""Keeps a background thread from slowing requests: it works a little, then rests longer.

Python runs one thread at a time. A request wakes some ten times, for each answer that it waited for, and while another
thread works it waits each time until that one is made to give up the lock.
"""

from __future__ import annotations

import time
from typing import Final

_WORK_S: Final = 0.002  # at a time: less than a request takes
_REST: Final = 2.0  # of the processor time that the work took
_LONGEST_S: Final = 0.05  # no rest makes a change wait longer


class Pace:
    """Belongs to one thread; does nothing until `rests` is set."""

    def __init__(self) -> None:
        self.rests = False
        self._since = 0.0  # processor time of this thread when it rested last

    def breathe(self) -> None:
        """Called after each small piece of work."""
        if self.rests and (worked := time.thread_time() - self._since) >= _WORK_S:
            time.sleep(min(_REST * worked, _LONGEST_S))
            self._since = time.thread_time()

"""How long what is ready to run waits for its turn in an event loop: under overload that is the queue that grows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 0.01
LOOKS: Final = 5  # the last 50 ms, or longer where the loop is late
LATE_S: Final = 0.003  # a turn as long as this has steps of about fifteen requests in it


class LoopLag:
    """Looks a hundred times a second how long one turn of the loop takes; belongs to one event loop.

    The loop counts as late where none of the last looks found a short turn: a long step, a garbage collection or a
    burst makes one look long, a queue that does not drain makes all of them long (so CoDel judges a router's queue:
    Nichols and Jacobson 2012). Waiting for Triton or Redis does not make it late.
    """

    def __init__(self) -> None:
        self.on_look: Callable[[float], None] = lambda elapsed_s: (
            None
        )  # called after each, with the time since the last
        self._turns_s: deque[float] = deque([0.0] * LOOKS, maxlen=LOOKS)
        self._next: asyncio.Handle | None = None

    def start(self) -> None:
        """Begins to look, in the running loop."""
        self._wait(asyncio.get_running_loop())

    def stop(self) -> None:
        """Ends looking; the loop counts as on time from here on."""
        if self._next is not None:
            self._next.cancel()
        self.saw(0.0)

    def saw(self, turn_s: float) -> None:
        """One look found a turn of this length."""
        self._turns_s.append(turn_s)
        self.on_look(EVERY_S + turn_s)

    def is_late(self) -> bool:
        """Whether every recent look found more ready than the loop could run.

        >>> lag = LoopLag()
        >>> for _ in range(4): lag.saw(0.02)
        >>> lag.is_late(), lag.saw(0.02), lag.is_late(), lag.saw(0.0), lag.is_late()
        (False, None, True, None, False)
        """
        return min(self._turns_s) > LATE_S

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        self._next = loop.call_later(EVERY_S, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Queues behind all that is ready now."""
        self._next = loop.call_soon(self._turned, loop, loop.time())

    def _turned(self, loop: asyncio.AbstractEventLoop, queued_at: float) -> None:
        self.saw(loop.time() - queued_at)
        self._wait(loop)

"""Measures event loop lag: how long a ready callback waits for its turn, which is the queue that overload grows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 0.01
LOOKS: Final = 5  # the last 50 ms, or longer where the loop is late
LATE_S: Final = 0.003  # an iteration this long runs steps of about fifteen requests


class LoopLag:
    """Measures a hundred times a second how long one iteration of the loop takes; belongs to one event loop.

    The loop counts as late if all of the last `LOOKS` measurements were long. A long step, a garbage collection or a
    burst makes one measurement long; only a queue that does not drain makes all of them long. CoDel judges a router's
    queue in this way (Nichols and Jacobson 2012). Waiting for Triton or Redis does not make the loop late.
    """

    def __init__(self) -> None:
        self.on_look: Callable[[float], None] = lambda elapsed_s: (
            None
        )  # called after each look, with the time since the last one
        self._turns_s: deque[float] = deque([0.0] * LOOKS, maxlen=LOOKS)
        self._next: asyncio.Handle | None = None

    def start(self) -> None:
        """Starts measuring the running loop."""
        self._wait(asyncio.get_running_loop())

    def stop(self) -> None:
        """Stops measuring; the loop counts as on time from then on."""
        if self._next is not None:
            self._next.cancel()
        self.saw(0.0)

    def saw(self, turn_s: float) -> None:
        """Records one measurement of an iteration."""
        self._turns_s.append(turn_s)
        self.on_look(EVERY_S + turn_s)

    def is_late(self) -> bool:
        """Whether all recent iterations were longer than `LATE_S`.

        >>> lag = LoopLag()
        >>> for _ in range(4): lag.saw(0.02)
        >>> lag.is_late(), lag.saw(0.02), lag.is_late(), lag.saw(0.0), lag.is_late()
        (False, None, True, None, False)
        """
        return min(self._turns_s) > LATE_S

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        self._next = loop.call_later(EVERY_S, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Queues a callback behind all that are ready now."""
        self._next = loop.call_soon(self._turned, loop, loop.time())

    def _turned(self, loop: asyncio.AbstractEventLoop, queued_at: float) -> None:
        self.saw(loop.time() - queued_at)
        self._wait(loop)

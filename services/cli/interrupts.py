"""Ctrl-C and SIGTERM of a command: raised as `KeyboardInterrupt`, but never in the middle of an import.

Libraries may turn an exception that is raised during their import into another error, and modules stay half
initialised. A signal that arrives during an import is handled a moment later.
"""

from __future__ import annotations

import signal
from types import FrameType

_AGAIN_S = 0.02
_IMPORTING = "<frozen importlib._bootstrap>"


class Interrupts:
    """Handles both signals from its creation on; `received` is the number of the last signal, 0 before the first."""

    def __init__(self) -> None:
        self.received = 0
        signal.signal(signal.SIGALRM, self._look)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._take)

    def over(self) -> None:
        """Restores the default handlers: from here on nothing needs an orderly end."""
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)

    def _take(self, number: int, frame: FrameType | None) -> None:
        self.received = number
        self._look(number, frame)

    def _look(self, _: int, frame: FrameType | None) -> None:
        if importing(frame):
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
        else:
            raise KeyboardInterrupt


def importing(frame: FrameType | None) -> bool:
    """Whether the code that was interrupted is part of an import."""
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTING:
            return True
        frame = frame.f_back
    return False

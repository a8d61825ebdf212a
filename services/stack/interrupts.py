"""Ctrl-C and SIGTERM of a command: raised as `KeyboardInterrupt`, but never in the middle of an import.

Libraries turn what is raised while they are imported into errors of their own, and modules stay half made. A signal
that comes then is looked at again a moment later.
"""

from __future__ import annotations

import signal
from types import FrameType

_AGAIN_S = 0.02
_IMPORTING = "<frozen importlib._bootstrap>"


class Interrupts:
    """Takes both signals over from now on; `received` is the number of the last one, 0 before."""

    def __init__(self) -> None:
        self.received = 0
        signal.signal(signal.SIGALRM, self._look)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._take)

    def over(self) -> None:
        """From here on both end the process as they do by default: there is nothing left to end in order."""
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

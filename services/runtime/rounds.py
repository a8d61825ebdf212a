"""Work that is done again and again in a thread of its own until it is stopped, whatever goes wrong in a round."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from services.common.errors import Unavailable

_LOG = logging.getLogger(__name__)
_SAME_S: Final = 10.0
"""A round that fails so soon after another has failed belongs to the same outage, which is logged once."""


class Rounds:
    """Begins a round at once, and the next `every_s` after each has ended; a long round looks at `ending`."""

    def __init__(
        self,
        name: str,
        act: Callable[[], None],
        every_s: float,
        meanwhile: str,
        passing: tuple[type[Exception], ...] = (Unavailable,),
    ) -> None:
        """`meanwhile` says for the log what holds after a failure; errors of `passing` are no fault of ours."""
        self.ending = threading.Event()
        self.failed = 0  # rounds that ended by a fault of ours
        self._act = act
        self._every_s = every_s
        self._meanwhile = meanwhile
        self._passing = passing
        self._lost_at = -_SAME_S
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Stops the thread, if it was started."""
        self.ending.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self.ending.is_set():
            self._round()
            self.ending.wait(self._every_s)

    def _round(self) -> None:
        try:
            self._act()
        except self._passing as lost:
            now = time.monotonic()
            if now - self._lost_at >= _SAME_S:
                _LOG.warning("%s: %r", self._meanwhile, lost)
            self._lost_at = now
        except Exception:  # of ours, or of a client: without the thread nothing would be done any more
            self.failed += 1
            _LOG.exception("%s", self._meanwhile)

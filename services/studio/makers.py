"""The makers of the studio: child processes, each with a thread here that waits for it."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from services.runtime.child import Start
from services.runtime.children import Children
from services.studio.again.recheck import Recheck, Rechecked
from services.studio.maker import Job, Made

MAKER: Final = "services.studio.maker:maker_of"
_JOB_S: Final = 300.0
"""A job that takes longer hangs: the largest photo takes seconds to be cut out, and an ad less than one."""


class Makers:
    """Jobs wait until one of them is idle."""

    def __init__(self, count: int, start: Start) -> None:
        self._count, self._children = count, Children(count, start)
        self._threads = ThreadPoolExecutor(count, "makers")

    def submit(self, job: Job) -> Future[Made]:
        """What becomes of the job, when it is done."""
        return self._threads.submit(self._made, job)

    def rescreen(self, job: Recheck) -> Future[Rechecked]:
        """What is found of these ads, when they are screened."""
        return self._threads.submit(self._rechecked, job)

    def _rechecked(self, job: Recheck) -> Rechecked:
        found: Rechecked = self._children.call(job, within_s=_JOB_S)
        return found

    def _made(self, job: Job) -> Made:
        made: Made = self._children.call(job, within_s=_JOB_S)
        return made

    def begin_anew(self, start: Start) -> None:
        """Jobs from now on are done by others; those under way are finished first."""
        before, self._children = self._children, Children(self._count, start)
        threading.Thread(target=before.close_when_idle, name="old makers", daemon=True).start()

    def close(self) -> None:
        """Ends them; what they have under way is made again at the next start."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._children.close()

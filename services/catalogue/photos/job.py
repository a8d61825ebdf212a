"""Gets the pictures that products need: from a folder or by URL, through the check, into the store and `ad.photos`.

Each picture is a step of its own: a run that is interrupted goes on where it was, as what is on `ad.photos` is not got
again. A file that is no photo is refused for good; what cannot be had now is tried again by the next run.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event
from typing import Final

from services.catalogue.photos.get_photo import GetPhoto, Places, Result
from services.catalogue.photos.host_queue import HostQueue
from services.catalogue.photos.links import Wanted

AT_ONCE: Final = 16
_FLUSH_S: Final = 60.0
_UNPACKED: Final = 2  # pictures at once


class PhotoJob:
    """Gets pictures; `ending` is set where threads should hurry to an end."""

    def __init__(self, places: Places, ending: Event) -> None:
        self._places, self._get = places, GetPhoto(places, _UNPACKED)
        self._ending = ending

    def run(self, wanted: Iterable[Wanted]) -> Generator[Result, None, None]:
        """What became of each picture, as soon as it is known; raises `Unavailable` of the store or of Kafka.

        Close the iterator to end early: what was begun is ended or given up, and what was taken stays taken.
        """
        queue = HostQueue(wanted, self._places.host_of)
        running: dict[Future[Result], Wanted] = {}
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="photos")
        try:
            while self._begin(queue, running, pool):
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    result = future.result()
                    gave_up = queue.done(running.pop(future), result.is_down)
                    yield result
                    yield from (given_up(one, result) for one in gave_up)
        finally:
            self._ending.set()
            pool.shutdown(cancel_futures=True)
            self._places.sink.flush(_FLUSH_S)

    def _begin(self, queue: HostQueue, running: dict[Future[Result], Wanted], pool: ThreadPoolExecutor) -> bool:
        """Begins as many as may run at once; False: nothing runs any more."""
        while len(running) < AT_ONCE and (one := queue.take()):
            running[pool.submit(self._get, one)] = one
        return bool(running)


def given_up(wanted: Wanted, last: Result) -> Result:
    """What became of a picture whose host was not asked any more."""
    return Result(wanted, "unreachable", f"Not tried, as the host seems to be down: {last.text}", is_final=False)

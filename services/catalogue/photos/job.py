"""Gets the pictures that products need: from a folder or by URL, through the check, into the store and `ad.photos`.

Each picture is a step of its own: a run that is interrupted goes on where it was, as what is on `ad.photos` is not got
again. A file that is no photo is refused for good; what cannot be had now is tried again by the next run.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event, Semaphore
from typing import Any, Final

from protos.gen.adloom.catalogue.v1.photo_pb2 import Photo
from services.catalogue.photos.check_photo import Checked, check_photo
from services.catalogue.photos.host_queue import HostQueue
from services.catalogue.photos.links import Wanted
from services.catalogue.photos.photo_messages import record_of, refused, taken
from services.catalogue.photos.ports import Source, Store
from services.common.clock import Clock
from services.common.errors import Rejected, Unavailable
from services.wire.codec.ports import Sink

AT_ONCE: Final = 16
_DECODING: Final = 2
"""Pictures that are unpacked at once: each may take 200 MB."""
_FLUSH_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a picture."""

    wanted: Wanted
    reason: str = ""  # empty: it was taken
    text: str = ""
    is_final: bool = True  # it is not tried again by the next run
    is_down: bool = False  # its host gave no answer

    def facts(self) -> dict[str, Any]:
        """A line of the file of those that were not taken."""
        return {
            "link": self.wanted.link,
            "product_id": self.wanted.product_id,
            "reason": self.reason,
            "text": self.text,
            "tried_again": not self.is_final,
        }


@dataclass(frozen=True, slots=True)
class Places:
    """Where pictures come from and go to."""

    source: Source
    host_of: Callable[[Wanted], str]  # whom the source asks for a picture
    store: Store
    sink: Sink
    clock: Clock


class PhotoJob:
    """Gets pictures; `ending` is set where threads should hurry to an end."""

    def __init__(self, places: Places, ending: Event) -> None:
        self._places = places
        self._ending = ending
        self._decoding = Semaphore(_DECODING)

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
                    given_up = queue.done(running.pop(future), result.is_down)
                    yield result
                    yield from (_given_up(one, result) for one in given_up)
        finally:
            self._ending.set()
            pool.shutdown(cancel_futures=True)
            self._places.sink.flush(_FLUSH_S)

    def _begin(self, queue: HostQueue, running: dict[Future[Result], Wanted], pool: ThreadPoolExecutor) -> bool:
        """Begins as many as may run at once; False: nothing runs any more."""
        while len(running) < AT_ONCE and (one := queue.take()):
            running[pool.submit(self._one, one)] = one
        return bool(running)

    def _one(self, wanted: Wanted) -> Result:
        try:
            content = self._places.source.get(wanted)
        except Rejected as why:
            return Result(wanted, why.reason, str(why), is_final=False)
        except Unavailable as why:
            return Result(wanted, "unreachable", str(why), is_final=False, is_down=True)
        try:
            with self._decoding:
                checked = check_photo(content)
        except Rejected as why:
            self._tell(refused(wanted.link, why, self._places.clock.now()))
            return Result(wanted, why.reason, str(why))
        self._keep(wanted, content, checked)
        return Result(wanted)

    def _keep(self, wanted: Wanted, content: bytes, checked: Checked) -> None:
        """The store first: a message must not name a picture that is not there."""
        sha256 = self._places.store.put(content, checked.media_type)
        self._tell(taken(wanted.link, sha256, checked, self._places.clock.now()))

    def _tell(self, photo: Photo) -> None:
        self._places.sink.send(record_of(photo))


def _given_up(wanted: Wanted, last: Result) -> Result:
    return Result(wanted, "unreachable", f"Not tried, as the host seems to be down: {last.text}", is_final=False)

"""Gets the photos of products as they come, in a thread of its own; see `services/catalogue/photos/ledger.py`.

What was got is on `ad.photos` and in the store, so a `kill -9` costs the pictures that were on their way. What could
not be had is tried again later, and its products are looked at at once: they need not wait any longer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event
from typing import Final

from services.catalogue.photos.get_photo import GetPhoto, Places, Result
from services.catalogue.photos.host_queue import HostQueue
from services.catalogue.photos.job import AT_ONCE, given_up
from services.catalogue.photos.ledger import Ledger
from services.catalogue.photos.links import Wanted
from services.common.clock import to_ms
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.runtime.rounds import Rounds

_LOG = logging.getLogger("services.studio")
_WAIT_S: Final = 0.1  # for an answer, before the ledger is looked at again
_FLUSH_S: Final = 30.0
_AGAIN_MS: Final = 1_000  # after the store or Kafka was away
BUG: Final = "bug"


class PhotoKeeper(Rounds):
    """`settled` is told the products whose photo cannot be had now."""

    def __init__(
        self, ledger: Ledger, places: Places, settled: Callable[[Iterable[str]], None], ending: Event, per_s: float
    ) -> None:
        super().__init__("photos", self._turn, 0.0, "Photos wait")
        self._ledger, self._places, self._settled = ledger, places, settled
        self._hurry = ending  # set where threads should hurry to an end
        self._get = GetPhoto(places, unpacked=1)
        self._queue = HostQueue((), places.host_of, 1.0 / per_s)
        self._running: dict[Future[Result], Wanted] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="photos")
        self._told: set[str] = set()  # fates for which a metric was set

    def stop(self, timeout_s: float) -> None:
        """Gives up what is on its way, and ends the thread."""
        self._hurry.set()
        super().stop(timeout_s)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _turn(self) -> None:
        """Begins what is due and may be begun, and takes what has been answered."""
        self._queue.add(self._ledger.due(self._now_ms()))
        monotonic = self._places.clock.monotonic
        while len(self._running) < AT_ONCE and (one := self._queue.take(monotonic())):
            self._running[self._pool.submit(self._get, one)] = one
        if not self._running:
            self._tell()
            self.ending.wait(_WAIT_S)
            return
        self._take(wait(self._running, _WAIT_S, FIRST_COMPLETED).done)
        self._tell()

    def _take(self, done: Iterable[Future[Result]]) -> None:
        results = [result for future in done for result in self._results(self._running.pop(future), future)]
        if not results:
            return
        try:
            self._places.sink.flush(_FLUSH_S)
        except Unavailable:  # it is not known which of the messages arrived; to send one twice harms nothing
            for result in results:
                self._ledger.put_off(result.wanted.link, self._now_ms() + _AGAIN_MS)
            raise
        for result in results:
            self._ledger.done(result, self._now_ms())
            if result.reason:
                _LOG.info("photo %s: %s: %s", result.wanted.link, result.reason, result.text)
            if result.photo is None:
                self._settled(self._ledger.products_of(result.wanted.link))

    def _results(self, wanted: Wanted, future: Future[Result]) -> list[Result]:
        """What became of a picture, and with it of those that are given up; none where it is put off."""
        try:
            result = future.result()
        except Unavailable as missing:
            _LOG.warning("photo %s waits: %s", wanted.link, missing)
            self._queue.done(wanted, is_down=False)
            self._ledger.put_off(wanted.link, self._now_ms() + _AGAIN_MS)
            return []
        except Exception as error:  # else one picture would keep all others waiting
            _LOG.exception("photo %s", wanted.link)
            result = Result(wanted, BUG, repr(error), is_final=False)
        return [result, *(given_up(one, result) for one in self._queue.done(wanted, result.is_down))]

    def _tell(self) -> None:
        fates = self._ledger.fates()
        self._told |= fates.keys()
        for fate in self._told:
            METRICS.studio_photos.labels(fate).set(fates[fate])

    def _now_ms(self) -> int:
        return to_ms(self._places.clock.now())

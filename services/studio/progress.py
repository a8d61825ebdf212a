"""Tells how far the studio is: in its log, as what it waits for, and as metrics."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from services.common.metrics import METRICS
from services.runtime.health import Readiness
from services.studio.again.rescreen import AGAIN
from services.studio.desk import Desk
from services.studio.work import MAKING, QUEUE, Studio

_LOG = logging.getLogger("services.studio")
_ENOUGH: Final = 1_000
"""Ads from which on the process is ready although others wait: a large catalogue takes hours."""
_TOLD_EVERY: Final = 100  # ads


class Progress:
    """Belongs to the thread of the studio."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it tells of
        self, readiness: Readiness, desk: Desk, studio: Studio, ads_each: int, again: Callable[[], int] = lambda: 0
    ) -> None:
        """`again` counts the ads that are to be screened again."""
        self._readiness, self._desk, self._studio = readiness, desk, studio
        self._ads_each, self._again = ads_each, again
        self._waits = "kafka"  # the part that the process says it waits for
        self._told = -1
        self._reasons: set[str] = set()  # for which a metric was set, which stays until it is set again
        self._asked: set[str] = set()  # the same, of formats: few, as each is kept for a week
        self._whys: set[str] = set()  # the same, of products that wait

    def tell(self) -> None:
        """After each step."""
        ads, waits, products = self._studio.ads, self._studio.waits(), self._desk.alive()
        waiting = waits.get(QUEUE, 0) + waits.get(MAKING, 0)
        self._readiness.progress()
        if again := self._again():
            waits[AGAIN] = again
        METRICS.studio_products.set(products)
        METRICS.studio_waiting.set(waiting)
        self._whys |= waits.keys()
        for why in self._whys:
            METRICS.studio_waits.labels(why).set(waits.get(why, 0))
        METRICS.studio_ads.set(ads)
        METRICS.studio_repeated.set(self._desk.repeated())
        self._reasons |= self._studio.not_made.keys()
        for reason in self._reasons:
            METRICS.studio_not_made.labels(reason).set(self._studio.not_made[reason])
        self._tell_asked()
        text = f"{ads} of {products * self._ads_each} ads"
        self.waits_for("" if not waiting or ads >= _ENOUGH else text)
        if ads // _TOLD_EVERY != self._told // _TOLD_EVERY or (not waiting and ads != self._told):
            self._told = ads
            _LOG.info("%s of %d products, %d products wait", text, products, waiting)

    def _tell_asked(self) -> None:
        made = self._studio.asked.made()
        self._asked |= set(made)
        for format_ in self._asked:
            METRICS.studio_asked_formats.labels(format_).set(format_ in made)
        METRICS.studio_asked_left_out.set(len(self._studio.asked.left_out()))

    def waits_for(self, part: str) -> None:
        """What keeps it from being ready; empty: nothing."""
        if part == self._waits:
            return
        if part:
            self._readiness.waiting_for(part)
            self._readiness.has(self._waits)
        else:
            self._readiness.ready()
        self._waits = part

"""The shop's files that ads are made and screened by: followed, and handed to makers when one of them is another."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from services.assets.brand_file import BrandFile
from services.assets.creative import Creative
from services.assets.screened import Screener, kit_of, zone_of
from services.common.clock import Clock, to_ms
from services.composer.brand_kit import NO_KIT, BrandKit
from services.runtime.child import Start
from services.screening.judges import Installed
from services.studio.again.forbidden import without_forbidden
from services.studio.again.rescreen import Rescreening
from services.studio.desk import Desk
from services.studio.makers import MAKER, Makers
from services.studio.screen_file import ScreenFile
from services.studio.settings import StudioSettings

_LOG = logging.getLogger("services.studio")


class ShopFiles:
    """Belongs to one thread."""

    def __init__(self, settings: StudioSettings, clock: Clock) -> None:
        """Raises `Misconfigured`."""
        self._settings, self._clock = settings, clock
        self._zone = zone_of(settings.time_zone)
        self._judges = Installed()  # asked for their version; makers load them
        self._brand = BrandFile(settings.brand, kit_of(settings.brand), clock.monotonic)
        self._screen = ScreenFile(settings.screen, self._judges, clock.monotonic)
        self._before: BrandKit | None = NO_KIT  # the kit whose ads are still to be looked through; None: they were
        self._is_other = True  # ads are still to be screened again

    def start(self) -> Start:
        """How a maker is started."""
        return Start(MAKER, (self._settings.assets_dir, self._zone, self._brand.kit, self._screen.policy))

    def follow(self, makers: Makers, again: Rescreening, desk: Desk, renew: Callable[[], int]) -> None:
        """Takes what has changed since the last call, at the first one all; ads of a new kit are made anew by `renew`.

        What the kit forbids ends at once, what is judged otherwise is screened in turn. Raises `Unavailable`: the next
        call goes on.
        """
        before = self._brand.kit
        is_new_kit, is_other_screen = self._brand.changed(), self._screen.changed()
        if is_new_kit or is_other_screen:
            makers.begin_anew(self.start())
            self._is_other = True
        if is_new_kit:
            self._before = before if self._before is None else self._before
            _LOG.info("brand kit %s: the ads of %d products are renewed", self._brand.kit.version, renew())
        if self._before is not None:
            self._stop(again, desk, self._before)
            self._before = None
        if self._is_other:
            again.begin(self.screener().version)
            self._is_other = False

    def screener(self) -> Screener:
        """As makers screen now."""
        return Screener(self._judges, self._screen.policy, self._brand.kit, self._zone)

    def _stop(self, again: Rescreening, desk: Desk, before: BrandKit) -> None:
        now = self._clock.now()
        hit = partial(_hit, self.screener(), desk, before, now)
        if stopped := again.stop(hit):
            _LOG.info("%d ads say what the brand kit forbids now, and have ended", stopped)


def _hit(screener: Screener, desk: Desk, before: BrandKit, now: datetime, creative: Creative) -> Creative:
    product = desk.product(creative.product_id, to_ms(now)) if creative.product_id else None
    return without_forbidden(creative, product, screener, before, now)

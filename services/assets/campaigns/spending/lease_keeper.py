"""Fills up this replica's leases and reports what it served, in a thread of its own; no request ever waits for it.

Where the counters of a campaign are not there (it is new, its begin was changed, or the store was emptied), its lease
is dropped and nothing of it is served until its impressions have been counted from their records. After the store was
emptied the count begins only when it has been in use for `SETTLE_S`: by then every replica has seen that its leases are
void, and what it served of them is on its way to the records or there.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from services.assets.campaigns.ports import Ask, Counters, Counts, Records
from services.assets.campaigns.rules import TIME_RULES, all_hold
from services.assets.campaigns.spending.leases import Leases, Served, lease_size
from services.assets.campaigns.spending.pacing import allowance
from services.assets.campaigns.terms import Terms
from services.common.clock import Clock, to_ms
from services.common.errors import Unavailable
from services.runtime.rounds import Rounds

_LOG = logging.getLogger(__name__)
EVERY_S: Final = 0.2
SETTLE_S: Final = 2.0
_BLIND_S: Final = 2.0
"""Without word from the store for so long, campaigns with a budget of clicks alone are not served: nobody counts."""


class LeaseKeeper(Rounds):
    """Holds leases of those of the `campaigns` that run now; `campaigns` is called from the thread."""

    def __init__(
        self,
        leases: Leases,
        campaigns: Callable[[], Iterable[Terms]],
        counters: Counters,
        records: Records,
        clock: Clock,
    ) -> None:
        super().__init__("campaign-leases", self.step, EVERY_S, "Campaigns with budgets are served from what is leased")
        self._leases = leases
        self._campaigns = campaigns
        self._counters = counters
        self._records = records
        self._clock = clock
        self._heard_at = clock.monotonic()
        self._counting: threading.Thread | None = None

    def stop(self, timeout_s: float) -> None:
        """Stops the thread, reports the last impressions and gives back what is left of the leases."""
        super().stop(timeout_s)
        try:
            self.step(granting=False)
            self._give_back(self._leases.held())
        except Unavailable as lost:
            _LOG.warning("What is left of the leases is lost: %s", lost)

    def step(self, *, granting: bool = True) -> None:
        """One round: asks for what is lacking, reports what was served."""
        now_ms = to_ms(self._clock.now())
        running = {terms.counter: terms for terms in self._campaigns() if all_hold(TIME_RULES, terms, now_ms)}
        self._give_back([counter for counter in self._leases.held() if counter not in running])
        served = self._leases.served()
        asks = asks_of(running if granting else {}, self._leases, served, now_ms)
        try:
            counts = self._counters.ask(asks)
        except Unavailable:
            self._leases.unreport(served)
            self._close_unheard(running)
            raise
        self._heard_at = self._clock.monotonic()
        asked = [running[ask.counter] for ask in asks if ask.counter in running]
        for terms in asked:
            self._take(terms, counts.get(terms.counter), now_ms)
        self._count([terms for terms in asked if terms.counter not in counts])

    def _take(self, terms: Terms, counts: Counts | None, now_ms: int) -> None:
        """Takes the grant, or gives all back where the campaign may not be served for now."""
        if counts is None:
            self._leases.drop(terms.counter)
            return
        if terms.impression_budget is not None:
            self._leases.grant(terms.counter, counts.granted)
        spent = allowance(terms, now_ms, clicks=counts.clicks)
        if spent.clicks_allowed is not None and spent.clicks >= spent.clicks_allowed:
            self._leases.end_by_clicks(terms.counter)
            self._give_back([terms.counter])
            return
        self._leases.allow_clicks(terms.counter)
        if terms.is_limited and terms.impression_budget is None:
            self._leases.open(terms.counter)

    def _give_back(self, counters: Iterable[str]) -> None:
        unspent = {counter: self._leases.drop(counter) for counter in counters}
        if any(unspent.values()):
            self._counters.give_back(unspent)

    def _close_unheard(self, counters: Iterable[str]) -> None:
        if self._clock.monotonic() - self._heard_at >= _BLIND_S:
            for counter in counters:
                if self._leases.is_open(counter):
                    self._leases.drop(counter)

    def _count(self, missing: Sequence[Terms]) -> None:
        """Begins to count the impressions of campaigns without counters, unless some are being counted."""
        if not missing or (self._counting is not None and self._counting.is_alive()):
            return
        self._counting = threading.Thread(target=self._logged, args=(missing,), name="campaign-records", daemon=True)
        self._counting.start()

    def _logged(self, missing: Sequence[Terms]) -> None:
        try:
            self.count(missing)
        except Unavailable as lost:
            _LOG.warning("Campaigns without counters wait: %s", lost)

    def count(self, missing: Sequence[Terms]) -> None:
        """Counts the impressions of campaigns without counters; raises `Unavailable`."""
        self.ending.wait(max(SETTLE_S - self._counters.age_s(), 0.0))
        for counter, impressions in self._records.impressions_of(missing).items():
            self._counters.begin(counter, impressions)


def asks_of(running: Mapping[str, Terms], leases: Leases, served: Mapping[str, Served], now_ms: int) -> list[Ask]:
    """What is to be asked and reported; nothing of a campaign without a budget that served nothing. One whose lease is
    full is asked, too: the answer tells whether the lease still counts."""
    asks = []
    for counter in {*running, *served}:
        terms, done = running.get(counter), served.get(counter, Served())
        want = 0 if terms is None else lacking(terms, leases.left(counter))
        if done != Served() or (terms is not None and terms.is_limited):
            may = None if terms is None else allowance(terms, now_ms).impressions_allowed
            asks.append(Ask(counter, want, may or 0, done.leased, done.free))
    return asks


def lacking(terms: Terms, left: int) -> int:
    """How many impressions a full lease has beyond what is left."""
    return 0 if terms.impression_budget is None else max(lease_size(terms.impression_budget) - left, 0)

"""Keeps the pools as the tables of creatives, products, offers and the posterior say, by increments.

    offers             -> masks                  first, because an ad ends with what it says (law 10)
    creatives, facts   -> new rows, retired rows a few at a time, what changed last before what waits longer
    posterior          -> new multipliers
    all of them        -> `views`, one object that is replaced: a request sees all of a change or none

One change costs its own rows, and for each format a pass over masks, which is a millisecond for 300,000 rows. Nothing
is rebuilt.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.assets.creative import Creative
from services.catalogue.offers import Offers
from services.common.clock import Clock, to_ms
from services.creative.candidates.due import Due
from services.creative.candidates.entry import facts_of
from services.creative.candidates.pace import Pace
from services.creative.candidates.pool import FOREVER, Compaction, Entry, Pool
from services.creative.candidates.pool_view import Views
from services.creative.candidates.ports import Creatives, Products
from services.features.creative_columns import CreativeFacts
from services.policies.posterior import PRIOR, Posterior

_STEP: Final = 64  # creatives or products of one step: about the milliseconds that a request takes
_OFFERS: Final = 1024  # products of one step whose masks are looked at: some milliseconds
_PUBLISH_S: Final = 0.25  # while more waits: how long what was done may wait to be seen
_PERIOD_S: Final = 0.02  # between two looks at the tables: a fiftieth of the second in which an ad must end


@dataclass(frozen=True, slots=True)
class Tables:
    """What is followed; each is filled by a thread of its own."""

    creatives: Creatives
    products: Products
    offers: Offers
    text_encoder: str = ""  # version whose text vectors count


class Increments:
    """`views` is for any thread; the rest is done by whoever calls `step`, one at a time."""

    def __init__(
        self,
        tables: Tables,
        posterior: Callable[[], Posterior],
        house: Callable[[str], Creative],
        clock: Clock,
    ) -> None:
        self.views = Views()
        self._due = Due(tables.creatives, tables.products, tables.text_encoder)
        self._products = tables.products
        self._vocabulary = 0  # version that house creatives' texts are relative to
        self._offers = tables.offers
        self._posterior = posterior
        self._house = house
        self._clock = clock
        self._pools: dict[str, Pool] = {}
        self._compactions: dict[str, Compaction] = {}  # by format
        self._believed: Posterior = PRIOR
        self._offers_seen = 0  # revision
        self._offered: dict[str, None] = {}  # products whose offers have changed, and no mask yet
        self._changed = True  # since the last publication
        self._published_s = 0.0
        self._next_date_ms = FOREVER
        self._pace = Pace()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="candidates", daemon=True)

    def done(self) -> int:
        """How many creatives and products were looked at: tells progress."""
        return self._due.taken

    def waiting(self) -> int:
        """How many creatives and products are known to have changed and are not in the views."""
        return len(self._due)

    def is_current(self) -> bool:
        """Whether the views say all that the tables of creatives and products say."""
        return not (self._due or self._offered or self._changed or self._due.is_behind())

    def start(self) -> None:
        """Starts the thread that applies."""
        self._thread.start()

    def spread(self) -> None:
        """Requests are served from now on: what takes long is done a little at a time, with rests."""
        self._pace.rests = True

    def stop(self) -> None:
        """Stops the thread; the views stay."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def catch_up(self) -> None:
        """Applies all that the tables say now."""
        while self.step():
            pass

    def step(self) -> bool:
        """Applies some of what has changed; True: more is waiting."""
        with self._lock:
            now_ms = to_ms(self._clock.now())
            self._see_offers(now_ms)
            self._due.see(self._breathe)
            self._renew_houses()
            self._apply_some(now_ms)
            self._believe()
            self._publish(now_ms)
            return bool(self._due or self._offered or self._compactions)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._stop.wait(0 if self.step() else _PERIOD_S)

    def _see_offers(self, now_ms: int) -> None:
        self._offers_seen, changed = self._offers.changed_since(self._offers_seen, now_ms)
        self._offered.update(dict.fromkeys(changed))
        for number in range(min(_OFFERS, len(self._offered))):
            product_id = self._offered.popitem()[0]
            for pool in self._pools.values():
                self._changed |= pool.refresh_live(product_id, self._offers, now_ms)
            self._breathe(number)

    def _apply_some(self, now_ms: int) -> None:
        before = str(self._due.version)
        entries: dict[str, list[Entry]] = {}
        for creative_id, placed in self._due.take(_STEP, self._pace.breathe).items():
            for pool in self._pools.values():
                self._changed |= pool.retire(creative_id)
            if placed is not None:
                entries.setdefault(placed.format, []).append(placed.entry)
        for format_, some in entries.items():
            self._pool(format_).add(some, self._believed, lambda entry: self._is_live(entry, now_ms))
        self._changed |= bool(entries) or before != str(self._due.version)
        self._compact()

    def _pool(self, format_: str) -> Pool:
        if format_ not in self._pools:
            self._pools[format_] = Pool(self._house_facts(format_))
        return self._pools[format_]

    def _renew_houses(self) -> None:
        """Their texts are seen otherwise by another vocabulary."""
        vocabulary = self._products.vocabulary_version()
        if vocabulary != self._vocabulary:
            for format_, pool in self._pools.items():
                pool.set_house(self._house_facts(format_))
            self._vocabulary, self._changed = vocabulary, True

    def _house_facts(self, format_: str) -> CreativeFacts:
        house = self._house(format_)
        return facts_of(house, None, self._products.text_vector(house.headline))

    def _is_live(self, entry: Entry, now_ms: int) -> bool:
        return not self._offers.why_ended(entry.facts.product_id, entry.stated, now_ms)

    def _compact(self) -> None:
        """Copies some rows of pools with more masked rows than used ones; what changes meanwhile does not wait."""
        for format_, pool in self._pools.items():
            if format_ not in self._compactions and pool.is_wasteful():
                self._compactions[format_] = Compaction(pool)
        for format_, compaction in list(self._compactions.items()):
            fresh = compaction.step()
            self._pace.breathe()
            if fresh is not None:
                self._pools[format_], self._changed = fresh, True
                del self._compactions[format_]

    def _believe(self) -> None:
        posterior, before = self._posterior(), self._believed
        if posterior is before:
            return
        changed = self._changed_arms(before, posterior)
        for pool in self._pools.values():
            for _ in pool.believe(posterior, pool.creative_ids() if changed is None else changed):
                self._pace.breathe()
        self._believed, self._changed = posterior, True

    def _changed_arms(self, before: Posterior, after: Posterior) -> list[str] | None:
        """The arms whose sums differ; None: another prior, so all."""
        if (before.prior_shape, before.prior_rate) != (after.prior_shape, after.prior_rate):
            return None
        found = [name for name in before.sums if name not in after.sums]
        for number, (name, sums) in enumerate(after.sums.items()):
            if before.sums.get(name) != sums:
                found.append(name)
            self._breathe(number)
        return found

    def _publish(self, now_ms: int) -> None:
        """Replaces `views` where they would differ, at once or, while more waits, after a while."""
        if not self._changed and now_ms < self._next_date_ms:
            return
        if (self._due or self._offered) and time.monotonic() - self._published_s < _PUBLISH_S:
            return
        number, version = self._believed.version, str(self._due.version)
        pools = {format_: pool.view(now_ms, number, version) for format_, pool in self._pools.items()}
        self._next_date_ms = min((pool.next_date_ms(now_ms) for pool in self._pools.values()), default=FOREVER)
        self.views, self._changed, self._published_s = Views(pools, number, version), False, time.monotonic()

    def _breathe(self, number: int) -> None:
        """Lets requests in after some hundred small things."""
        if number % 256 == 255:
            self._pace.breathe()

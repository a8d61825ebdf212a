"""Keeps the pools as the tables of creatives, products, offers and the posterior say, by increments.

    offers             -> masks                  first, because an ad ends with what it says (law 10)
    creatives, facts   -> new rows, retired rows a few at a time, what changed last before what waits longer
    posterior          -> new multipliers
    all of them        -> `views`, one object that is replaced: a request sees all of a change or none

One change costs its own rows, and for each format a pass over masks, which is a millisecond for 300,000 rows. Nothing
is rebuilt.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.assets.creative import Creative
from services.catalogue.offers import Offers
from services.common.clock import Clock, to_ms
from services.creative.candidates.catalogue_version import NO_PRODUCT, CatalogueVersion
from services.creative.candidates.entry import entry_of, facts_of
from services.creative.candidates.pool import FOREVER, Entry, Pool
from services.creative.candidates.pool_view import Views
from services.creative.candidates.ports import Creatives, Products
from services.policies.posterior import PRIOR, Posterior

_LOG = logging.getLogger(__name__)
_STEP: Final = 64  # creatives or products of one step: about the milliseconds that a request takes
_PUBLISH_S: Final = 0.25  # while more waits: how long what was done may wait to be seen
_PERIOD_S: Final = 0.02  # between two looks at the tables: a fiftieth of the second in which an ad must end


@dataclass(frozen=True, slots=True)
class Tables:
    """What is followed; each is filled by a thread of its own."""

    creatives: Creatives
    products: Products
    offers: Offers


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
        self.done = 0  # creatives and products that were looked at: tells progress
        self._creatives = tables.creatives
        self._products = tables.products
        self._offers = tables.offers
        self._posterior = posterior
        self._house = house
        self._clock = clock
        self._pools: dict[str, Pool] = {}
        self._version = CatalogueVersion()
        self._believed: Posterior = PRIOR
        self._seen = {"creatives": 0, "products": 0, "offers": 0, "vocabulary": -1}  # revisions
        self._creatives_of: dict[str, tuple[str, ...]] = {}  # by product; of all that may be served
        self._waiting: dict[tuple[str, str], None] = {}  # kind and id; the last is done first
        self._changed = True  # since the last publication
        self._published_s = 0.0
        self._next_date_ms = FOREVER
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="candidates", daemon=True)

    def waiting(self) -> int:
        """How many creatives and products are known to have changed and are not in the views."""
        return len(self._waiting)

    def is_current(self) -> bool:
        """Whether the views say all that the tables of creatives and products say."""
        if self._waiting or self._changed:
            return False
        creatives, products = self._seen["creatives"], self._seen["products"]
        tables = self._creatives.changed_since(creatives)[0], self._products.changed_since(products)[0]
        return tables == (creatives, products)

    def start(self) -> None:
        """Starts the thread that applies."""
        self._thread.start()

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
            self._see_news()
            self._apply_some(now_ms)
            self._believe()
            self._publish(now_ms)
            return bool(self._waiting)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._stop.wait(0 if self.step() else _PERIOD_S)

    def _see_offers(self, now_ms: int) -> None:
        self._seen["offers"], changed = self._offers.changed_since(self._seen["offers"], now_ms)
        for number, product_id in enumerate(changed):
            for pool in self._pools.values():
                self._changed |= pool.refresh_live(product_id, self._offers, now_ms)
            self._breathe(number)

    def _see_news(self) -> None:
        """What has changed is put before what waits already."""
        self._seen["products"], products = self._products.changed_since(self._seen["products"])
        self._seen["creatives"], creatives = self._creatives.changed_since(self._seen["creatives"])
        vocabulary, before = self._products.vocabulary_version(), self._seen["vocabulary"]
        self._seen["vocabulary"] = vocabulary
        texts = [NO_PRODUCT] if vocabulary != before else []
        for kind, names in (("product", texts), ("product", products), ("creative", creatives)):
            for number, name in enumerate(names):
                self._waiting.pop((kind, name), None)
                self._waiting[kind, name] = None
                self._breathe(number)

    def _apply_some(self, now_ms: int) -> None:
        due: dict[str, Creative | None] = {}  # None: it is gone
        for _ in range(min(_STEP, len(self._waiting))):
            kind, name = self._waiting.popitem()[0]
            if kind == "product":
                self._renew_product(name, due)
            else:
                self._renew_creative(name, due)
            self.done += 1
        entries: dict[str, list[Entry]] = {}
        for creative_id, creative in due.items():
            self._retire(creative_id)
            entry = None if creative is None else self._entry(creative)
            if creative is not None and entry is not None:
                entries.setdefault(creative.format, []).append(entry)
        for format_, some in entries.items():
            self._pool(format_).add(some, self._believed, lambda entry: self._is_live(entry, now_ms))
            self._changed = True
        self._compact()

    def _renew_product(self, product_id: str, due: dict[str, Creative | None]) -> None:
        """Its creatives are due where features see it otherwise than before."""
        facts, vocabulary = self._products.facts(product_id), self._products.vocabulary_version()
        if self._version.differs(product_id, facts, vocabulary):
            self._version.put(product_id, facts, vocabulary)
            self._changed = True
            for creative_id in self._creatives_of.get(product_id, ()):
                if creative_id not in due:
                    due[creative_id] = self._creatives.get(creative_id)

    def _renew_creative(self, creative_id: str, due: dict[str, Creative | None]) -> None:
        creative = due[creative_id] = self._creatives.get(creative_id)
        if creative is None:
            return
        product_id, siblings = creative.product_id, self._creatives_of.get(creative.product_id, ())
        if not creative.is_approved:
            self._creatives_of[product_id] = tuple(name for name in siblings if name != creative_id)
        elif creative_id not in siblings:
            self._creatives_of[product_id] = (*siblings, creative_id)
        self._renew_product(product_id, due)  # its facts may be newer than those that the others were made of

    def _entry(self, creative: Creative) -> Entry | None:
        """None where it cannot be served: nobody approved it (law 9), or its product is not known (any more)."""
        if not creative.is_approved or creative.is_house:
            return None
        product = self._products.facts(creative.product_id) if creative.product_id else None
        if creative.product_id and product is None:
            return None
        try:
            return entry_of(creative, facts_of(creative, product, self._products.text_vector(creative.headline)))
        except Exception:  # of ours: no creative may keep the thread from the next ones
            _LOG.exception("Creative %s cannot be served", creative.creative_id)
            return None

    def _retire(self, creative_id: str) -> None:
        for pool in self._pools.values():
            self._changed |= pool.retire(creative_id)

    def _pool(self, format_: str) -> Pool:
        if format_ not in self._pools:
            house = self._house(format_)
            self._pools[format_] = Pool(facts_of(house, None, self._products.text_vector(house.headline)))
        return self._pools[format_]

    def _is_live(self, entry: Entry, now_ms: int) -> bool:
        return not self._offers.why_ended(entry.facts.product_id, entry.stated_price, now_ms)

    def _compact(self) -> None:
        for format_, pool in self._pools.items():
            if pool.is_wasteful():
                for number, fresh in enumerate(pool.compacted()):
                    self._breathe(number)
                    if fresh is not None:
                        self._pools[format_] = fresh

    def _believe(self) -> None:
        posterior, before = self._posterior(), self._believed
        if posterior is before:
            return
        changed = self._changed_arms(before, posterior)
        for pool in self._pools.values():
            for number, _ in enumerate(pool.believe(posterior, pool.creative_ids() if changed is None else changed)):
                self._breathe(number)
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
        if self._waiting and time.monotonic() - self._published_s < _PUBLISH_S:
            return
        number, version = self._believed.version, str(self._version)
        pools = {format_: pool.view(now_ms, number, version) for format_, pool in self._pools.items()}
        self._next_date_ms = min((pool.next_date_ms(now_ms) for pool in self._pools.values()), default=FOREVER)
        self.views, self._changed, self._published_s = Views(pools, number, version), False, time.monotonic()

    def _breathe(self, number: int) -> None:
        """Lets requests in after some hundred small things."""
        if number % 256 == 255:
            time.sleep(0)

"""Hands products to makers, the best first, publishes what they made, and ends what does not fit any more.

Makers work in processes of their own (`maker.py`); one thread publishes. A product is with one maker at a time, so what
was made of its newer row always comes after what was made of an older one.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from typing import Final

from protos.gen.adloom.catalogue.v1.product_pb2 import Product
from services.assets.ads import STUDIO
from services.assets.changes import judged
from services.assets.creative import Creative
from services.assets.creative_sink import CreativeSink
from services.common.clock import Clock, to_ms
from services.common.errors import Unavailable
from services.runtime.children import PART as CHILD
from services.studio.approval import Approval, Verdicts, style_of
from services.studio.budget import ADS, HOUR, Budget, Hour, allotted
from services.studio.decide import GONE, REPLACED, ended, first, is_offered, kept, served_meanwhile
from services.studio.desk import PAGES, Desk
from services.studio.maker import Job, Made
from services.studio.wishes import Wishes

_LOG = logging.getLogger(__name__)
BUG: Final = "bug"
QUEUE: Final = "queue"
MAKING: Final = "making"
REVIEW: Final = "review"
PHOTO: Final = "photo"
SCREEN: Final = "screen"
"""What is waited for: a product's turn, its maker, its photo, and, of an ad, a person or its screen."""

_LOST: Final = 2
"""So often a child may be lost over a product: once may be another's fault, as memory is shared."""

_WAIT_S: Final = 0.05  # for a maker, before the desk is looked at again


@dataclass(frozen=True, slots=True)
class Terms:
    """What the deployment wants."""

    counts: Mapping[str, int]  # ads of a product, by format
    approval: Approval = Approval()
    budget: Budget = Budget()
    at_once: int = 1  # products that are handed out together


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is: creatives, what people have said of them, and what campaigns ask for."""

    creatives: CreativeSink
    verdicts: Verdicts
    wishes: Wishes
    completed: Callable[[Sequence[Creative]], Sequence[Creative]] = list
    """What is done with creatives last, before they are published."""


@dataclass(slots=True)
class Outcome:
    """What became of one product."""

    changes: list[Creative] = field(default_factory=list)  # to be published
    ads: int = 0  # that it has then
    not_made: Counter[str] = field(default_factory=Counter)  # by reason
    is_short: bool = False  # it may have fewer ads than it is to have, for want of room


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A product that is with a maker."""

    future: Future[Made]
    promised: int  # ads beyond those that it has, at most
    is_short: bool  # it may have fewer ads than it is to have, for want of room


class Studio:
    """Belongs to one thread."""

    def __init__(
        self, desk: Desk, shelf: Shelf, submit: Callable[[Job], Future[Made]], terms: Terms, clock: Clock
    ) -> None:
        self._desk, self._submit = desk, submit
        self.asked = shelf.wishes.asked
        self._shelf, self._creatives, self._verdicts = shelf, shelf.creatives, shelf.verdicts
        self._terms, self._clock = terms, clock
        self.hour = Hour(terms.budget.hour_s)
        self.under_way: dict[str, _UnderWay] = {}  # by product
        self._again: set[str] = set()  # changed while they were under way
        self._outcomes: dict[str, Outcome] = {}  # not published yet
        self._lost = Counter[str]()  # children, by the product that they had
        self._of: dict[str, tuple[int, Counter[str]]] = {}  # by product: ads, and what was not made
        self.full: set[str] = set()  # products that wait until there is room in the library
        self._full_at = 0  # how many ads there were when the last of them began to wait
        self.ads = 0
        self.not_made = Counter[str]()

    def step(self) -> int:
        """Hands out, takes back and publishes; how many products were moved or are under way.

        Raises `Unavailable`: then nothing is lost, and the next step goes on.
        """
        self._publish()
        taken = self._hand_out()
        self._take_back()
        done = len(self._outcomes)
        self._publish()
        return taken + done + len(self.under_way)

    def waits(self) -> dict[str, int]:
        """How many products wait, by what they wait for; by `REVIEW` and `SCREEN` how many ads."""
        queue = self._desk.waiting() + len(self._again)
        over = self.hour.is_over(to_ms(self._clock.now()))
        review = self._verdicts.waiting()
        found = {HOUR if over else QUEUE: queue, MAKING: len(self.under_way), ADS: len(self.full), REVIEW: review}
        found |= {SCREEN: self._creatives.table.unscreened(), PHOTO: self._desk.held()}
        return {why: count for why, count in found.items() if count}

    def _hand_out(self) -> int:
        now_ms = to_ms(self._clock.now())
        if self.hour.is_over(now_ms):
            return 0
        if self.full and self._taken_up() < self._full_at:
            self._desk.look_at(self.full)
            self.full.clear()
        products = self._desk.take(self._terms.at_once - len(self.under_way), now_ms)
        for product_id in products:
            if product_id in self.under_way:
                self._again.add(product_id)
            else:
                self._start(product_id)
        return len(products)

    def _start(self, product_id: str) -> None:
        now = self._clock.now()
        product = self._desk.product(product_id, to_ms(now))
        if product_id == PAGES:
            self._submit_job(product_id, Product(), {}, is_short=False)
        elif product is None:
            self._outcomes[product_id] = Outcome(ended(self._ads_of(product_id), frozenset(), GONE, now))
        elif not is_offered(product):
            self._outcomes[product_id] = Outcome()
        else:
            self._make(product_id, product)

    def _make(self, product_id: str, product: Product) -> None:
        living = sum(creative.state != "RETIRED" for creative in self._ads_of(product_id))
        budget = self._terms.budget
        last = self._shelf.wishes.only_placements_ask_for(product, self._terms.counts)
        wanted = allotted(self._shelf.wishes.counts(product, self._terms.counts), budget.each or None, last)
        counts = allotted(wanted, budget.left_for(living, self._taken_up()), last)
        if not counts:
            self._set_aside(product_id)
            return
        self._submit_job(product_id, product, counts, is_short=counts != wanted)

    def _submit_job(self, product_id: str, product: Product, counts: Mapping[str, int], *, is_short: bool) -> None:
        existing, photo = self._ads_of(product_id), self._desk.photo_of(product)
        living = sum(creative.state != "RETIRED" for creative in existing)
        asked = self._shelf.wishes.only_placements_ask_for(product, self._terms.counts)
        job = Job(product.SerializeToString(), photo, tuple(existing), counts, self._clock.now(), asked)
        promised = max(sum(counts.values()) - living, 0)
        self.under_way[product_id] = _UnderWay(self._submit(job), promised, is_short)

    def _set_aside(self, product_id: str) -> None:
        """It has fewer ads than it is to have, and waits until there is room; those that it has are published."""
        self.full.add(product_id)
        self._full_at = self._taken_up()

    def _taken_up(self) -> int:
        """How many ads there are in the library, with those that are being made."""
        return self._creatives.table.living() + sum(one.promised for one in self.under_way.values())

    def _take_back(self) -> None:
        futures = [one.future for one in self.under_way.values()]
        if futures and not self._outcomes:
            wait(futures, _WAIT_S, FIRST_COMPLETED)
        for product_id, one in list(self.under_way.items()):
            if one.future.done():
                self._finish(product_id, one)
        self._desk.look_at(self._again - self.under_way.keys())
        self._again &= self.under_way.keys()

    def _finish(self, product_id: str, one: _UnderWay) -> None:
        del self.under_way[product_id]
        try:
            made = one.future.result()
        except Unavailable as missing:
            self._failed(product_id, missing)
        except Exception as error:  # else the process would end at this product again and again
            _LOG.error("%s: its ads stay as they are: %r", product_id, error)
            self._outcomes[product_id] = Outcome(not_made=Counter({BUG: 1}))
        else:
            self._lost.pop(product_id, None)
            self.hour.spend(made.seconds)
            self._outcomes[product_id] = replace(self._outcome(product_id, made), is_short=one.is_short)

    def _failed(self, product_id: str, missing: Unavailable) -> None:
        """A part was away: the product is looked at again, unless it is what children are lost over."""
        self._lost[product_id] += missing.part == CHILD
        if self._lost[product_id] >= _LOST:
            _LOG.error("%s: its ads stay as they are, its makers were lost: %s", product_id, missing)
            self._outcomes[product_id] = Outcome(not_made=Counter({BUG: 1}))
            del self._lost[product_id]
        else:
            self._desk.look_at([product_id])
            raise missing

    def _outcome(self, product_id: str, made: Made) -> Outcome:
        now, known = self._clock.now(), {one.creative_id: one for one in self._ads_of(product_id)}
        found, wanted = {one.creative_id: one for one in (*made.new, *made.screened)}, frozenset(made.wanted)
        existing = [judged(one, found.get(one.creative_id), STUDIO, now) for one in known.values()]
        there = [first(one, self._why_wait(one), now) for one in made.new if one.creative_id not in known]
        there += [kept(one, self._why_wait(one), now) for one in existing if one.creative_id in wanted]
        stays, ads = wanted, len(wanted) - made.not_made["screen"]
        if product := self._desk.product(product_id, to_ms(now)):
            stays |= served_meanwhile(existing, there, made.said, product, now)
        every = (*existing, *there, *ended(existing, stays, REPLACED, now))  # the later one of an ad holds
        after = {one.creative_id: one for one in every}
        changes = [one for name, one in after.items() if one is not known.get(name)]
        return Outcome(changes, ads, made.not_made)

    def _why_wait(self, creative: Creative) -> str:
        return self._terms.approval.waits_for(creative, self._verdicts.is_settled(style_of(creative)))

    def _ads_of(self, product_id: str) -> list[Creative]:
        return list(self._creatives.table.all(lambda row: True, product_ids=frozenset((product_id,))))

    def _publish(self) -> None:
        outcomes = self._outcomes
        changes = [creative for outcome in outcomes.values() for creative in outcome.changes]
        self._creatives.put(self._shelf.completed(changes) if changes else [])
        self._outcomes = {}
        for product_id, outcome in outcomes.items():
            self._count(product_id, outcome)
            if outcome.is_short:
                self._set_aside(product_id)

    def _count(self, product_id: str, outcome: Outcome) -> None:
        ads, not_made = self._of.pop(product_id, (0, Counter[str]()))
        self.ads += outcome.ads - ads
        self.not_made += outcome.not_made
        self.not_made -= not_made
        if outcome.ads or outcome.not_made:
            self._of[product_id] = outcome.ads, outcome.not_made
        if outcome.not_made and outcome.not_made != not_made:
            _LOG.info("%s: not made %s", product_id, dict(outcome.not_made))

"""Plays visits in real time: shoppers view pages, receive ads, and click them with their true probability."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from protos.gen.adloom.events.v1 import events_pb2 as events
from services.catalogue.catalogue import Catalogue
from services.common.clock import Clock
from services.simulator.crowd import Crowd
from services.simulator.ports import Ad, AdRequest, AdServer, Emit
from services.simulator.shoppers.shopper import Shopper
from services.simulator.shoppers.shown import Shown
from services.simulator.shoppers.truth import Offers, Scene, SeenAd, Truth
from services.simulator.shoppers.visits import AD_APPEARS_S, Step, Visit, click_delay_s, landing
from services.simulator.token_bucket import TokenBucket

FORMAT: Final = "300x250"


@dataclass(frozen=True, slots=True)
class World:
    """What shoppers interact with: the shop, its ad server, and time."""

    truth: Truth
    catalogue: Catalogue
    emit: Emit
    ads: AdServer
    elements_of: Callable[[str], Mapping[str, str]]  # of a creative, by its id: what a shopper sees of its look
    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Shopping:
    """Plays visits; remembers the ads that each shopper was shown, because the truth depends on them (fatigue)."""

    def __init__(self, world: World, run_id: str, decisions: TokenBucket) -> None:
        self._world = world
        self._run_id = run_id
        self._decisions = decisions
        self._shown: dict[int, Shown] = defaultdict(Shown)
        self._requests = itertools.count()
        self._leaving = False

    def leave(self) -> None:
        """Stops page views; ads that are requested or shown already are still answered and clicked."""
        self._leaving = True

    async def play(self, visit: Visit, rng: np.random.Generator, skip_s: float = 0.0) -> None:
        """Plays the visit from its second `skip_s` on."""
        for step in visit.steps:
            skip_s -= step.wait_s
            if skip_s > 0:
                continue
            await self._world.sleep(min(step.wait_s, -skip_s))
            skip_s = 0.0
            if self._leaving:
                return
            self._do(visit.shopper, step)
            if step.ad_placement and self._decisions.spend(self._world.clock.monotonic()):
                await self._world.sleep(AD_APPEARS_S)
                await self._see_ad(visit, step, rng)

    async def _see_ad(self, visit: Visit, step: Step, rng: np.random.Generator) -> None:
        shopper = visit.shopper
        request = AdRequest(
            f"{self._run_id}-{next(self._requests)}",
            shopper.user_id,
            shopper.locale,
            visit.device,
            step.query,
            step.ad_placement,
            FORMAT,
        )
        ad = await self._world.ads.serve(request)
        if ad is None or not self._knows(ad) or rng.random() >= self._probability(visit, ad):
            return
        await self._world.sleep(click_delay_s(rng))
        self._click(shopper, ad)
        for after in landing(self._world.catalogue.product(ad.product_id), rng) if ad.product_id else ():
            await self._world.sleep(after.wait_s)
            self._do(shopper, after, ad.token)

    def _knows(self, ad: Ad) -> bool:
        """Whether the ad is for goods that shoppers have a taste for; a stack may sell another feed's, too."""
        return not ad.product_id or ad.product_id in self._world.catalogue.index

    def _probability(self, visit: Visit, ad: Ad) -> float:
        """The true click probability; records the ad as shown."""
        now = self._world.clock.now()
        shown = self._shown[visit.shopper.number]
        product = self._world.catalogue.product(ad.product_id) if ad.product_id else None
        elements = self._world.elements_of(ad.creative_id)
        offers = Offers.of([SeenAd(ad.creative_id, product, ad.headline, FORMAT, elements)])
        exposures = shown.exposures(offers.creative_ids, now.timestamp())
        shown.add(ad.creative_id, now.timestamp())
        scene = Scene(now, visit.device)
        return float(self._world.truth.click_probabilities(visit.shopper, offers, scene, exposures)[0])

    def _click(self, shopper: Shopper, ad: Ad) -> None:
        click = events.Click(product_id=ad.product_id, impression_token=ad.token)
        self._world.emit(shopper.user_id, click)

    def _do(self, shopper: Shopper, step: Step, token: str = "") -> None:
        self._world.emit(shopper.user_id, message_of(step, token))


async def play_visits(crowd: Crowd, shopping: Shopping, events_a_second: float, clock: Clock) -> None:
    """Starts visits that give `events_a_second` on average, from the first second on; never returns."""
    when = clock.now()
    rate = events_a_second / crowd.events_a_visit(when)
    rng = np.random.Generator(np.random.Philox(key=1))
    async with asyncio.TaskGroup() as visits:
        for plan in crowd.under_way(when, rate):
            visits.create_task(shopping.play(plan.visit, plan.rng, plan.skip_s))
        due = clock.monotonic()
        while True:
            due += float(rng.exponential(1.0 / rate))
            await asyncio.sleep(max(0.0, due - clock.monotonic()))
            plan = crowd.visit(clock.now())
            visits.create_task(shopping.play(plan.visit, plan.rng))


def message_of(step: Step, token: str = "") -> events.View | events.Click | events.Order:
    """The message of a step, without a user id; an order carries the token of the ad that led to it."""
    product = step.product
    if step.kind == "view":
        return events.View(product_id=product.product_id, query=step.query, page="product", dwell_ms=step.dwell_ms)
    if step.kind == "click":
        return events.Click(product_id=product.product_id)
    return events.Order(
        product_id=product.product_id,
        quantity=step.pieces,
        value_minor=step.pieces * product.price_minor,
        currency=product.currency,
        impression_token=token,
    )

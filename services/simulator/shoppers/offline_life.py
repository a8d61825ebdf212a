"""Plays one shopper's visits without a stack: events update the profile, ads become rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import numpy as np

from services.assets.creative import Creative
from services.catalogue.catalogue import Catalogue
from services.catalogue.facts import ProductLookup
from services.features.creative_columns import CreativeColumns
from services.features.profile import Interaction, Kind, Profile, apply, micros
from services.features.segments import segment_of
from services.features.vector import RequestFacts, Vectors, build
from services.simulator.shoppers.columns_of_creatives import columns_of, offers_of
from services.simulator.shoppers.rhythm import Span, visit_times
from services.simulator.shoppers.shopper import Shopper
from services.simulator.shoppers.shown import Shown
from services.simulator.shoppers.truth import Offers, Scene, Truth
from services.simulator.shoppers.visits import (
    AD_APPEARS_S,
    Step,
    Visit,
    click_delay_s,
    landing,
    plan_visit,
)

FORMAT: Final = "300x250"
_KINDS: Final = {"view": Kind.VIEW, "click": Kind.CLICK, "order": Kind.ORDER}
_STRANGERS: Final = 0.1
"""Share of the requests for which no profile is read: the shopper's first page, a late Redis, or no consent.

Without such rows an empty profile lies outside of all that a model has learnt, and all its candidates score alike.
"""
_YOUNGEST_S: Final = 60.0
_OLDEST_S: Final = 60 * 86_400.0


class Rows(Protocol):
    """Collects impressions one by one."""

    def left(self) -> int:
        """How many more impressions this shopper is to have."""
        ...

    def add(self, vectors: Vectors, row: Impression) -> None:
        """Adds an impression."""
        ...


@dataclass(frozen=True, slots=True)
class Impression:
    """An ad was shown to a shopper; the vectors that go with it have one row."""

    user: int
    creative: int  # index into the shop's creatives
    shown_at: datetime
    probability: float
    clicked: bool


@dataclass(frozen=True, slots=True, eq=False)
class Shop:
    """The shop, the same for all shoppers: C creatives, each as one row of columns and one offer."""

    truth: Truth
    catalogue: Catalogue
    facts: ProductLookup
    columns: tuple[CreativeColumns, ...]
    offers: tuple[Offers, ...]

    @classmethod
    def of(cls, truth: Truth, catalogue: Catalogue, creatives: Sequence[Creative]) -> Shop:
        """The shop with these creatives, in the order given."""
        columns = columns_of(creatives, catalogue)
        offers = offers_of(creatives, catalogue)
        rows = range(len(creatives))
        return cls(
            truth,
            catalogue,
            catalogue.facts.get,
            tuple(columns.take([row]) for row in rows),
            tuple(offers.row(row) for row in rows),
        )


class Life:
    """Plays one shopper's visits, starting with an empty profile."""

    def __init__(self, shop: Shop, shopper: Shopper, rows: Rows, rng: np.random.Generator) -> None:
        self._shop = shop
        self._shopper = shopper
        self._rows = rows
        self._rng = rng
        self._profile = Profile()
        self._shown = Shown()

    def play(self, visit: Visit) -> None:
        """Plays a visit until it ends or no more rows are wanted; visits must come in order of time."""
        now = visit.began_at
        age_s = float(np.exp(self._rng.uniform(np.log(_YOUNGEST_S), np.log(_OLDEST_S))))
        for step in visit.steps:
            now = self._apply(step, now)
            if not step.ad_placement:
                continue
            if not self._rows.left():
                return
            now = self._see_ad(visit, step, now + timedelta(seconds=AD_APPEARS_S), age_s)

    def _apply(self, step: Step, now: datetime) -> datetime:
        then = now + timedelta(seconds=step.wait_s)
        product = step.product
        event = Interaction(
            kind=_KINDS[step.kind],
            product_id=product.product_id,
            time_us=micros(then),
            pieces=step.pieces,
            value_minor=step.pieces * product.price_minor,
        )
        self._profile = apply(self._profile, event, self._shop.facts)
        return then

    def _click_ad(self, product_id: str, then: datetime) -> datetime:
        event = Interaction(Kind.CLICK, product_id, micros(then), from_ad=True)
        self._profile = apply(self._profile, event, self._shop.facts)
        return then

    def _see_ad(self, visit: Visit, step: Step, now: datetime, age_s: float) -> datetime:
        """Shows one ad, chosen uniformly; returns the time at which the shopper continues the visit."""
        rng, shopper = self._rng, self._shopper
        chosen = int(rng.integers(len(self._shop.columns)))
        offer, now_s = self._shop.offers[chosen], now.timestamp()
        exposures = self._shown.exposures(offer.creative_ids, now_s)
        scene = Scene(now, visit.device)
        probability = float(self._shop.truth.click_probabilities(shopper, offer, scene, exposures)[0])
        clicked = bool(rng.random() < probability)
        vectors = self._vectors(
            visit, step, now, replace(self._shop.columns[chosen], created_s=np.array([now_s - age_s]))
        )
        self._rows.add(vectors, Impression(shopper.number, chosen, now, probability, clicked))
        self._shown.add(offer.creative_ids[0], now_s)
        if not clicked:
            return now
        product_id = offer.product_ids[0]
        now = self._click_ad(product_id, now + timedelta(seconds=click_delay_s(rng)))
        for after in landing(self._shop.catalogue.product(product_id), rng) if product_id else ():
            now = self._apply(after, now)
        return now

    def _vectors(self, visit: Visit, step: Step, now: datetime, column: CreativeColumns) -> Vectors:
        profile = Profile() if self._rng.random() < _STRANGERS else self._profile
        facts = RequestFacts(
            locale=self._shopper.locale,
            device=visit.device,
            page="product",
            query=step.query,
            time=now,
            segment=segment_of(profile, visit.device, step.query, now),
            placement_id=step.ad_placement,
            format=FORMAT,
        )
        return build(profile, facts, column, now)


def visits_with_ads(shop: Shop, shopper: Shopper, span: Span, ads: int, rng: np.random.Generator) -> list[Visit]:
    """Visits with at least `ads` ad placements, in order of time."""
    visits: list[Visit] = []
    placements = 0
    while placements < ads:
        for when in visit_times(shopper.persona, ads - placements, span, rng):
            visit = plan_visit(shop.truth, shopper, shop.catalogue, when, rng)
            visits.append(visit)
            placements += sum(bool(step.ad_placement) for step in visit.steps)
            if placements >= ads:
                break
    return sorted(visits, key=lambda visit: visit.began_at)

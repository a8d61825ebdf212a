"""What shoppers do in the shop: visits of a few pages that follow wishes, price limit and mission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import numpy as np

from services.catalogue.catalogue import CATEGORIES, Catalogue, Product
from services.simulator.shoppers.shopper import DEVICES, Shopper
from services.simulator.shoppers.truth import Truth
from services.simulator.shoppers.wishes import NO_MISSION, wished_class

AD_PLACEMENTS: Final = ("product-side", "product-below")
AD_APPEARS_S: Final = 0.5
"""Delay from a page view to its ad request: by then the profile mostly includes the view."""
_MOST_PAGES: Final = 25


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a shopper; `wait_s` is the time since the step before."""

    kind: Literal["view", "click", "order"]
    product: Product
    wait_s: float
    query: str = ""
    dwell_ms: int = 0
    pieces: int = 0
    ad_placement: str = ""  # of a view: the page's ad placement, if it has one


@dataclass(frozen=True, slots=True)
class Visit:
    """What a shopper does from arriving to leaving."""

    shopper: Shopper
    began_at: datetime
    device: str
    steps: tuple[Step, ...]


def plan_visit(truth: Truth, shopper: Shopper, catalogue: Catalogue, when: datetime, rng: np.random.Generator) -> Visit:
    """A visit that begins at `when`; a mission is often typed as a query."""
    device = shopper.device if rng.random() < 0.85 else DEVICES[int(rng.integers(len(DEVICES)))]
    mission = truth.mission(shopper, when)
    query = CATEGORIES[mission] if mission != NO_MISSION and rng.random() < 0.4 else ""
    pages = min(1 + int(rng.pareto(1.3) * 2.0), _MOST_PAGES)
    steps: list[Step] = []
    for _ in range(pages):
        product = _choose(truth, shopper, catalogue, when, rng)
        placement = AD_PLACEMENTS[int(rng.random() < 0.4)] if rng.random() < 0.8 else ""
        wait = min(float(rng.lognormal(1.2, 0.7)), 60.0)
        steps.append(Step("view", product, wait, query, int(rng.lognormal(8.5, 0.8)), ad_placement=placement))
        steps += _followed_by(truth, shopper, product, when, rng)
    return Visit(shopper, when, device, tuple(steps))


def _choose(truth: Truth, shopper: Shopper, catalogue: Catalogue, when: datetime, rng: np.random.Generator) -> Product:
    """The product to view: by mission or wish, then mostly within the price limit."""
    wishes, mission = truth.wishes(shopper, when), truth.mission(shopper, when)
    turn = rng.random()
    if mission != NO_MISSION and turn < 0.8:
        category = mission
    elif turn < 0.55:
        category = wishes.primary
    elif turn < 0.8 and wishes.secondary:
        category = sorted(wishes.secondary)[int(rng.integers(len(wishes.secondary)))]
    else:
        category = int(rng.integers(len(CATEGORIES)))
    products = [p for p in catalogue.products if wished_class(p) == category] or list(catalogue.products)
    wanted = [p for p in products if affordable(shopper, p)]
    among = wanted if wanted and rng.random() < 0.85 else products
    return among[int(rng.integers(len(among)))]


def affordable(shopper: Shopper, product: Product) -> bool:
    """Whether the shopper pays such a price; for the persona luxury the limit is a lower one."""
    if shopper.persona == "luxury":
        return product.price_minor >= shopper.price_limit_minor
    return product.price_minor <= shopper.price_limit_minor


def _followed_by(
    truth: Truth, shopper: Shopper, product: Product, when: datetime, rng: np.random.Generator
) -> list[Step]:
    """Steps after a view: sometimes a click, and then sometimes an order."""
    wishes, mission = truth.wishes(shopper, when), truth.mission(shopper, when)
    category = wished_class(product)
    wished = category in (wishes.primary, mission) or category in wishes.secondary
    if rng.random() >= (0.35 if wished and affordable(shopper, product) else 0.06):
        return []
    steps = [Step("click", product, 0.5 + float(rng.exponential(2.0)))]
    if rng.random() < (0.12 if category in (wishes.primary, mission) else 0.03):
        steps.append(Step("order", product, 2.0 + float(rng.exponential(6.0)), pieces=1 + int(rng.random() < 0.15)))
    return steps


def landing(product: Product, rng: np.random.Generator) -> list[Step]:
    """Steps after a click on an ad: a view of the product, and sometimes an order."""
    steps = [Step("view", product, 0.4 + float(rng.exponential(0.8)), dwell_ms=int(rng.lognormal(8.5, 0.8)))]
    if rng.random() < 0.08:
        steps.append(Step("order", product, 2.0 + float(rng.exponential(6.0)), pieces=1))
    return steps


def click_delay_s(rng: np.random.Generator) -> float:
    """Seconds from an ad's appearance to its click, two in the median."""
    return min(float(rng.lognormal(0.6, 0.6)), 12.0)

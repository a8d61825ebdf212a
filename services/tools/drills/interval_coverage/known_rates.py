"""Moments at which simulated shoppers see an ad: the true click probabilities, and the served model's scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from services.assets.demo import demo_creatives
from services.catalogue.catalogue import demo_catalogue
from services.catalogue.facts import ProductLookup
from services.features.creative_columns import CreativeColumns
from services.features.profile import Interaction, Kind, Profile, apply, micros
from services.features.segments import segment_of
from services.features.vector import RequestFacts, build
from services.policies.arms import Arms, Floats
from services.policies.posterior import Posterior, click_probability, ctr_multipliers
from services.simulator.shoppers import WORLD_SEED, Exposures, Offers, Scene, Truth, Visit, plan_visit
from services.simulator.shoppers.columns_of_creatives import columns_of, offers_of
from services.simulator.shoppers.rhythm import Span, visit_times
from services.simulator.shoppers.visits import AD_APPEARS_S
from services.tools.drills.interval_coverage.click_model_in_numpy import ClickModelInNumpy

FORMAT: Final = "300x250"
_KINDS: Final = {"view": Kind.VIEW, "click": Kind.CLICK, "order": Kind.ORDER}
_SPAN: Final = Span(datetime(2026, 3, 2, tzinfo=UTC), 14)
_VISITS: Final = 4
_AGE_S: Final = 10 * 86_400.0
_FIRST_SHOPPER: Final = 100_000  # shoppers whom the model was not trained on


@dataclass(frozen=True, slots=True)
class World:
    """X moments and C creatives; the last creative is the house creative, which is the guard."""

    creative_ids: tuple[str, ...]
    truth: Floats  # (X, C), probability of a click
    scores: Floats  # (X, C), by the served model

    def arms(self, moment: int, posterior: Posterior) -> Arms:
        """The arms of the creative service at a moment, under a posterior."""
        scores = self.scores[moment]
        means, variances = click_probability(scores, *ctr_multipliers(posterior, self.creative_ids))
        return Arms(self.creative_ids, scores, means, variances, len(self.creative_ids) - 1)

    def of(self, creatives: Sequence[int]) -> World:
        """The world with these creatives only; the last of them is the guard."""
        ids = tuple(self.creative_ids[row] for row in creatives)
        return World(ids, self.truth[:, creatives], self.scores[:, creatives])


@dataclass(frozen=True, slots=True)
class _Shop:
    truth: Truth
    facts: ProductLookup
    columns: CreativeColumns
    offers: Offers
    model: ClickModelInNumpy


def world(moments: int, seed: int) -> World:
    """All creatives of the demo shop, and `moments` shoppers who have browsed; the same seed gives the same world."""
    shop = _shop()
    catalogue = demo_catalogue()
    truth, scores = [], []
    for number in range(_FIRST_SHOPPER, _FIRST_SHOPPER + moments):
        rng = np.random.Generator(np.random.Philox(key=np.array([seed, number], dtype=np.uint64)))
        shopper = shop.truth.shopper(number)
        times = sorted(visit_times(shopper.persona, _VISITS, _SPAN, rng))
        visits = [plan_visit(shop.truth, shopper, catalogue, when, rng) for when in times]
        rates, believed = _moment(shop, visits)
        truth.append(rates)
        scores.append(believed)
    return World(shop.columns.creative_ids, np.array(truth), np.array(scores))


def _shop() -> _Shop:
    catalogue = demo_catalogue()
    shown = sorted(
        (c for c in demo_creatives(catalogue) if c.format == FORMAT), key=lambda c: (not c.product_id, c.creative_id)
    )
    return _Shop(
        Truth(WORLD_SEED),
        catalogue.facts.get,
        columns_of(shown, catalogue),
        offers_of(shown, catalogue),
        ClickModelInNumpy(),
    )


def _moment(shop: _Shop, visits: Sequence[Visit]) -> tuple[Floats, Floats]:
    """True click probabilities and scores on the last page of the last visit, (C,) and (C,)."""
    profile, now = Profile(), visits[0].began_at
    for visit in visits:
        now = visit.began_at
        for step in visit.steps:
            now += timedelta(seconds=step.wait_s)
            value = step.pieces * step.product.price_minor
            event = Interaction(
                _KINDS[step.kind], step.product.product_id, micros(now), pieces=step.pieces, value_minor=value
            )
            profile = apply(profile, event, shop.facts)
    last, query = visits[-1], visits[-1].steps[0].query
    now += timedelta(seconds=AD_APPEARS_S)
    facts = RequestFacts(
        locale=last.shopper.locale,
        device=last.device,
        page="product",
        query=query,
        time=now,
        segment=segment_of(profile, last.device, query, now),
        placement_id="product-side",
        format=FORMAT,
    )
    C = len(shop.columns.creative_ids)
    columns = replace(shop.columns, created_s=np.full(C, now.timestamp() - _AGE_S))
    nothing_seen = Exposures(np.zeros(C, dtype=np.int64))
    rates = shop.truth.click_probabilities(last.shopper, shop.offers, Scene(now, last.device), nothing_seen)
    return rates, shop.model.scores(build(profile, facts, columns, now))

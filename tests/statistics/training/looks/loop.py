"""The loop, played shopper by shopper: the shipped click model, a posterior of each ad, tastes where they are known.

Each shopper comes for four weeks with an empty profile; each ad is drawn by Thompson sampling, clicks change profile,
posterior and taste. The names of the shop are hidden from the shipped model, as those of a shop it was not trained on.
What is earned is counted as sum(probability of an ad * true probability of its click), so that only the path is chance,
and that is the same for all loops of a world as far as they choose alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from services.assets.creative import Creative
from services.catalogue.catalogue import Catalogue
from services.common.rng import seeded_words, unit_interval
from services.features.creative_columns import CreativeColumns
from services.features.profile import Interaction, Kind, Profile, apply, micros
from services.features.segments import segment_of
from services.features.vector import RequestFacts, build
from services.models import manifest
from services.models.ctr.served import load
from services.models.tensors import CTR
from services.policies.arms import Arms
from services.policies.assignment import THOMPSON
from services.policies.decide import probabilities_of
from services.policies.posterior import ArmSums, Posterior, click_probability, ctr_multipliers
from services.policies.thompson import DRAWS, exploration_floor
from services.simulator.shoppers import Offers, Scene, Truth, Visit, plan_visit
from services.simulator.shoppers.columns_of_creatives import columns_of, offers_of
from services.simulator.shoppers.rhythm import Span, visit_times
from services.simulator.shoppers.shown import Shown
from services.simulator.shoppers.visits import AD_APPEARS_S, click_delay_s, landing
from tests.statistics.training.looks.tastes import Seen, Words
from tests.statistics.training.other_shops import DO, FORMAT

Floats = NDArray[np.float64]
SPAN: Final = Span(datetime(2026, 3, 2, tzinfo=UTC), 28)
_MOST_VISITS: Final = 20  # a few shoppers come ten times as often as most, and would be most of what is counted
_HIDDEN: Final = 2**32 - 1  # the number of a name that no model knows
_AGE_S: Final = 10 * 86_400.0  # of all ads
_MOST: Final = 0.95  # of a click probability with a taste


@dataclass(frozen=True, slots=True, eq=False)
class Front:
    """A shop's ads as the loop and the shoppers see them."""

    catalogue: Catalogue
    creatives: Sequence[Creative]
    columns: CreativeColumns
    offers: Offers
    looks: Floats  # (C, E)

    @classmethod
    def of(cls, catalogue: Catalogue, creatives: Sequence[Creative], words: Words) -> Front:
        """The front with these ads."""
        columns = columns_of(creatives, catalogue)
        categories = columns.categories.copy()
        categories[:, :2] = _HIDDEN
        looks = words.matrix([creative.elements for creative in creatives])
        columns = replace(columns, categories=categories)
        return cls(catalogue, creatives, columns, offers_of(creatives, catalogue), looks)


@dataclass(slots=True)
class Log:
    """What happened, decision by decision."""

    shopper: list[int] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    expected: list[float] = field(default_factory=list)  # of the chosen ad, without the taste
    clicked: list[bool] = field(default_factory=list)
    earned: list[float] = field(default_factory=list)
    best: list[float] = field(default_factory=list)  # of who knows all

    def seen(self, looks: Floats) -> Seen:
        """As the impressions that tastes are learnt from."""
        return Seen(
            looks[self.chosen],
            np.array(self.expected),
            np.array(self.clicked, dtype=np.float64),
            np.array(self.shopper),
        )


class Taste(Protocol):
    """What is known of one shopper's taste for looks."""

    def add(self, ad: int, expected: float, clicked: bool) -> None:
        """One more settled impression, of which so many clicks were expected without the taste."""
        ...

    def shifts(self) -> Floats:
        """By how much the log click rate of each ad is raised, (C,)."""
        ...


class Tastes(Protocol):
    """A way to learn tastes."""

    def of_a_shopper(self) -> Taste:
        """Of one of whom nothing is known."""
        ...


class NoTastes:
    """All shoppers like all looks: the loop as it is."""

    def __init__(self, ads: int) -> None:
        self._nothing: Final = np.zeros(ads)

    def of_a_shopper(self) -> NoTastes:
        """Nothing is kept."""
        return self

    def add(self, ad: int, expected: float, clicked: bool) -> None:
        """Nothing is learnt."""

    def shifts(self) -> Floats:
        """Zeros, (C,)."""
        return self._nothing


class Loop:
    """Plays shoppers one after another."""

    def __init__(self, truth: Truth, front: Front, tastes: Tastes) -> None:
        self.truth, self.front, self.log = truth, front, Log()
        self.tastes: dict[int, Floats] = {}  # shifts of each ad at the end, by shopper
        self._tastes = tastes
        self._arms: dict[str, ArmSums] = defaultdict(ArmSums)
        self._serve = load(manifest.folder_of(CTR.name))

    def play(self, number: int) -> None:
        """Four weeks of the shopper of that number."""
        rng = np.random.Generator(np.random.Philox(key=np.array([self.truth.seed, number], dtype=np.uint64)))
        shopper = self.truth.shopper(number)
        visits = min(round(shopper.activity * SPAN.days / 7), _MOST_VISITS)
        planned = [
            plan_visit(self.truth, shopper, self.front.catalogue, when, rng)
            for when in sorted(visit_times(shopper.persona, visits, SPAN, rng))
        ]
        life = _Life(number, self._tastes.of_a_shopper())
        for visit in planned:
            self._visit(life, visit)
        self.tastes[number] = life.taste.shifts()

    def _visit(self, life: _Life, visit: Visit) -> None:
        now = visit.began_at
        for step in visit.steps:
            now += timedelta(seconds=step.wait_s)
            life.apply(Interaction(DO[step.kind], step.product.product_id, micros(now), pieces=step.pieces), self.front)
            if step.ad_placement:
                now = self._ad(life, visit, step.query, step.ad_placement, now + timedelta(seconds=AD_APPEARS_S))

    def _ad(self, life: _Life, visit: Visit, query: str, placement: str, now: datetime) -> datetime:
        """Shows an ad; returns the time at which the shopper continues the visit."""
        front, ids, shopper = self.front, self.front.columns.creative_ids, visit.shopper
        seed = f"{self.truth.seed}:{life.number}:{life.ads}".encode()
        segment = segment_of(life.profile, visit.device, query, now)
        facts = RequestFacts(shopper.locale, visit.device, "product", query, now, segment, placement, FORMAT)
        scores = self._scores(life.profile, facts, now)
        means, variances = click_probability(scores, *self._multipliers())
        arms = Arms(ids, scores, *self._with_taste(life, means, variances))
        chances = probabilities_of(arms, THOMPSON, seed, exploration_floor(len(ids)), DRAWS)
        seen = life.shown.exposures(ids, now.timestamp())
        clicks = self.truth.click_probabilities(shopper, front.offers, Scene(now, visit.device), seen)
        draw, luck = unit_interval(seeded_words(seed, "played", 2))
        chosen = min(int(np.searchsorted(np.cumsum(chances), draw)), len(ids) - 1)
        clicked = bool(luck < clicks[chosen])
        life.ads += 1
        life.shown.add(ids[chosen], now.timestamp())
        self._learn(life, chosen, float(scores[chosen]), float(means[chosen]), clicked)
        self.log.earned.append(float(chances @ clicks))
        self.log.best.append(float(clicks.max()))
        return self._landed(life, front.columns.product_ids[chosen], now, seed) if clicked else now

    def _scores(self, profile: Profile, facts: RequestFacts, now: datetime) -> Floats:
        C = len(self.front.columns.creative_ids)
        aged = replace(self.front.columns, created_s=np.full(C, now.timestamp() - _AGE_S))
        vectors = build(profile, facts, aged, now)
        with torch.inference_mode():
            served = self._serve(torch.from_numpy(vectors.dense), torch.from_numpy(vectors.categories))[0]
        found: Floats = served[:, 0].double().numpy()
        return found

    def _multipliers(self) -> tuple[Floats, Floats]:
        return ctr_multipliers(Posterior(1, self._arms), self.front.columns.creative_ids)

    def _with_taste(self, life: _Life, means: Floats, variances: Floats) -> tuple[Floats, Floats]:
        raised = np.exp(life.taste.shifts())
        return np.minimum(means * raised, _MOST), variances * raised * raised

    def _learn(self, life: _Life, chosen: int, score: float, mean: float, clicked: bool) -> None:
        log, creative_id = self.log, self.front.columns.creative_ids[chosen]
        self._arms[creative_id] = self._arms[creative_id].after(clicked, score)
        life.taste.add(chosen, mean, clicked)
        log.shopper.append(life.number)
        log.chosen.append(chosen)
        log.expected.append(mean)
        log.clicked.append(clicked)

    def _landed(self, life: _Life, product_id: str, now: datetime, seed: bytes) -> datetime:
        """After a click; by chance of its own, so that what comes later does not depend on whether there was one."""
        rng = np.random.Generator(np.random.Philox(int(seeded_words(seed, "landed", 1)[0])))
        now += timedelta(seconds=click_delay_s(rng))
        life.apply(Interaction(Kind.CLICK, product_id, micros(now), from_ad=True), self.front)
        for step in landing(self.front.catalogue.product(product_id), rng):
            now += timedelta(seconds=step.wait_s)
            life.apply(Interaction(DO[step.kind], step.product.product_id, micros(now), pieces=step.pieces), self.front)
        return now


@dataclass(slots=True)
class _Life:
    """One shopper's state."""

    number: int
    taste: Taste
    profile: Profile = field(default_factory=Profile)
    shown: Shown = field(default_factory=Shown)
    ads: int = 0

    def apply(self, event: Interaction, front: Front) -> None:
        self.profile = apply(self.profile, event, front.catalogue.facts.get)

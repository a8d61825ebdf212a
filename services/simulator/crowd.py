"""Schedules visits: as many as give the wanted rate of events, by shoppers in proportion to their activity."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from services.catalogue.catalogue import Catalogue
from services.simulator.shoppers.rhythm import hour_weights
from services.simulator.shoppers.shopper import PERSONAS
from services.simulator.shoppers.truth import Truth
from services.simulator.shoppers.visits import Visit, plan_visit

_TRIAL_VISITS: Final = 600
_UNDER_WAY_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A visit to be played from its second `skip_s` on."""

    visit: Visit
    skip_s: float
    rng: np.random.Generator


class Crowd:
    """Plans visits; the same seed gives the same shoppers and the same visits in the same order at the same time."""

    def __init__(self, truth: Truth, catalogue: Catalogue, shoppers: int, seed: int) -> None:
        self._truth = truth
        self._catalogue = catalogue
        self._seed = seed
        self._numbers = itertools.count()
        people = [truth.shopper(number) for number in range(shoppers)]
        self._activity = np.array([shopper.activity for shopper in people])
        self._persona = np.array([PERSONAS.index(shopper.persona) for shopper in people])

    def visit(self, when: datetime) -> Plan:
        """The next visit, by a shopper who is likely to come at this hour."""
        rng = np.random.Generator(np.random.Philox(key=np.array([self._seed, next(self._numbers)], dtype=np.uint64)))
        hour = when.weekday() * 24 + when.hour
        now = np.array([hour_weights(persona)[hour] for persona in PERSONAS])
        chances = np.cumsum(self._activity * now[self._persona])
        number = int(np.searchsorted(chances, rng.random() * chances[-1], side="right"))
        return Plan(plan_visit(self._truth, self._truth.shopper(number), self._catalogue, when, rng), 0.0, rng)

    def events_a_visit(self, when: datetime) -> float:
        """The mean number of events of a visit, from a trial."""
        return float(np.mean([len(self.visit(when).visit.steps) for _ in range(_TRIAL_VISITS)]))

    def under_way(self, when: datetime, visits_a_second: float) -> list[Plan]:
        """Visits that began within the last minute and are not over yet, so that the rate is steady from the start."""
        rng = np.random.Generator(np.random.Philox(key=np.array([self._seed, 2**63], dtype=np.uint64)))
        plans = []
        for skip_s in rng.random(round(visits_a_second * _UNDER_WAY_S)) * _UNDER_WAY_S:
            plan = self.visit(when)
            if sum(step.wait_s for step in plan.visit.steps) > skip_s:
                plans.append(Plan(plan.visit, float(skip_s), plan.rng))
        return plans

"""The cases from which policies choose: certain and uncertain arms, equal ones, guards, one or many, and learning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from services.policies.arms import NO_GUARD, Arms, Floats
from services.policies.posterior import NO_SCORE_RATE, ArmSums, Posterior, click_probability, ctr_multipliers


def _ids(count: int) -> tuple[str, ...]:
    return tuple(f"c{number}" for number in range(count))


@dataclass
class Same:
    """The same arms each time."""

    arms: Arms

    def next(self) -> Arms:
        """The arms of the next decision."""
        return self.arms

    def chosen(self, creative_id: str) -> None:
        """Nothing is learnt."""


@dataclass
class Changing:
    """New arms for each decision, from 2 to 24 of them."""

    chance: np.random.Generator

    def next(self) -> Arms:
        """The arms of the next decision."""
        count = int(self.chance.integers(2, 25))
        means = self.chance.lognormal(-3.5, 0.6, count)
        guard = int(self.chance.integers(-1, count))
        return Arms(_ids(count), means, means, means**2 * self.chance.uniform(0.001, 0.2, count), guard)

    def chosen(self, creative_id: str) -> None:
        """Nothing is learnt."""


@dataclass
class Learning:
    """Ten arms whose posterior is updated by clicks: each vector depends on all choices before it."""

    chance: np.random.Generator
    sums: dict[str, ArmSums] = field(default_factory=dict)

    _RATES = np.linspace(0.02, 0.2, 10)
    _SCORES = np.full(10, 0.08)

    def next(self) -> Arms:
        """The arms of the next decision."""
        means, variances = click_probability(self._SCORES, *ctr_multipliers(Posterior(1, self.sums), _ids(10)))
        return Arms(_ids(10), self._SCORES, means, variances)

    def chosen(self, creative_id: str) -> None:
        """Simulates a click or none; about every thousandth time the posterior is reset, to be uncertain again."""
        if self.chance.random() < 0.001:
            self.sums = {}
        clicked = bool(self.chance.random() < self._RATES[int(creative_id[1:])])
        self.sums[creative_id] = self.sums.get(creative_id, ArmSums()).after(clicked, 0.08)


Case = Same | Changing | Learning


def cases(seed: int) -> dict[str, Callable[[], Case]]:
    """Makers of all cases by name; the same seed gives the same cases."""

    def chance(salt: int) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=np.array([seed, salt], dtype=np.uint64)))

    doubt = chance(1).lognormal(-3.5, 0.5, 64)
    fixed = {
        "one arm": _arms([0.02], 0.2),
        "two": _arms([0.03, 0.02], 0.2),
        "three alike": _arms([0.020, 0.021, 0.022], 0.3),
        "equal arms": _arms([0.02] * 5, 0.2),
        "one surely best": _arms([0.3] + [0.01] * 7, 0.05),
        "no doubt": _arms(np.linspace(0.05, 0.01, 6), 0.0),
        "a guard": _arms(doubt[:12], 0.1, guard=3),
        "a guard that rules": _arms([0.02] * 5 + [0.1, 0.11], 0.15, guard=5),
        "no scores": _unscored(6),
        "sixty-four": _arms(doubt, 0.2, guard=63),
    }
    made: dict[str, Callable[[], Case]] = {name: (lambda arms=arms: Same(arms)) for name, arms in fixed.items()}  # type: ignore[misc]
    return {**made, "always others": lambda: Changing(chance(2)), "learning": lambda: Learning(chance(3))}


def _arms(means: list[float] | Floats, relative_deviation: float, guard: int = NO_GUARD) -> Arms:
    values = np.asarray(means, dtype=np.float64)
    return Arms(_ids(len(values)), values, values, (relative_deviation * values) ** 2, guard)


def _unscored(count: int) -> Arms:
    sums = {f"c{number}": ArmSums(clicks=number, expected_clicks=2.0) for number in range(count)}
    base = np.full(count, NO_SCORE_RATE)
    return Arms(_ids(count), None, *click_probability(base, *ctr_multipliers(Posterior(1, sums), _ids(count))))

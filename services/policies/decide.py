"""The whole decision, pure: arms, acting policy and seed in; vector, choice and propensities out."""

from __future__ import annotations

from dataclasses import dataclass

from services.common.errors import Bug
from services.common.rng import seeded_words
from services.policies import thompson, uniform
from services.policies.arms import Arms, Floats
from services.policies.assignment import HOUSE, THOMPSON, UNIFORM
from services.policies.draw import sample


@dataclass(frozen=True, slots=True)
class Decision:
    """A creative was drawn; everything that the draw depended on."""

    arms: Arms
    policy_id: str
    policy_version: int
    seed: bytes
    probabilities: Floats  # (C,), what was drawn from
    exploration_floor: float
    draws: int
    index: int
    target_propensities: dict[str, float]  # of the drawn creative under each judged policy

    @property
    def creative_id(self) -> str:
        """The creative that was drawn."""
        return self.arms.creative_ids[self.index]

    @property
    def propensity(self) -> float:
        """The probability with which it was drawn, in (0, 1]."""
        return float(self.probabilities[self.index])


def decide(arms: Arms, policy_id: str, policy_version: int, seed: bytes) -> Decision:
    """One creative drawn by `uniform` or `thompson`; the other one's propensity for it is computed all the same."""
    count = len(arms.creative_ids)
    control_floor = uniform.exploration_floor(count, arms.inclusion)
    vectors = {
        UNIFORM: probabilities_of(arms, UNIFORM, seed, control_floor, 0),
        THOMPSON: probabilities_of(arms, THOMPSON, seed, thompson.exploration_floor(count), thompson.DRAWS),
    }
    if policy_id not in vectors:
        raise Bug(f"policy_id: {policy_id!r} where one of {', '.join(vectors)} was expected")
    index = sample(vectors[policy_id], seeded_words(seed, "choice", 1))
    return Decision(
        arms,
        policy_id,
        policy_version,
        seed,
        vectors[policy_id],
        control_floor if policy_id == UNIFORM else thompson.exploration_floor(count),
        thompson.DRAWS if policy_id == THOMPSON else 0,
        index,
        {name: float(p[index]) for name, p in vectors.items()},
    )


def probabilities_of(arms: Arms, policy_id: str, seed: bytes, exploration_floor: float, draws: int) -> Floats:
    """The probability vector (C,) of a policy by its id; the one place where an id becomes a formula."""
    count = len(arms.creative_ids)
    if policy_id in (UNIFORM, HOUSE):
        return uniform.probabilities(count, arms.inclusion)
    if policy_id == THOMPSON:
        words = seeded_words(seed, "vector", thompson.vector_words(count, draws))
        return thompson.probabilities(arms, words, exploration_floor, draws)
    raise Bug(f"policy_id: {policy_id!r} where one of {UNIFORM}, {THOMPSON}, {HOUSE} was expected")


def house_decision(arms: Arms, policy_version: int, seed: bytes) -> Decision:
    """The house creative where nothing else is left: the only arm, with propensity 1, outside all judged policies."""
    return Decision(arms, HOUSE, policy_version, seed, uniform.probabilities(1), 1.0, 0, 0, {})

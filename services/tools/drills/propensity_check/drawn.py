"""Draws decisions by the product's own functions and by policies that are wrong on purpose, and sums the results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.common.rng import seeded_words
from services.policies.arms import Arms, Floats
from services.policies.decide import Decision, decide
from services.policies.draw import sample, seed_for
from services.policies.slate import draw_slate
from services.tools.drills.propensity_check.draw_cases import Case
from services.tools.drills.propensity_check.draw_sums import Drawn, Sums, sums_of

KEY = b"drill of propensities"

Twist = Callable[[Decision, bytes], int]
"""A wrong policy: the index that it draws, from the logged decision and the seed of the slate's first slot."""


@dataclass(frozen=True, slots=True)
class Play:
    """How to draw: `slates` slates of `slots` slots by a policy."""

    policy: str
    slates: int
    slots: int
    name: str  # prefix of the request ids
    twist: Twist | None = None


@dataclass(slots=True)
class PlayResult:
    """The results of a play."""

    by_slot: list[Sums] = field(default_factory=list)
    decisions: int = 0
    faulty: int = 0  # vectors that do not sum to 1, are below their floor, or disagree with the logged propensities
    repeated: int = 0  # slates with a creative twice


def play(case: Case, how: Play) -> PlayResult:
    """The sums of one case, by slot."""
    seen = PlayResult()
    vectors: list[list[Floats]] = [[] for _ in range(how.slots)]
    choices: list[list[int]] = [[] for _ in range(how.slots)]
    before: list[list[int]] = [[] for _ in range(how.slots)]
    last = -1
    for number in range(how.slates):
        arms = case.next()
        seeds = [seed_for(KEY, f"{how.name}-{number}", "top", slot) for slot in range(how.slots)]
        shown: list[int] = []
        for slot, (decision, index) in enumerate(_slate(arms, how, seeds)):
            drawn = _number(decision.arms.creative_ids[index])
            vectors[slot].append(_whole(decision, len(arms.creative_ids)))
            choices[slot].append(drawn)
            before[slot].append(shown[-1] if shown else last)
            shown.append(drawn)
            seen.faulty += not _is_sound(decision, how.policy)
        case.chosen(f"c{shown[0]}")
        last = shown[0]
        seen.decisions += len(shown)
        seen.repeated += len(set(shown)) < len(shown)
    for slot in range(how.slots):
        if choices[slot]:
            seen.by_slot.append(sums_of(_drawn(vectors[slot], choices[slot], before[slot])))
    return seen


def before_the_floor(decision: Decision, _: bytes) -> int:
    """Wrong: the floor is logged, but the draw is made without it."""
    C, f = len(decision.probabilities), decision.exploration_floor
    bare = decision.probabilities if C * f > 1 - 1e-9 else (decision.probabilities - f) / (1 - C * f)
    return sample(bare, seeded_words(decision.seed, "choice", 1))


def nearer_to_the_first(decision: Decision, _: bytes) -> int:
    """Wrong: the draw is from a vector that moves a twentieth of the probability to the first arm."""
    nearer = 0.95 * decision.probabilities
    nearer[0] += 0.05
    return sample(nearer, seeded_words(decision.seed, "choice", 1))


def one_draw_for_all_slots(decision: Decision, first_seed: bytes) -> int:
    """Wrong: the slots of a slate share one random number."""
    return sample(decision.probabilities, seeded_words(first_seed, "choice", 1))


def _slate(arms: Arms, how: Play, seeds: Sequence[bytes]) -> Iterator[tuple[Decision, int]]:
    if how.twist is None:
        yield from ((decision, decision.index) for decision in draw_slate(arms, how.policy, 1, seeds))
        return
    for seed in seeds:
        decision = decide(arms, how.policy, 1, seed)
        index = how.twist(decision, seeds[0])
        yield decision, index
        if len(arms.creative_ids) == 1:
            return
        arms = arms.without(index)


def _is_sound(decision: Decision, policy: str) -> bool:
    p = decision.probabilities
    return bool(
        abs(p.sum() - 1) <= 1e-12
        and p.min() >= decision.exploration_floor > 0
        and decision.propensity == p[decision.index] == decision.target_propensities[policy]
    )


def _number(creative_id: str) -> int:
    return int(creative_id[1:])


def _whole(decision: Decision, count: int) -> Floats:
    """The logged vector over all arms of the slate, 0 for arms that earlier slots have."""
    if len(decision.arms.creative_ids) == count:
        return decision.probabilities
    whole = np.zeros(count)
    whole[[_number(creative_id) for creative_id in decision.arms.creative_ids]] = decision.probabilities
    return whole


def _drawn(vectors: list[Floats], choices: list[int], before: list[int]) -> Drawn:
    table = np.zeros((len(vectors), max(map(len, vectors))))
    for row, vector in zip(table, vectors, strict=True):
        row[: len(vector)] = vector
    return Drawn(table, np.array(choices), np.array(before))

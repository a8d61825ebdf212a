"""A logged decision made again from its record alone, bit for bit (law 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.common.errors import Rejected
from services.common.rng import GENERATOR, seeded_words
from services.policies.arms import Arms
from services.policies.decide import probabilities_of
from services.policies.draw import sample


@dataclass(frozen=True, slots=True)
class Replay:
    """What the record's own inputs give, and whether that is what was logged."""

    same: bool
    creative_id: str
    propensity: float


def replay(record: Impression) -> Replay:
    """Vector and choice again; `same` only if every float64 of the vector, the choice and the propensity are equal.

    Raises `Rejected` for a record that this code did not make: an imported one, or one of another generator.
    """
    if record.foreign:
        raise Rejected("foreign", "foreign", True, "a decision of our own: another system's cannot be made again")
    if record.generator != GENERATOR:
        raise Rejected("invalid", "generator", record.generator, GENERATOR)
    arms = _arms(record)
    logged = np.array(record.probabilities)
    again = probabilities_of(arms, record.policy_id, record.seed, record.floor, record.draws)
    index = sample(again, seeded_words(record.seed, "choice", 1))
    chosen, propensity = arms.creative_ids[index], float(again[index])
    same = np.array_equal(again, logged) and chosen == record.creative_id and propensity == record.propensity
    return Replay(bool(same), chosen, propensity)


def _arms(record: Impression) -> Arms:
    return Arms(
        tuple(record.candidates),
        np.array(record.scores) if record.scores else None,
        np.array(record.posterior_means),
        np.array(record.posterior_variances),
        record.guard_index,
        np.array(record.inclusion_chances) if record.inclusion_chances else None,
    )

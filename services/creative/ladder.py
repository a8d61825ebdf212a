"""Chooses the rung of the fallback ladder that answers, by what arrived in time (law 1).

    fresh scores -> last known scores -> the policy's prior -> the house creative

The probabilities are computed from the rung's scores and logged with them, so the propensity is exact on every rung.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from protos.gen.adloom.events.v1 import impression_pb2 as pb
from services.policies.arms import Floats

LEAST_KNOWN: Final = 0.5
"""Share of the candidates whose score must be known for the last known scores to be used."""

RUNG_NAMES: Final = {
    pb.RUNG_FRESH_SCORES: "fresh_scores",
    pb.RUNG_LAST_KNOWN_SCORES: "last_known_scores",
    pb.RUNG_POLICY_PRIOR: "policy_prior",
    pb.RUNG_HOUSE_CREATIVE: "house_creative",
}


@dataclass(frozen=True, slots=True, eq=False)
class Rung:
    """A rung with the scores that it uses."""

    rung: pb.Rung
    scores: Floats | None  # (C,), None on the prior's rung
    degraded: tuple[str, ...]  # the failed part and the rung's name; empty for fresh scores


def fresh_rung(scores: Floats) -> Rung:
    """The highest rung: the model scored (C,) this request."""
    return Rung(pb.RUNG_FRESH_SCORES, scores, ())


def fallback_rung(last_known: Floats) -> Rung:
    """The best rung without the model; `last_known` (C,) has NaN for unknown scores.

    Candidates without a last known score get the mean of the known ones.
    """
    known = np.isfinite(last_known)
    if known.sum() >= max(LEAST_KNOWN * len(known), 1):
        filled = np.where(known, last_known, last_known[known].mean())
        return Rung(pb.RUNG_LAST_KNOWN_SCORES, filled, ("triton", RUNG_NAMES[pb.RUNG_LAST_KNOWN_SCORES]))
    return Rung(pb.RUNG_POLICY_PRIOR, None, ("triton", RUNG_NAMES[pb.RUNG_POLICY_PRIOR]))

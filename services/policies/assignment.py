"""Which policy acts for a shopper: a fixed control share by salted hash, the same on every replica and every visit."""

from __future__ import annotations

import hashlib
from typing import Final

UNIFORM: Final = "uniform"
THOMPSON: Final = "thompson"
HOUSE: Final = "house"
"""Policy id of house creatives that fill an empty slot; no choice is made, so the propensity is 1."""

CONTROL_SHARE: Final = 0.1

EXPERIMENT_GROUPS: Final = {UNIFORM: "control", THOMPSON: "treatment", HOUSE: ""}
"""The experiment's group by policy (the field `experiment_arm` of a decision record)."""

DRILL: Final = "drill"
"""Replaces the group where the caller gave the seed of the draw: its outcomes are excluded from rates and learning."""


def assign(unit: str, salt: str) -> str:
    """`uniform` for a tenth of units, `thompson` for the rest; a unit is a pseudonym, or an anonymous request's id."""
    digest = hashlib.sha256(f"{salt}\0{unit}".encode()).digest()
    return UNIFORM if int.from_bytes(digest[:8], "big") < CONTROL_SHARE * 2.0**64 else THOMPSON

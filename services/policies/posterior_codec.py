"""Encodes a posterior as a message of `ad.policy`, and decodes it.

    sums of each arm -> `arm_of` -> `arms_that_fit` -> `version_of` -> PolicyVersion -> `posterior_of` -> Posterior

A version is one message or several (`posterior_parts.py`). Arms that do not fit are those with the fewest impressions:
they stay at the prior, from which they have moved least.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime

from protos.gen.adloom.events.v1.policy_pb2 import ArmPosterior, PolicyVersion
from services.common.errors import Rejected
from services.policies.assignment import THOMPSON
from services.policies.posterior import PRIOR_RATE, PRIOR_SHAPE, ArmSums, Posterior
from services.policies.posterior_parts import FRAME_BYTES, MOST_PARTS, PART_BYTES, VERSION_BYTES


def check_version(version: PolicyVersion) -> None:
    """Raises `Rejected` for sums, a prior or a part that no counting could have given."""
    if not 0 <= version.part < max(version.parts, 1) <= MOST_PARTS:
        raise Rejected("invalid", "part, parts", (version.part, version.parts), f"one of at most {MOST_PARTS} parts")
    prior = (version.prior_shape, version.prior_rate)
    if not all(math.isfinite(value) and value > 0 for value in prior):
        raise Rejected("invalid", "prior_shape, prior_rate", prior, "two numbers above 0")
    for arm in version.arms:
        if arm.clicks < 0 or not (math.isfinite(arm.expected_clicks) and arm.expected_clicks >= 0):
            given = (arm.creative_id, arm.clicks, arm.expected_clicks)
            raise Rejected("invalid", "arms", given, "counts from 0")


def posterior_of(version: PolicyVersion) -> Posterior:
    """The posterior of a whole version; it must have passed `check_version`."""
    sums = {arm.creative_id: ArmSums(arm.clicks, arm.expected_clicks) for arm in version.arms}
    return Posterior(version.version, sums, version.prior_shape, version.prior_rate)


def version_of(
    number: int, arms: Iterable[ArmPosterior], included_offsets: Mapping[int, int], updated_at: datetime
) -> PolicyVersion:
    """Version `number`, from 1, of what `thompson` has learnt, with the prior that the sums are added to.

    `included_offsets` are those after the last outcome included, by partition of `ad.outcomes`.
    """
    return PolicyVersion(
        policy_id=THOMPSON,
        version=number,
        updated_at=updated_at,
        arms=arms,
        included_offsets=dict(included_offsets),
        prior_shape=PRIOR_SHAPE,
        prior_rate=PRIOR_RATE,
    )


def arm_of(creative_id: str, impressions: int, sums: ArmSums) -> ArmPosterior:
    """One arm of a version, over so many closed impressions."""
    return ArmPosterior(
        creative_id=creative_id, impressions=impressions, clicks=sums.clicks, expected_clicks=sums.expected_clicks
    )


def arms_that_fit(arms: Iterable[ArmPosterior], room: int = VERSION_BYTES) -> list[ArmPosterior]:
    """As many arms as a version holds, those with the most impressions, by creative."""
    fitting: list[ArmPosterior] = []
    for arm in sorted(arms, key=lambda arm: (-arm.impressions, arm.creative_id)):
        size = arm.ByteSize() + FRAME_BYTES
        if size <= min(room, PART_BYTES):  # an arm with a huge id leaves out only itself
            fitting.append(arm)
            room -= size
    return sorted(fitting, key=lambda arm: arm.creative_id)

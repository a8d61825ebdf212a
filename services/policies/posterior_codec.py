"""Encodes a posterior as a message of `ad.policy`, and decodes it.

    sums of each arm -> `arm_of` -> `arms_that_fit` -> `version_of` -> PolicyVersion -> `posterior_of` -> Posterior

A version is one message, so that no process applies half of one. Arms that do not fit are those with the fewest
impressions: they stay at the prior, from which they have moved least.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from protos.gen.adloom.events.v1.policy_pb2 import ArmPosterior, PolicyVersion
from services.common.errors import Rejected
from services.policies.assignment import THOMPSON
from services.policies.posterior import PRIOR_RATE, PRIOR_SHAPE, ArmSums, Posterior

MAX_ARMS_BYTES: Final = 900_000
"""Room for the arms in one message; about 15,000 of them. Kafka takes 1 MiB, and checks the size before compression."""

_FRAME_BYTES: Final = 8  # at most, around an arm in its message


def posterior_of(version: PolicyVersion) -> Posterior:
    """The posterior; `Rejected` for sums or a prior that no counting could have given."""
    prior = (version.prior_shape, version.prior_rate)
    if not all(math.isfinite(value) and value > 0 for value in prior):
        raise Rejected("invalid", "prior_shape, prior_rate", prior, "two numbers above 0")
    for arm in version.arms:
        if arm.clicks < 0 or not (math.isfinite(arm.expected_clicks) and arm.expected_clicks >= 0):
            given = (arm.creative_id, arm.clicks, arm.expected_clicks)
            raise Rejected("invalid", "arms", given, "counts from 0")
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


def arms_that_fit(arms: Iterable[ArmPosterior]) -> list[ArmPosterior]:
    """As many arms as one message holds, those with the most impressions, by creative."""
    fitting: list[ArmPosterior] = []
    room = MAX_ARMS_BYTES
    for arm in sorted(arms, key=lambda arm: (-arm.impressions, arm.creative_id)):
        size = arm.ByteSize() + _FRAME_BYTES
        if size <= room:  # an arm with a huge id leaves out only itself
            fitting.append(arm)
            room -= size
    return sorted(fitting, key=lambda arm: arm.creative_id)

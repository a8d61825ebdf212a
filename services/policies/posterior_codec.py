"""A published policy version as the posterior that decisions use."""

from __future__ import annotations

import math

from protos.gen.adloom.events.v1.policy_pb2 import PolicyVersion
from services.common.errors import Rejected
from services.policies.posterior import ArmSums, Posterior


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

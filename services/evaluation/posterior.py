"""Builds the posterior that is published: the sums of all arms, with an increasing version.

Arms that do not fit into a version (`services/policies/posterior_codec.py`) are counted by `left_out`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from protos.gen.adloom.events.v1 import policy_pb2
from services.evaluation.outcome_tally import OutcomeTally
from services.policies.posterior import ArmSums
from services.policies.posterior_codec import arm_of, arms_that_fit, version_of


def next_version(
    total: OutcomeTally, last: policy_pb2.PolicyVersion | None, offsets: Mapping[int, int], now: datetime
) -> policy_pb2.PolicyVersion | None:
    """The version after `last`, or None where no arm's sums have changed since.

    `offsets` are those after the last outcome included, by partition of `ad.outcomes`.
    """
    arms = arms_that_fit(
        arm_of(creative_id, arm.impressions, ArmSums(arm.clicks, arm.expected))
        for creative_id, arm in total.arms.items()
    )
    if arms == (list(last.arms) if last else []):
        return None
    return version_of((last.version if last else 0) + 1, arms, offsets, now)


def left_out(total: OutcomeTally, version: policy_pb2.PolicyVersion) -> int:
    """How many arms of `total` did not fit into `version`."""
    return len(total.arms) - len(version.arms)

"""The sums that the policies learn from, as they are published: whole, with a version that grows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from protos.gen.adloom.events.v1 import policy_pb2
from services.evaluation.tally import Tally
from services.policies.assignment import THOMPSON
from services.policies.posterior import PRIOR_RATE, PRIOR_SHAPE


def next_version(
    total: Tally, last: policy_pb2.PolicyVersion | None, offsets: Mapping[int, int], now: datetime
) -> policy_pb2.PolicyVersion | None:
    """The version after `last`, or None where no arm's sums have changed since.

    `offsets` are those after the last outcome included, by partition of `ad.outcomes`.
    """
    arms = [
        policy_pb2.ArmPosterior(
            creative_id=creative_id, impressions=arm.impressions, clicks=arm.clicks, expected_clicks=arm.expected
        )
        for creative_id, arm in sorted(total.arms.items())
    ]
    if arms == (list(last.arms) if last else []):
        return None
    return policy_pb2.PolicyVersion(
        policy_id=THOMPSON,
        version=(last.version if last else 0) + 1,
        updated_at=now,
        arms=arms,
        included_offsets=dict(offsets),
        prior_shape=PRIOR_SHAPE,
        prior_rate=PRIOR_RATE,
    )

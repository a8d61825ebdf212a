"""The sums that the policies learn from, as they are published: whole, with a version that grows.

A version is one message, so that nobody ever applies half of one. What one message cannot hold are the arms with the
fewest impressions: those stay at the prior, from which they have moved least, and are counted (`left_out`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from protos.gen.adloom.events.v1 import policy_pb2
from services.evaluation.tally import Tally
from services.policies.assignment import THOMPSON
from services.policies.posterior import PRIOR_RATE, PRIOR_SHAPE

MAX_ARMS_BYTES: Final = 900_000
"""Room for the arms in one message; about 15,000 of them. Kafka takes 1 MiB, and compresses nothing before it asks."""

_FRAME_BYTES: Final = 8  # at most, around an arm in its message


def next_version(
    total: Tally, last: policy_pb2.PolicyVersion | None, offsets: Mapping[int, int], now: datetime
) -> policy_pb2.PolicyVersion | None:
    """The version after `last`, or None where no arm's sums have changed since.

    `offsets` are those after the last outcome included, by partition of `ad.outcomes`.
    """
    arms = _arms(total)
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


def left_out(total: Tally, version: policy_pb2.PolicyVersion) -> int:
    """How many arms of `total` its `version` has no room for."""
    return len(total.arms) - len(version.arms)


def _arms(total: Tally) -> list[policy_pb2.ArmPosterior]:
    """As many arms as fit, those with the most impressions, by creative."""
    most_first = sorted(total.arms, key=lambda creative_id: (-total.arms[creative_id].impressions, creative_id))
    fitting: list[policy_pb2.ArmPosterior] = []
    room = MAX_ARMS_BYTES
    for creative_id in most_first:
        arm = total.arms[creative_id]
        made = policy_pb2.ArmPosterior(
            creative_id=creative_id, impressions=arm.impressions, clicks=arm.clicks, expected_clicks=arm.expected
        )
        size = made.ByteSize() + _FRAME_BYTES
        if size <= room:  # an id of half a megabyte keeps nobody out but itself
            fitting.append(made)
            room -= size
    return sorted(fitting, key=lambda made: made.creative_id)

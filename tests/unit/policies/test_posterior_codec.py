"""What is written as a version is read back as the same posterior."""

from __future__ import annotations

from datetime import UTC, datetime

from protos.gen.adloom.events.v1.policy_pb2 import PolicyVersion
from services.policies.posterior import ArmSums, Posterior
from services.policies.posterior_codec import arm_of, arms_that_fit, posterior_of, version_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SUMS = {"c-1": ArmSums(3, 2.5), "c-2": ArmSums(0, 1e-9)}


def test_a_version_is_read_back_as_the_posterior_that_was_written() -> None:
    arms = arms_that_fit(arm_of(creative_id, 9, sums) for creative_id, sums in SUMS.items())
    made = version_of(7, arms, {0: 5, 3: 1}, NOW)
    received = PolicyVersion.FromString(made.SerializeToString())
    assert posterior_of(received) == Posterior(7, SUMS)
    assert dict(received.included_offsets) == {0: 5, 3: 1}
    assert [arm.impressions for arm in received.arms] == [9, 9]


def test_arms_are_written_in_one_order_whatever_order_they_come_in() -> None:
    arms = [arm_of(creative_id, impressions, ArmSums()) for creative_id, impressions in (("b", 1), ("a", 2), ("c", 3))]
    assert arms_that_fit(arms) == arms_that_fit(reversed(arms))
    assert [arm.creative_id for arm in arms_that_fit(arms)] == ["a", "b", "c"]

"""What is written as a version is read back as the same posterior."""

from __future__ import annotations

from datetime import UTC, datetime

from protos.gen.adloom.events.v1.policy_pb2 import PolicyVersion
from services.policies.posterior import ArmSums, Posterior
from services.policies.posterior_codec import arm_of, arms_that_fit, posterior_of, version_of
from services.policies.posterior_parts import PART_BYTES, WholeVersions, key_of, parts_of

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


def test_forty_thousand_arms_travel_in_parts_and_count_only_together() -> None:
    sums = {f"c-{number:020x}": ArmSums(number, number / 7) for number in range(40_000)}
    arms = arms_that_fit(arm_of(creative_id, 9, one) for creative_id, one in sums.items())
    parts = parts_of(version_of(7, arms, {0: 5}, NOW))
    older = parts_of(version_of(6, arms[1:], {0: 4}, NOW))
    assert [part.ByteSize() < PART_BYTES + 1_000 for part in parts] == [True, True, True]
    assert [key_of(part) for part in parts] == ["thompson", "thompson/1", "thompson/2"]
    subject = WholeVersions()
    assert [subject.add(part) for part in (*older[:2], *reversed(parts[1:]))] == [None] * 4
    whole = subject.add(parts[0])
    assert whole == version_of(7, arms, {0: 5}, NOW)
    assert posterior_of(whole).sums == sums

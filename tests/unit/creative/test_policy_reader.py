"""What the reader makes of messages on `ad.policy`; the connection to Kafka is tested with a real one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from protos.gen.adloom.events.v1.policy_pb2 import ArmPosterior, PolicyVersion
from services.common.clock import to_ms
from services.common.topics import POLICY
from services.creative.policy_reader import PolicyReader
from services.policies.posterior import ArmSums, Posterior
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord, Record

REFUSED: list[Record] = []


@pytest.fixture
def reader() -> PolicyReader:
    REFUSED.clear()
    made = PolicyReader("127.0.0.1:1")
    made.refuse = REFUSED.append
    return made


def raw(version: PolicyVersion, offset: int = 0) -> RawRecord:
    now = datetime.now(UTC)
    sent = encode(version, event_id=f"e-{offset}", source="evaluation", time=now, key=version.policy_id.encode())
    return RawRecord(POLICY, 0, offset, to_ms(now), sent.key, sent.value, sent.headers)


def version(number: int, **fields: object) -> PolicyVersion:
    arms = [ArmPosterior(creative_id="a", impressions=10, clicks=2, expected_clicks=1.5)]
    given = {"policy_id": "thompson", "version": number, "arms": arms, "prior_shape": 20.0, "prior_rate": 20.0}
    return PolicyVersion(**{**given, **fields})  # type: ignore[arg-type]


def test_until_a_version_comes_the_prior_decides(reader: PolicyReader) -> None:
    assert reader.current.version == 0
    assert reader.current.sums == {}


def test_the_last_version_counts(reader: PolicyReader) -> None:
    reader.apply(raw(version(7)))
    reader.apply(raw(version(8), offset=1))
    assert reader.current == Posterior(8, {"a": ArmSums(2, 1.5)}, 20.0, 20.0)


def test_within_a_partition_the_offset_decides_where_the_brokers_clock_went_back(reader: PolicyReader) -> None:
    first, second = raw(version(7)), raw(version(8), offset=1)
    reader.apply(first)
    reader.apply(replace(second, timestamp_ms=first.timestamp_ms - 60_000))
    assert reader.current.version == 8
    reader.apply(replace(raw(version(6)), partition=1, timestamp_ms=first.timestamp_ms - 120_000))
    assert reader.current.version == 8, "of two partitions, the later message counts"


def test_another_policy_changes_nothing(reader: PolicyReader) -> None:
    reader.apply(raw(version(7, policy_id="greedy")))
    assert reader.current.version == 0
    assert REFUSED == []


@pytest.mark.parametrize(
    "bad",
    [
        {"prior_shape": 0.0},
        {"prior_rate": float("nan")},
        {"arms": [ArmPosterior(creative_id="a", clicks=-1)]},
        {"arms": [ArmPosterior(creative_id="a", expected_clicks=float("inf"))]},
    ],
)
def test_sums_that_no_counting_gives_go_to_the_dead_letters(reader: PolicyReader, bad: dict[str, object]) -> None:
    reader.apply(raw(version(7)))
    reader.apply(raw(version(8, **bad), offset=3))
    assert reader.current.version == 7
    headers = dict(REFUSED[0].headers)
    assert (headers["adloom_reason"], headers["adloom_topic"], headers["adloom_offset"]) == (
        b"invalid",
        b"ad.policy",
        b"3",
    )


def test_bytes_that_are_no_message_go_to_the_dead_letters(reader: PolicyReader) -> None:
    good = raw(version(7))
    reader.apply(RawRecord(POLICY, 0, 4, good.timestamp_ms, good.key, b"\xff\xff", good.headers))
    assert dict(REFUSED[0].headers)["adloom_reason"] == b"undecodable"

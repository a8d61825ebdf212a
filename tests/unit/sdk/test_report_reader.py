"""Which message on `ad.reports` is the newest report; reading it from a broker is tested with a real one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from protos.gen.adloom.events.v1.policy_pb2 import PolicyVersion, Report
from services.common.clock import to_ms
from services.common.topics import LIVE_REPORT, REPORTS
from services.sdk.report_reader import newest
from services.wire.codec.encode import encode
from services.wire.codec.envelope import RawRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def raw(message: Report | PolicyVersion, offset: int = 0) -> RawRecord:
    sent = encode(message, event_id=f"e{offset}", source="test", time=NOW, key=b"key")
    return RawRecord(REPORTS, 0, offset, to_ms(NOW), sent.key, sent.value, sent.headers)


def report(minutes: int, report_id: str = LIVE_REPORT) -> Report:
    return Report(report_id=report_id, as_of=NOW + timedelta(minutes=minutes), impressions=minutes)


def test_the_newest_by_its_own_time_is_found_whatever_the_order() -> None:
    found = newest(raw(report(minutes), offset) for offset, minutes in enumerate((1, 3, 2)))
    assert found == report(3)


def test_reports_of_other_names_foreign_messages_and_garbage_are_passed_over() -> None:
    garbage = RawRecord(REPORTS, 0, 9, to_ms(NOW), None, b"\xff\xff", (("x", None),))
    foreign = raw(PolicyVersion(policy_id="thompson", version=1, prior_shape=1.0, prior_rate=1.0))
    assert newest([garbage, foreign, raw(report(9, "weekly")), raw(report(1))]) == report(1)
    assert newest([garbage, foreign, raw(report(9, "weekly"))]) is None
    assert newest([]) is None

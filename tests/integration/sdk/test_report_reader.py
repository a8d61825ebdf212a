"""The newest report is found on real Kafka, at the end of the topic or far before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from protos.gen.adloom.events.v1.policy_pb2 import Report
from services.common.errors import Unavailable
from services.common.topics import LIVE_REPORT, REPORTS
from services.sdk.report_reader import newest_report
from services.tools.stack.session import RunningStack
from services.wire.codec.encode import encode
from services.wire.kafka.producer import Producer, ProducerSettings
from services.wire.kafka.reader import read_to_end

NOW = datetime.now(UTC).replace(microsecond=0)


class Reports:
    """Writes reports as evaluation does."""

    def __init__(self, kafka: str) -> None:
        self.kafka = kafka
        self._producer = Producer(ProducerSettings(kafka))

    def write(self, report_id: str, *minutes: int) -> None:
        """Reports of so many minutes from now, in this order."""
        for minute in minutes:
            message = Report(report_id=report_id, as_of=NOW + timedelta(minutes=minute), impressions=minute)
            event_id = f"{report_id}/{minute}"
            self._producer.send(encode(message, event_id=event_id, source="t", time=NOW, key=report_id.encode()))
        self._producer.flush(30)

    def close(self) -> None:
        """Lets go of the broker."""
        self._producer.close(5)


@pytest.fixture
def reports(parts: RunningStack) -> Iterator[Reports]:
    with closing(Reports(parts.kafka)) as made:
        yield made


def test_the_newest_report_is_found_behind_others_and_in_a_long_topic(reports: Reports) -> None:
    assert newest_report(reports.kafka).report_id == LIVE_REPORT  # an empty one, where none was made yet
    reports.write(LIVE_REPORT, *range(1, 31), 2)
    assert newest_report(reports.kafka).impressions == 30
    reports.write("weekly", *range(100, 130))  # more than are looked at first
    assert newest_report(reports.kafka).impressions == 30
    assert [raw.key for raw in read_to_end(reports.kafka, REPORTS, last=3)] == [b"weekly"] * 3
    assert len(list(read_to_end(reports.kafka, REPORTS, last=1_000))) == len(list(read_to_end(reports.kafka, REPORTS)))


def test_a_broker_that_is_away_is_told_in_time() -> None:
    with pytest.raises(Unavailable, match="no broker answered at 127.0.0.1:1"):
        newest_report("127.0.0.1:1", timeout_s=0.3)

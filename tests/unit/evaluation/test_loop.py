"""The process counts each outcome once, whatever is repeated and wherever it is ended, and publishes whole versions."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from protos.gen.adloom.events.v1 import policy_pb2
from services.common.clock import FixedClock
from services.common.errors import Unavailable
from services.common.health import Readiness
from services.common.topics import DEADLETTER, IMPRESSIONS, OUTCOMES, POLICY, REPORTS
from services.evaluation.ledger import Ledger
from services.evaluation.loop import Evaluation
from services.evaluation.memory_log import MemoryLog
from services.evaluation.publisher import Publisher
from services.wire.decode import decode
from services.wire.envelope import Record
from services.wire.memory_sink import MemorySink
from tests.unit.evaluation.outcomes_made import NOW, outcome, send, send_impression


class Process:
    """One life of the process over a file and a sink that outlive it."""

    def __init__(self, file: Path, sink: MemorySink) -> None:
        self.sink, self.clock, self.readiness = sink, FixedClock(NOW), Readiness()
        self.log = MemoryLog(sink, (OUTCOMES, IMPRESSIONS), at_once=3)
        self.ledger = Ledger(file)
        publisher = Publisher(self.ledger, sink, self.clock)
        self.evaluation = Evaluation(self.ledger, self.log, publisher, self.clock, publish_s=1.0)
        self.evaluation.start(newest(sink, POLICY))  # type: ignore[arg-type]  # the topic holds nothing else

    def steps(self, count: int = 20) -> Process:
        for _ in range(count):
            self.evaluation.step(self.readiness)
            self.clock.advance(timedelta(seconds=0.5))
        return self

    def killed(self) -> None:
        self.ledger.close()


def newest(sink: MemorySink, topic: str) -> object:
    messages = [decode(raw).message for raw in sink.read(topic)]
    return messages[-1] if messages else None


def report(sink: MemorySink) -> policy_pb2.Report:
    found = newest(sink, REPORTS)
    assert isinstance(found, policy_pb2.Report)
    return found


def version(sink: MemorySink) -> policy_pb2.PolicyVersion:
    found = newest(sink, POLICY)
    assert isinstance(found, policy_pb2.PolicyVersion)
    return found


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink(FixedClock(NOW))


def test_repeats_and_early_clicks_count_once_and_only_closed_windows_make_rates(file: Path, sink: MemorySink) -> None:
    for number in range(4):
        send_impression(sink, number)
        send_impression(sink, number)
    send(sink, outcome(0, clicked=True, closed=False), outcome(1, clicked=True, closed=False))
    send(sink, outcome(0, clicked=True), outcome(0, clicked=True), outcome(2), outcome(2))
    Process(file, sink).steps().killed()
    found = report(sink)
    assert (found.impressions, found.outcomes) == (4, 3)
    assert [(p.policy, p.impressions, p.clicks) for p in found.policies] == [("uniform", 2, 1)]
    assert found.policies[0].ctr_low < 0.5 < found.policies[0].ctr_high


def test_killed_after_any_step_it_counts_the_same(file: Path, sink: MemorySink) -> None:
    for number in range(30):
        send_impression(sink, number)
        send(sink, outcome(number, clicked=number % 5 == 0), outcome(number, clicked=number % 5 == 0))
    for life in range(12):
        Process(file, sink).steps(life % 3 + 1).killed()
    Process(file, sink).steps(60).killed()
    found = report(sink)
    assert (found.impressions, found.outcomes) == (30, 30)
    assert [(p.impressions, p.clicks) for p in found.policies] == [(30, 6)]
    assert [(a.creative_id, a.impressions, a.clicks) for a in version(sink).arms] == [("c1", 30, 6)]
    assert version(sink).arms[0].expected_clicks == pytest.approx(3.0, rel=1e-12)


def test_a_lost_file_is_made_anew_from_the_topics_and_versions_go_on(file: Path, sink: MemorySink) -> None:
    send(sink, *(outcome(number) for number in range(10)))
    Process(file, sink).steps().killed()
    before = version(sink)
    file.unlink()
    send(sink, outcome(10, clicked=True))
    Process(file, sink).steps().killed()
    assert version(sink).version == before.version + 1
    assert version(sink).arms[0].impressions == 11
    assert report(sink).outcomes == 11


def test_a_version_is_published_only_when_an_arm_changed(file: Path, sink: MemorySink) -> None:
    send(sink, outcome(1))
    process = Process(file, sink).steps()
    send(sink, outcome(1), outcome(2, clicked=True, closed=False))
    process.steps().killed()
    assert [decode(raw).message.version for raw in sink.read(POLICY)] == [1]  # type: ignore[attr-defined]
    assert dict(version(sink).included_offsets) != dict(report(sink).included_offsets)


def test_nothing_is_published_before_the_topics_have_been_read_to_where_they_ended(
    file: Path, sink: MemorySink
) -> None:
    send(sink, *(outcome(number) for number in range(10)))
    process = Process(file, sink).steps(3)
    assert not sink.read(REPORTS)
    process.steps(1).killed()
    assert [decode(raw).message.outcomes for raw in sink.read(REPORTS)] == [10]  # type: ignore[attr-defined]


def test_an_absent_broker_is_waited_for_by_name_and_nothing_is_lost(file: Path, sink: MemorySink) -> None:
    process = Process(file, sink)
    send(sink, outcome(1))
    sink.send(Record(OUTCOMES, b"u1-" + b"a" * 32, b"rubbish", ()))
    sink.failure = Unavailable("kafka", "gone")
    process.steps(5)
    assert "kafka" in process.readiness.waits()
    assert process.ledger.offsets() == {}, "offsets are passed only when the dead letters are safe"
    sink.failure = None
    process.steps().killed()
    assert process.readiness.waits() == []
    assert report(sink).outcomes == 1
    assert {dict(raw.headers)["adloom_reason"] for raw in sink.read(DEADLETTER)} == {b"undecodable"}


def test_topics_that_were_made_anew_start_the_count_anew(file: Path, sink: MemorySink) -> None:
    send(sink, *(outcome(number) for number in range(10)))
    Process(file, sink).steps().killed()
    other = MemorySink(FixedClock(NOW))
    send(other, outcome(3))
    Process(file, other).steps().killed()
    assert report(other).outcomes == 1
    assert version(other).version == 2, "a version is never given out twice"


def test_one_process_at_a_time_holds_the_ledger(file: Path, sink: MemorySink) -> None:
    process = Process(file, sink)
    with pytest.raises(Exception, match="locked"):
        Ledger(file)
    process.killed()
    Ledger(file).close()


def test_bots_house_fills_and_imported_logs_teach_and_rate_apart(file: Path, sink: MemorySink) -> None:
    send(sink, outcome(1, invalid_traffic="bot"), outcome(2, policy_id="house", creative_id="house-300x250"))
    send(sink, outcome(3, clicked=True, policy_id="open-bandit-bts", foreign=True), outcome(4))
    Process(file, sink).steps().killed()
    assert [(p.policy, p.impressions, p.foreign) for p in report(sink).policies] == [
        ("uniform", 1, False),
        ("open-bandit-bts", 1, True),
    ]
    assert [(a.creative_id, a.impressions, a.clicks) for a in version(sink).arms] == [
        ("c1", 1, 0),
        ("house-300x250", 1, 0),
    ]

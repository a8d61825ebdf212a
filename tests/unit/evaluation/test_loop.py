"""The process counts each outcome once, whatever is repeated and wherever it is ended, and publishes whole versions."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from protos.gen.adloom.events.v1 import policy_pb2
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from services.cli.report import facts
from services.common.clock import FixedClock
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.common.topics import DEADLETTER, IMPRESSIONS, OUTCOMES, POLICY, REPORTS
from services.evaluation.loop import Evaluation
from services.evaluation.memory_log import MemoryLog
from services.evaluation.outcome_tally import Arm, OutcomeTally, merged
from services.evaluation.posterior import left_out, next_version
from services.evaluation.publisher import Publisher
from services.evaluation.store import EvaluationStore
from services.policies.posterior import ArmSums
from services.policies.posterior_codec import arm_of, arms_that_fit, version_of
from services.policies.posterior_parts import WholeVersions
from services.runtime.health import Readiness
from services.wire.codec.decode import decode
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.codec.memory_sink import MemorySink
from tests.unit.evaluation.outcomes_made import NOW, outcome, send, send_impression


class Process:
    """One life of the process over a file and a sink that outlive it."""

    def __init__(self, file: Path, sink: MemorySink) -> None:
        self.sink, self.clock, self.readiness = sink, FixedClock(NOW), Readiness()
        self.log = MemoryLog(sink, (OUTCOMES, IMPRESSIONS), at_once=3)
        self.store = EvaluationStore(file)
        publisher = Publisher(self.store, sink, self.clock)
        self.evaluation = Evaluation(self.store, self.log, publisher, self.clock, publish_s=1.0)
        self.evaluation.start(newest(sink, POLICY))  # type: ignore[arg-type]  # the topic holds nothing else

    def steps(self, count: int = 20) -> Process:
        for _ in range(count):
            self.evaluation.step(self.readiness)
            self.clock.advance(timedelta(seconds=0.5))
        return self

    def killed(self) -> None:
        self.store.close()


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
    return tmp_path / "evaluation.sqlite"


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


def test_two_shoppers_whose_records_bear_the_same_ids_count_as_two(file: Path, sink: MemorySink) -> None:
    for number, clicked in ((1, True), (2, False)):
        made = outcome(number, clicked, impression_id="page-1", outcome_id="page-1:click", foreign=True)
        shown = Impression(impression_id="page-1", user_id=made.user_id, propensity=0.5)
        sink.send(encode(shown, event_id="page-1", source="log", time=NOW, key=made.user_id.encode()))
        send(sink, made, made)
    Process(file, sink).steps().killed()
    found = report(sink)
    assert (found.impressions, found.outcomes) == (2, 2)
    assert [(p.impressions, p.clicks) for p in found.policies] == [(2, 1)]


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
    assert process.store.offsets() == {}, "offsets are passed only when the dead letters are safe"
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


def test_topics_that_were_made_anew_and_have_grown_longer_start_the_count_anew_too(
    file: Path, sink: MemorySink
) -> None:
    send(sink, outcome(1))
    Process(file, sink).steps().killed()
    other = MemorySink(FixedClock(NOW))
    send(other, outcome(1, outcome_id="i2:click"), outcome(1, outcome_id="i3:click"))
    Process(file, other).steps().killed()
    assert report(other).outcomes == 2


def test_one_process_at_a_time_holds_the_store(file: Path, sink: MemorySink) -> None:
    process = Process(file, sink)
    with pytest.raises(Exception, match="locked"):
        EvaluationStore(file)
    process.killed()
    EvaluationStore(file).close()


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


def test_an_impression_that_no_model_scored_is_rated_and_teaches_no_arm(file: Path, sink: MemorySink) -> None:
    unscored = [outcome(number, clicked=number % 20 == 0) for number in range(1, 21)]
    for made in unscored:
        made.ClearField("score")
    send(sink, outcome(0), *unscored)
    process = Process(file, sink).steps()
    total = merged(process.store.tallies().values())
    process.killed()
    assert [(p.impressions, p.clicks) for p in report(sink).policies] == [(21, 1)]
    assert [(a.impressions, a.clicks, a.expected_clicks) for a in version(sink).arms] == [(1, 0, 0.1)]
    assert dict(total.excluded) == {"no_score": 20}


@pytest.mark.parametrize(
    "wrong",
    [
        {"propensity": 1e-200},
        {"propensity": 0.0},
        {"target_propensities": {"uniform": 1e200}},
        {"target_propensities": {"uniform": float("nan")}},
        {"score": float("nan")},
        {"policy_id": "p" * 300_000},
    ],
    ids=str,
)
def test_an_outcome_with_numbers_that_are_none_ends_nothing_and_spoils_nothing(
    wrong: dict[str, object], file: Path, sink: MemorySink
) -> None:
    made = outcome(1, foreign="score" not in wrong, policy_id="log")
    for name, value in wrong.items():
        if isinstance(value, dict):
            made.target_propensities.update(value)
        else:
            setattr(made, name, value)
    send(sink, made, *(outcome(number) for number in range(2, 5)))
    Process(file, sink).steps().killed()
    json.dumps(facts(report(sink)), allow_nan=False)
    assert report(sink).outcomes == 4
    (arm,) = version(sink).arms
    assert arm.impressions == 3 and arm.expected_clicks == pytest.approx(0.3)


def test_a_topic_that_is_weeks_ahead_forgets_no_ids_of_the_other(file: Path) -> None:
    store, now_ms = EvaluationStore(file), 30 * 24 * 3_600_000
    with store.transaction():
        store.add_if_new("outcome a", (OUTCOMES, 0), at_ms=1)
        store.add_if_new("impression a", (IMPRESSIONS, 0), at_ms=1)
        store.forget((IMPRESSIONS, 0), now_ms)
        assert not store.add_if_new("outcome a", (OUTCOMES, 0), at_ms=2), "its own topic has not come so far"
        assert store.add_if_new("impression a", (IMPRESSIONS, 0), at_ms=2)
    store.close()


def test_an_outcome_that_is_repeated_after_much_newer_impressions_counts_once(file: Path) -> None:
    clock = FixedClock(NOW)
    sink = MemorySink(clock)
    send(sink, outcome(1, clicked=True))
    process = Process(file, sink).steps(4)
    clock.advance(timedelta(days=20))
    send_impression(sink, 1, time=clock.now())
    process.clock.advance(timedelta(hours=2))  # time to forget
    process.steps(4)
    clock.advance(-timedelta(days=20))
    send(sink, outcome(1, clicked=True))
    process.steps(4).killed()
    assert report(sink).outcomes == 1
    assert [p.impressions for p in report(sink).policies] == [1]


def test_a_posterior_of_too_many_creatives_keeps_those_with_most_impressions_and_counts_the_rest() -> None:
    arms = {f"{number:064x}": Arm(number, 0, number / 7) for number in range(1, 30_001)}
    sums = [arm_of(name, arm.impressions, ArmSums(arm.clicks, arm.expected)) for name, arm in arms.items()]
    made = version_of(1, arms_that_fit(sums, room=900_000), {0: 1}, NOW)
    assert 800_000 < made.ByteSize() < 1_000_000
    kept = {arm.creative_id for arm in made.arms}
    assert kept == set(sorted(arms)[-len(kept) :]), "here ids sort as impressions do"
    assert left_out(OutcomeTally(arms=arms), made) == 30_000 - len(kept) > 0


def test_a_creative_that_fits_no_posterior_keeps_no_other_out() -> None:
    arms = {"x" * 1_000_000: Arm(9, 0, 1.0), "c-1": Arm(5, 1, 0.5), "c-2": Arm(4, 1, 0.5)}
    made = next_version(OutcomeTally(arms=arms), None, {0: 1}, NOW)
    assert made is not None
    assert [arm.creative_id for arm in made.arms] == ["c-1", "c-2"]


def test_a_posterior_of_more_creatives_than_one_message_holds_is_published_whole_and_not_too_often(
    file: Path, sink: MemorySink
) -> None:
    store, clock = EvaluationStore(file), FixedClock(NOW)
    publisher = Publisher(store, sink, clock)
    arms = {f"{number:064x}": Arm(1, 0, 0.1) for number in range(30_000)}
    assert publisher.publish(OutcomeTally(arms=arms), {0: 1})
    publisher.deliver()
    assert not publisher.publish(OutcomeTally(arms=arms | {"c-1": Arm(1, 1, 0.1)}), {0: 2})
    clock.advance(timedelta(seconds=5))
    assert publisher.publish(OutcomeTally(arms=arms | {"c-1": Arm(1, 1, 0.1)}), {0: 2})
    publisher.deliver()
    store.close()
    keys = [raw.key for raw in sink.read(POLICY)]
    assert keys == 2 * [b"thompson", b"thompson/1", b"thompson/2", b"thompson/3"]
    parts, found = WholeVersions(), [decode(raw).message for raw in sink.read(POLICY)]
    wholes = [parts.add(part) for part in found if isinstance(part, policy_pb2.PolicyVersion)]
    assert [None if whole is None else len(whole.arms) for whole in wholes] == [
        *3 * [None],
        30_000,
        *3 * [None],
        30_001,
    ]
    assert METRICS.posterior_left_out._value.get() == 0


def test_a_file_of_an_older_make_counts_anew_and_its_versions_go_on(file: Path, sink: MemorySink) -> None:
    send(sink, outcome(1), outcome(2))
    Process(file, sink).steps().killed()
    with closing(sqlite3.connect(file)) as db:
        db.execute("DROP TABLE seen")
        db.execute("CREATE TABLE seen (id BLOB PRIMARY KEY, part INTEGER, at_ms INTEGER) WITHOUT ROWID")
        db.execute("PRAGMA user_version = 0")
        db.commit()
    send(sink, outcome(3))
    Process(file, sink).steps().killed()
    assert report(sink).outcomes == 3
    assert version(sink).version == 2

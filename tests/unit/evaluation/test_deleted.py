"""Outcomes that retention deletes before they are read are told: nothing is dropped in silence."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from services.common.clock import FixedClock
from services.common.errors import Unavailable
from services.common.metrics import METRICS
from services.common.topics import OUTCOMES
from services.evaluation.loop import Evaluation
from services.evaluation.memory_log import MemoryLog
from services.evaluation.publisher import Publisher
from services.evaluation.store import EvaluationStore
from services.runtime.health import Readiness
from services.wire.codec.envelope import RawRecord, TopicPartition
from services.wire.codec.memory_sink import MemorySink
from tests.unit.evaluation.outcomes_made import NOW, outcome, send, user

SHOPPER = user(1)  # whose outcomes all lie in one partition
AT_ONCE = 3


class Log(MemoryLog):
    """A log that can be without an answer, or keep a record to itself as transactions' markers keep their offsets."""

    away = False
    hidden: TopicPartition | None = None  # partition and offset

    def begins(self) -> Mapping[TopicPartition, int]:
        if self.away:
            raise Unavailable("kafka", "told to be away")
        return super().begins()

    def poll(self, timeout_s: float) -> list[RawRecord]:
        return [raw for raw in super().poll(timeout_s) if (raw.topic, raw.offset) != self.hidden]


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink(FixedClock(NOW))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EvaluationStore]:
    made = EvaluationStore(tmp_path / "evaluation.sqlite")
    yield made
    made.close()


def sent(sink: MemorySink, first: int, count: int) -> int:
    """The partition in which these outcomes lie."""
    send(sink, *(outcome(number, user_id=SHOPPER) for number in range(first, first + count)))
    return next(raw.partition for raw in sink.read(OUTCOMES))


def life(store: EvaluationStore, sink: MemorySink) -> tuple[Evaluation, Log]:
    """One life of the process."""
    clock = FixedClock(NOW)
    log = Log(sink, (OUTCOMES,), at_once=AT_ONCE)
    evaluation = Evaluation(store, log, Publisher(store, sink, clock), clock, publish_s=1.0)
    evaluation.start(None)
    return evaluation, log


def steps(evaluation: Evaluation, count: int) -> None:
    for _ in range(count):
        evaluation.step(Readiness())


def counted() -> float:
    return float(METRICS.events.labels(OUTCOMES, "deleted")._value.get())


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


def test_what_was_deleted_while_nobody_read_is_told_once(
    store: EvaluationStore, sink: MemorySink, caplog: pytest.LogCaptureFixture
) -> None:
    partition = sent(sink, 0, 2)
    steps(life(store, sink)[0], 3)
    sent(sink, 2, 6)
    sink.delete_before(OUTCOMES, partition, 7)
    before = counted()
    for _ in range(3):  # lives of the process; there is one outcome left to read
        evaluation, _ = life(store, sink)
    assert store.offsets() == {(OUTCOMES, partition): 7}
    steps(evaluation, 3)
    assert counted() - before == 5
    assert told(caplog) == [f"{OUTCOMES}/{partition}: 5 messages were deleted before they were read (retention)"]
    assert store.offsets() == {(OUTCOMES, partition): 8}


def test_what_is_deleted_while_the_process_lags_is_told(
    store: EvaluationStore, sink: MemorySink, caplog: pytest.LogCaptureFixture
) -> None:
    partition = sent(sink, 0, 10)
    evaluation, _ = life(store, sink)
    steps(evaluation, 1)
    sink.delete_before(OUTCOMES, partition, 7)
    before = counted()
    steps(evaluation, 5)
    assert counted() - before == 7 - AT_ONCE
    assert told(caplog) == [f"{OUTCOMES}/{partition}: 4 messages were deleted before they were read (retention)"]
    assert store.offsets() == {(OUTCOMES, partition): 10}


def test_a_broker_that_does_not_answer_how_much_was_deleted_is_asked_again_and_nothing_is_lost_meanwhile(
    store: EvaluationStore, sink: MemorySink
) -> None:
    partition = sent(sink, 0, 10)
    evaluation, log = life(store, sink)
    steps(evaluation, 1)
    sink.delete_before(OUTCOMES, partition, 7)
    before = counted()
    log.away = True
    steps(evaluation, 3)
    assert store.offsets() == {(OUTCOMES, partition): AT_ONCE}
    log.away = False
    steps(evaluation, 3)
    assert counted() - before == 4
    assert sum(tally.outcomes.total() for tally in store.tallies().values()) == AT_ONCE + 3


def test_what_was_read_before_it_was_deleted_and_offsets_that_hold_no_message_are_not_told(
    store: EvaluationStore, sink: MemorySink, caplog: pytest.LogCaptureFixture
) -> None:
    partition = sent(sink, 0, 10)
    evaluation, log = life(store, sink)
    log.hidden = OUTCOMES, 4
    before = counted()
    steps(evaluation, 2)
    sink.delete_before(OUTCOMES, partition, 4)
    steps(evaluation, 3)
    life(store, sink)
    assert counted() == before
    assert told(caplog) == []
    assert store.offsets() == {(OUTCOMES, partition): 10}


def test_a_first_start_begins_with_what_is_there(
    store: EvaluationStore, sink: MemorySink, caplog: pytest.LogCaptureFixture
) -> None:
    partition = sent(sink, 0, 10)
    sink.delete_before(OUTCOMES, partition, 5)
    steps(life(store, sink)[0], 3)
    assert told(caplog) == []
    assert store.offsets() == {(OUTCOMES, partition): 10}

"""Killed at any point at which a process may die, the worker says the same outcomes in the end, each under one id."""

from __future__ import annotations

import random

import pytest

from protos.gen.adloom.events.v1 import outcome_pb2
from services.common.clock import to_ms
from services.common.topics import DEADLETTER, OUTCOMES, PARTITIONS
from services.outcomes.processor import OutcomesProcessor
from services.wire.codec.decode import decode
from services.wire.codec.envelope import RawRecord, Record
from services.wire.faust.topology_test_driver import TopologyTestDriver
from tests.properties.outcomes.histories import (
    BURST,
    DAY_MS,
    KEYS,
    START,
    TOPICS,
    WINDOW_MS,
    Appended,
    expected,
    final,
    history,
    record_of,
)

BASE_MS = to_ms(START)


def rehearsal(logs: dict[str, list[Appended]]) -> TopologyTestDriver:
    made = TopologyTestDriver(lambda: OutcomesProcessor(lambda: KEYS, WINDOW_MS, BURST), TOPICS)
    for log in logs.values():
        for m in log:
            made.append(record_of(m), BASE_MS + m.at_ms)
    return made


def outcome(record: Record) -> outcome_pb2.Outcome:
    message = decode(RawRecord(record.topic, 0, 0, BASE_MS, record.key, record.value, record.headers)).message
    assert isinstance(message, outcome_pb2.Outcome)
    return message


def letters(sent: list[Record]) -> dict[tuple[str, int, int], str]:
    """Reasons of dead letters by origin; those that waited in vain are the oracle's business no more."""
    found = {}
    for record in sent:
        headers = {name: value.decode() for name, value in record.headers}
        if record.topic == DEADLETTER and headers["adloom_reason"] != "unmatched":
            origin = headers["adloom_topic"], int(headers["adloom_partition"]), int(headers["adloom_offset"])
            found[origin] = headers["adloom_reason"]
    return found


@pytest.mark.parametrize("seed", range(120))
def test_outcomes_equal_the_oracles_though_the_worker_is_killed_and_its_disk_lost(seed: int) -> None:
    chance = random.Random(seed)
    logs = history(chance)
    worker, end_ms = rehearsal(logs), BASE_MS + 3 * DAY_MS
    for _ in range(60):
        if worker.run(chance, end_ms, batch=chance.choice([1, 4, 50]), crash_after=chance.randrange(12)):
            break
        worker.restart(disk_lost=chance.random() < 0.3)
    assert worker.run(chance, end_ms), "a life without a crash comes to the end"
    told = expected((raw for log in worker.logs.values() for raw in log), PARTITIONS)
    assert final(outcome(record) for record in worker.sent if record.topic == OUTCOMES) == told.outcomes
    assert letters(worker.sent) == told.letters

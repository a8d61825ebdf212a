"""Messages in partitions of other shoppers are moved, and outcomes are what they are without the move."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from services.common.topics import OUTCOMES, PARTITIONS
from services.outcomes.processor import OutcomesProcessor
from services.wire.faust.topology_test_driver import TopologyTestDriver
from tests.properties.outcomes.histories import (
    BURST,
    DAY_MS,
    KEYS,
    TOPICS,
    WINDOW_MS,
    Appended,
    expected,
    expected_of,
    final,
    history,
    record_of,
)
from tests.properties.outcomes.test_crashes import BASE_MS, letters, outcome


def misplaced(logs: dict[str, list[Appended]], chance: random.Random, share: float) -> TopologyTestDriver:
    """A worker whose inputs hold that share of the messages in any partition."""
    made = TopologyTestDriver(lambda: OutcomesProcessor(lambda: KEYS, WINDOW_MS, BURST), TOPICS)
    for m in (m for log in logs.values() for m in log):
        astray = chance.randrange(PARTITIONS) if chance.random() < share else None
        made.append(replace(record_of(m), partition=astray), BASE_MS + m.at_ms)
    return made


def read_slowly(worker: TopologyTestDriver, chance: random.Random) -> None:
    """Single messages of any input, so that some inputs stay hours behind others; with crashes."""
    end_ms = BASE_MS + 3 * DAY_MS
    for _ in range(20):
        if worker.run(chance, end_ms, batch=1, crash_after=chance.randrange(60)):
            break
        worker.restart(disk_lost=chance.random() < 0.3)
    assert worker.run(chance, end_ms), "a life without a crash comes to the end"


def without_repeats(logs: dict[str, list[Appended]]) -> dict[str, list[Appended]]:
    """Each event once, and one click for an impression: of several the first counts, and a move changes their order."""
    return {topic: first_ones(log, topic == "ad.clicks") for topic, log in logs.items()}


def first_ones(log: Iterable[Appended], by_impression: bool) -> list[Appended]:
    found: dict[str, Appended] = {}
    for m in log:
        found.setdefault(m.impression if by_impression and m.impression else f"event {m.event}", m)
    return list(found.values())


@pytest.mark.parametrize("seed", range(150))
def test_outcomes_are_those_of_the_same_events_in_their_own_partitions(seed: int) -> None:
    chance = random.Random(seed)
    logs = without_repeats(history(chance))
    worker = misplaced(logs, chance, share=0.5)
    read_slowly(worker, chance)
    assert final(outcome(record) for record in worker.sent if record.topic == OUTCOMES) == expected_of(logs).outcomes


@pytest.mark.parametrize("seed", range(60))
def test_outcomes_and_refusals_are_what_the_oracle_says_of_the_logs(seed: int) -> None:
    chance = random.Random(seed)
    worker = misplaced(history(chance), chance, share=0.3)
    read_slowly(worker, chance)
    told = expected((raw for log in worker.logs.values() for raw in log), PARTITIONS)
    assert final(outcome(record) for record in worker.sent if record.topic == OUTCOMES) == told.outcomes
    assert letters(worker.sent) == told.letters

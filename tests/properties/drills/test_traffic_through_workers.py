"""The drills' traffic with its poison through both workers in memory: after crashes, results equal the oracle's."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pytest

from protos.gen.adloom.events.v1 import outcome_pb2
from services.catalogue.catalogue import demo_catalogue
from services.common.clock import to_ms
from services.common.token import TokenKeys
from services.common.topics import DEADLETTER, OUTCOMES
from services.features.memory_store import MemoryStore
from services.features.profile import DECAYED, HALF_LIFE_NAMES, Profile, totals
from services.outcomes.processor import OutcomesProcessor
from services.outcomes.topology import TOPICS as OUTCOMES_TOPICS
from services.profiles.topology import TOPICS as PROFILES_TOPICS
from services.profiles.topology import ProfilesProcessor
from services.tools.drills.oracle import oracle
from services.tools.drills.oracle.plain import fields_of, plain, products_of
from services.tools.drills.traffic.traffic import Shape, Traffic
from services.wire.faust.processor import Processor
from services.wire.faust.topology_test_driver import TopologyTestDriver

KEYS = TokenKeys("1", {"1": b"a key of the deployment's"})
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
END_MS = to_ms(NOW) + 3_600_000
WINDOW_MS = 2_000
SHAPE = Shape(events=1_200, users=60, burst=10, misplaced=0.02)
CATALOGUE = demo_catalogue()
RULES = oracle.Rules(WINDOW_MS, KEYS.secrets, products_of(CATALOGUE), SHAPE.burst)


def processed(make_processor: Callable[[], Processor], topics: tuple[str, ...], seed: int) -> TopologyTestDriver:
    """A worker that has read a log of traffic to its end, with many crashes on the way."""
    chance, driver = Random(seed), TopologyTestDriver(make_processor, topics)
    for number, sent in enumerate(Traffic(seed, SHAPE, KEYS, [*RULES.products], NOW).messages()):
        if sent.record.topic in topics:
            driver.append(sent.record, to_ms(NOW) + 10 * number)
    for _ in range(12):
        if driver.run(chance, END_MS, batch=chance.choice([40, 200]), crash_after=chance.randrange(400)):
            break
        driver.restart(disk_lost=chance.random() < 0.3)
    assert driver.run(chance, END_MS, batch=200)
    assert driver.run(chance, END_MS + 60_000)  # messages that were repartitioned at the end are settled, too
    return driver


def expected_of(driver: TopologyTestDriver) -> oracle.Expected:
    return oracle.expected([plain(raw) for log in driver.logs.values() for raw in log], RULES)


def letters(driver: TopologyTestDriver) -> dict[oracle.RecordPosition, str]:
    found = {}
    for record in driver.sent:
        if record.topic == DEADLETTER:
            headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
            origin = headers["adloom_topic"], int(headers["adloom_partition"]), int(headers["adloom_offset"])
            found[origin] = headers["adloom_reason"]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_profiles_and_dead_letters_equal_the_oracles(seed: int) -> None:
    store, facts = MemoryStore(), CATALOGUE.facts
    driver = processed(lambda: ProfilesProcessor(store, facts.get, SHAPE.burst), PROFILES_TOPICS, seed)
    expected = expected_of(driver)
    assert store.rows.keys() == expected.profiles.keys()
    for user, row in store.rows.items():
        assert_profile(row.profile, expected.profiles[user])
    of_tokens = {"forged", "expired", "foreign", "used"}  # these are for outcomes to judge
    assert letters(driver) == {at: reason for at, reason in expected.letters.items() if reason not in of_tokens}


def assert_profile(profile: Profile, wanted: oracle.Row) -> None:
    assert totals(profile) == wanted["totals"]
    for row, life in enumerate(HALF_LIFE_NAMES):
        for name, value in zip(DECAYED, profile.decayed[row], strict=True):
            assert math.isclose(value, wanted["sums"][life].get(name, 0.0), rel_tol=1e-9, abs_tol=1e-9), (life, name)


@pytest.mark.parametrize("seed", range(4))
def test_outcomes_and_dead_letters_equal_the_oracles(seed: int) -> None:
    driver = processed(lambda: OutcomesProcessor(lambda: KEYS, WINDOW_MS, SHAPE.burst), OUTCOMES_TOPICS, seed)
    expected = expected_of(driver)
    rows = [fields_of(outcome_pb2.Outcome.FromString(r.value or b"")) for r in driver.sent if r.topic == OUTCOMES]
    closed = {row["outcome_id"]: row for row in rows if row["window_closed"]}
    assert closed == expected.outcomes
    assert all(closed[row["outcome_id"]] == row for row in rows if row["window_closed"])
    assert letters(driver) == expected.letters
    for told in ("render_pixel", "rendered", "no_training", "no_posterior"):
        assert {row[told] for row in closed.values()} == {True, False}, "the traffic tries both"

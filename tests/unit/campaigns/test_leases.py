"""Two simulated replicas spend one budget: never over, hardly under, also where one is killed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from protos.gen.adloom.campaigns.v1.campaign_pb2 import PACING_ASAP, Campaign
from services.assets.campaigns.spending.allowance import Allowance
from services.assets.campaigns.spending.lease_keeper import SETTLE_S, LeaseKeeper
from services.assets.campaigns.spending.leases import Leases
from services.assets.campaigns.spending.memory_counters import MemoryCounters, MemoryRecords
from services.assets.campaigns.spending.pacing import share_passed
from services.assets.campaigns.terms import Terms, terms_of
from services.common.clock import FixedClock, to_ms

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def campaign(**fields: object) -> Terms:
    return terms_of(Campaign(campaign_id="spring", created_at=NOON, **fields), 0)  # type: ignore[arg-type]


class Replica:
    """A replica without its threads."""

    def __init__(self, terms: Terms, counters: MemoryCounters, records: MemoryRecords, clock: FixedClock) -> None:
        self.terms, self.records = terms, records
        self.leases = Leases()
        self.keeper = LeaseKeeper(self.leases, lambda: [terms], counters, records, clock)

    def serve(self, wanted: int = 1) -> int:
        """One request; how many selections were of the campaign."""
        allowance = Allowance(self.leases, {}, wanted)
        served = 0
        while served < wanted and allowance.left(self.terms) > 0:
            allowance.use(self.terms)
            served += 1
        allowance.settle()
        self.records.impressions[self.terms.counter] += served
        return served


def begun(terms: Terms) -> tuple[MemoryCounters, MemoryRecords]:
    counters = MemoryCounters()
    counters.begin(terms.counter, 0)
    return counters, MemoryRecords()


def test_two_replicas_of_which_one_is_killed_spend_a_budget_to_within_one_percent() -> None:
    terms, clock, chance = campaign(impression_budget=90_000), FixedClock(NOON), random.Random(1)
    counters, records = begun(terms)
    replicas = [Replica(terms, counters, records, clock) for _ in range(2)]
    served = 0
    for number in range(100_000):
        if number % 100 == 0:  # a round of each keeper
            clock.advance(timedelta(seconds=0.2))
            for replica in replicas:
                replica.keeper.step()
        if number == 50_000:  # killed, and started again
            replicas[0] = Replica(terms, counters, records, clock)
        served += chance.choice(replicas).serve()
    assert 0.99 * 90_000 <= served <= 90_000


def test_a_small_budget_is_spent_to_the_last_impression() -> None:
    terms, clock = campaign(impression_budget=7), FixedClock(NOON)
    counters, records = begun(terms)
    replicas = [Replica(terms, counters, records, clock) for _ in range(3)]
    served = 0
    for _ in range(20):
        for replica in replicas:
            replica.keeper.step()
        served += sum(replica.serve(2) for replica in replicas)
    assert served == 7


def test_a_replica_that_ends_in_order_gives_its_lease_back() -> None:
    terms, clock = campaign(impression_budget=10_000), FixedClock(NOON)
    counters, records = begun(terms)
    replica = Replica(terms, counters, records, clock)
    replica.keeper.step()
    replica.serve()
    replica.keeper.stop(0.0)
    assert (counters.granted[terms.counter], counters.served[terms.counter]) == (1, 1)
    assert replica.serve() == 0


def test_emptied_counters_void_leases_and_are_counted_from_the_records() -> None:
    terms, clock = campaign(impression_budget=1_000), FixedClock(NOON)
    counters, records = begun(terms)
    replica = Replica(terms, counters, records, clock)
    replica.keeper.step()
    assert replica.serve() == 1
    counters.granted.clear()
    replica.keeper.step()
    assert replica.serve() == 0
    replica.keeper.count([terms])
    assert counters.granted[terms.counter] == 1
    replica.keeper.step()
    assert replica.serve() == 1


def test_counting_begins_only_once_every_replica_has_dropped_its_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = campaign(impression_budget=1_000)
    keeper = LeaseKeeper(Leases(), lambda: [terms], MemoryCounters(age_s=0.5), MemoryRecords(), FixedClock(NOON))
    waits: list[float] = []
    monkeypatch.setattr(keeper.ending, "wait", waits.append)
    keeper.count([terms])
    assert waits == [SETTLE_S - 0.5]


def test_a_campaign_at_its_click_budget_is_not_served() -> None:
    terms, clock = campaign(click_budget=2, pacing=PACING_ASAP), FixedClock(NOON)
    counters, records = begun(terms)
    replica = Replica(terms, counters, records, clock)
    replica.keeper.step()
    assert replica.serve(5) == 5
    counters.clicks[terms.counter] = {"one", "two"}
    replica.keeper.step()
    assert replica.serve() == 0


def test_an_even_budget_follows_the_time_of_the_campaign() -> None:
    terms, clock = campaign(impression_budget=1_000, ends_at=NOON + timedelta(hours=10)), FixedClock(NOON)
    counters, records = begun(terms)
    replica, served = Replica(terms, counters, records, clock), []
    for _ in range(19):
        clock.advance(timedelta(minutes=30))
        for _ in range(100):
            replica.keeper.step()
            replica.serve()
        served.append(records.impressions[terms.counter])
    assert served == [50 * number for number in range(1, 20)]


def test_an_even_budget_is_spent_in_the_hours_in_which_the_campaign_runs() -> None:
    terms = campaign(hours=[9, 10], time_zone="Europe/Berlin", ends_at=NOON + timedelta(days=2), impression_budget=1)
    hours = [to_ms(NOON + timedelta(hours=hour)) for hour in (0, 20, 21, 22, 23, 44, 45, 48)]
    assert [share_passed(terms, now) for now in hours] == [0, 0, 0.25, 0.5, 0.5, 0.5, 0.75, 1.0]

"""Budgets and caps on a real Redis, records and clicks on a real Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from redis import Redis

from protos.gen.adloom.campaigns.v1.campaign_pb2 import Campaign
from protos.gen.adloom.events.v1.impression_pb2 import Impression
from protos.gen.adloom.events.v1.outcome_pb2 import CLICKED, IGNORED, Outcome, OutcomeKind
from services.assets.campaigns.ports import Ask, CapAsk, Counts
from services.assets.campaigns.spending.allowance import Allowance
from services.assets.campaigns.spending.kafka_clicks import KafkaClicks
from services.assets.campaigns.spending.kafka_records import KafkaRecords
from services.assets.campaigns.spending.lease_keeper import LeaseKeeper
from services.assets.campaigns.spending.leases import Leases
from services.assets.campaigns.spending.redis_caps import RedisCaps
from services.assets.campaigns.spending.redis_counters import RedisCounters
from services.assets.campaigns.terms import Cap, Terms, terms_of
from services.common.clock import SystemClock
from services.tools.stack.session import RunningStack
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.kafka.producer import ProducerSettings
from services.wire.kafka.transaction import send_all
from tests.waiting import wait_for

USER = f"u1-{'0' * 32}"


@pytest.fixture
def counters(parts: RunningStack) -> Iterator[RedisCounters]:
    found = RedisCounters(parts.redis)
    yield found
    found.close()


def terms(**fields: object) -> Terms:
    created = datetime.now(UTC) - timedelta(seconds=5)
    return terms_of(Campaign(campaign_id=f"k-{uuid4()}", created_at=created, **fields), 0)  # type: ignore[arg-type]


def send(parts: RunningStack, records: list[Record]) -> None:
    send_all(ProducerSettings(parts.kafka, "tests"), f"tests-{uuid4()}", iter(records))


def impression(campaign: Terms, name: str, arm: str = "") -> Record:
    message = Impression(
        impression_id=name, user_id=USER, propensity=1.0, campaign_id=campaign.campaign_id, experiment_arm=arm
    )
    return encode(message, event_id=f"{name}-{uuid4()}", source="tests", time=datetime.now(UTC), key=USER.encode())


def outcome(campaign: Terms, name: str, kind: OutcomeKind) -> Record:
    message = Outcome(outcome_id=name, user_id=USER, kind=kind, campaign_id=campaign.campaign_id, propensity=1.0)
    message.shown_at.FromDatetime(datetime.now(UTC))
    return encode(message, event_id=f"{name}-{uuid4()}", source="tests", time=datetime.now(UTC), key=USER.encode())


def test_the_counters_grant_what_is_left_and_know_what_was_served(counters: RedisCounters) -> None:
    name = terms().counter
    assert counters.ask([Ask(name, 5, 10, 0, 0)]) == {}
    counters.begin(name, 3)
    counters.begin(name, 99)  # the first counts
    assert counters.ask([Ask(name, 5, 10, 0, 0)]) == {name: Counts(5, 3, 0)}
    assert counters.ask([Ask(name, 5, 10, 5, 0)]) == {name: Counts(2, 8, 0)}
    counters.give_back({name: 2})
    assert counters.ask([Ask(name, 5, 10, 0, 0)]) == {name: Counts(2, 8, 0)}
    assert counters.counts([name, "other"]) == {name: Counts(10, 8, 0)}
    counters.forget(name)
    assert counters.counts([name]) == {}


def test_impressions_without_a_budget_are_counted_for_the_budget_that_may_come(counters: RedisCounters) -> None:
    name = terms().counter
    counters.begin(name, 0)
    counters.ask([Ask(name, 0, 0, 0, 7)])
    assert counters.ask([Ask(name, 5, 10, 0, 0)]) == {name: Counts(3, 7, 0)}


def test_emptied_counters_are_counted_from_the_records_once_each_and_without_drills(
    parts: RunningStack, counters: RedisCounters
) -> None:
    spring, leases = terms(impression_budget=1_000), Leases()
    keeper = LeaseKeeper(leases, lambda: [spring], counters, KafkaRecords(parts.kafka), SystemClock())
    send(parts, [impression(spring, name) for name in ("one", "two", "one")])
    send(parts, [impression(spring, "three", "drill"), impression(terms(), "four")])
    keeper.count([spring])
    keeper.step()
    assert counters.counts([spring.counter]) == {spring.counter: Counts(4, 2, 0)}
    assert leases.left(spring.counter) == 2
    Redis.from_url(f"redis://{parts.redis}").flushall()
    keeper.step()  # its lease is void; counting begins, and waits until all replicas know it
    assert leases.left(spring.counter) == 0
    wait_for("the count", lambda: spring.counter in counters.counts([spring.counter]))
    keeper.step()
    assert leases.left(spring.counter) == 2


def test_a_click_counts_once_for_its_campaign(parts: RunningStack, counters: RedisCounters) -> None:
    spring = terms(click_budget=5)
    counters.begin(spring.counter, 0)
    clicks = KafkaClicks(parts.kafka, lambda: [spring], counters)
    clicks.start()
    send(parts, [outcome(spring, "a:click", CLICKED), outcome(spring, "b:click", IGNORED)])
    send(parts, [outcome(spring, "a:click", CLICKED), outcome(terms(), "c:click", CLICKED)])
    wait_for("the click", lambda: counters.counts([spring.counter])[spring.counter].clicks == 1)
    clicks.stop(5.0)


@pytest.mark.asyncio
async def test_two_replicas_keep_one_cap_and_give_back_what_they_did_not_use(parts: RunningStack) -> None:
    caps = {"spring": (Cap(3, 60_000), Cap(4, 3_600_000))}
    one, two = RedisCaps(parts.redis, answer_s=5.0), RedisCaps(parts.redis, answer_s=5.0)
    user, now_ms = f"u-{uuid4()}", 1_000_000_000_000

    def asked(ticket: str, at_ms: int = now_ms) -> CapAsk:
        return CapAsk(user, ticket, caps, 2, at_ms)

    found = await asyncio.gather(one.reserve(asked("a"), 5.0), two.reserve(asked("b"), 5.0))
    assert sorted(reserved["spring"] for reserved in found) == [1, 2]
    assert await one.reserve(asked("c"), 5.0) == {"spring": 0}
    one.settle(asked("a"), found[0], {})  # nothing was used of what it had
    await asyncio.sleep(0)
    left = found[0]["spring"]
    assert await one.reserve(asked("d"), 5.0) == {"spring": left}
    assert await one.reserve(asked("e", now_ms + 60_000), 5.0) == {"spring": 1}  # the hour's cap of four
    one.close()
    two.close()


def test_an_allowance_takes_what_was_leased(counters: RedisCounters, parts: RunningStack) -> None:
    spring, leases = terms(impression_budget=2), Leases()
    counters.begin(spring.counter, 0)
    keeper = LeaseKeeper(leases, lambda: [spring], counters, KafkaRecords(parts.kafka), SystemClock())
    served = 0
    for _ in range(5):
        keeper.step()
        allowance = Allowance(leases, {}, 1)
        if allowance.left(spring):
            allowance.use(spring)
            served += 1
        allowance.settle()
    keeper.stop(1.0)
    assert (served, counters.counts([spring.counter])) == (2, {spring.counter: Counts(2, 2, 0)})

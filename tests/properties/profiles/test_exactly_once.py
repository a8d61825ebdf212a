"""Under every interleaving, duplicate, crash and loss of a disk, profiles equal those of a plain oracle (law 4)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from protos.gen.adloom.events.v1 import events_pb2 as events
from services.catalogue.facts import product_facts
from services.catalogue.terms import DIMENSIONS
from services.common.clock import to_ms
from services.common.topics import DEADLETTER
from services.features.memory_store import MemoryStore
from services.features.profile import DECAYED, HALF_LIFE_NAMES, Profile, micros, totals
from services.profiles.topology import TOPICS, ProfilesProcessor
from services.tools.drills.oracle import oracle
from services.tools.drills.oracle.plain import plain
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Record
from services.wire.faust.topology_test_driver import TopologyTestDriver

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
USERS = [f"u1-{number:032x}" for number in range(1, 8)]
BURST = 4
TOLERANCE = 1e-9  # of law 4; sums of at most some hundred terms of like size are a thousand times closer
PRODUCTS = {
    f"p{n}": ([math.sin(n * 16 + d) for d in range(DIMENSIONS)], n % 3, (n / 6, n / 7) if n else None) for n in range(6)
}
CATALOGUE = {
    name: product_facts(vector, slot, *(price or (0.0, 0.0)), price_known=price is not None)
    for name, (vector, slot, price) in PRODUCTS.items()
}
BOT = "Googlebot/2.1"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the shop."""

    event_id: str
    kind: str  # view, click, order
    user: str
    product_id: str
    time_us: int
    bot: bool = False
    from_ad: bool = False
    pieces: int = 0
    value_minor: int = 0
    profile: bool | None = None  # whether the shopper allows one; None: not said


def made_up(chance: Random, count: int) -> list[Happened]:
    """Events of a few shoppers; times lie up to 20 h back, bursts and bots among them, in no order."""
    made = []
    for number in range(count):
        kind = chance.choices(["view", "click", "order"], [6, 3, 1])[0]
        back_s = chance.choice([chance.uniform(0, 72_000), chance.uniform(0, 90)])
        order = kind == "order"
        made.append(
            Happened(
                event_id=f"e{number}",
                kind=kind,
                user=chance.choice(USERS),
                product_id=f"p{chance.randrange(8)}",  # two of them unknown
                time_us=micros(START - timedelta(seconds=back_s)),
                bot=chance.random() < 0.1,
                from_ad=kind == "click" and chance.random() < 0.5,
                pieces=chance.randint(1, 3) if order else 0,
                value_minor=chance.randint(1, 10_000) if order else 0,
                profile=chance.choice([None, None, None, True, False]),
            )
        )
    return made


def record(event: Happened) -> Record:
    """The event as a shop's producer sends it."""
    agent = BOT if event.bot else "Mozilla/5.0 Firefox/150.0"
    user, product = event.user, event.product_id
    message: events.View | events.Click | events.Order
    if event.kind == "view":
        message = events.View(user_id=user, product_id=product, user_agent=agent)
    elif event.kind == "click":
        token = "token" if event.from_ad else ""
        message = events.Click(user_id=user, product_id=product, user_agent=agent, impression_token=token)
    else:
        message = events.Order(user_id=user, product_id=product, user_agent=agent)
        message.quantity, message.value_minor = event.pieces, event.value_minor
        message.currency = ("", "EUR", "JPY", "KWD")[event.value_minor % 4]
    if event.profile is not None:
        message.consent.profile = event.profile
    time = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=event.time_us)
    return encode(message, event_id=event.event_id, source="shop", time=time, key=event.user.encode())


def rehearsal() -> tuple[TopologyTestDriver, MemoryStore]:
    store = MemoryStore()
    return TopologyTestDriver(lambda: ProfilesProcessor(store, CATALOGUE.get, BURST), TOPICS), store


def fill(stage: TopologyTestDriver, made: list[Happened], chance: Random) -> None:
    """Appends the events in any order, a fifth of them again later, some of all into a wrong partition."""
    sent = [*made, *chance.sample(made, len(made) // 5)]
    chance.shuffle(sent)
    for number, event in enumerate(sent):
        whole = record(event)
        if chance.random() < 0.1:
            whole = Record(whole.topic, whole.key, whole.value, whole.headers, chance.randrange(6))
        stage.append(whole, to_ms(START) + number)


def assert_equal(profile: Profile, wanted: oracle.Row) -> None:
    assert totals(profile) == wanted["totals"]
    for row, life in enumerate(HALF_LIFE_NAMES):
        for name, value in zip(DECAYED, profile.decayed[row], strict=True):
            wanted_value = wanted["sums"][life].get(name, 0.0)
            assert value == pytest.approx(wanted_value, rel=TOLERANCE, abs=TOLERANCE), (life, name)


def assert_all_equal(store: MemoryStore, stage: TopologyTestDriver) -> None:
    """Every profile is the oracle's, which reads the logs that the worker read."""
    events = [plain(raw) for log in stage.logs.values() for raw in log]
    told = oracle.expected(events, oracle.Rules(0, {}, PRODUCTS, BURST))
    assert told.profiles.keys() == store.rows.keys()
    for user, wanted in told.profiles.items():
        assert_equal(store.rows[user].profile, wanted)


@pytest.mark.parametrize("seed", range(12))
def test_profiles_depend_on_the_set_of_events_alone(seed: int) -> None:
    made = made_up(Random(seed), 120)
    for order in range(3):
        stage, store = rehearsal()
        chance = Random(1000 * seed + order)
        fill(stage, made, chance)
        assert stage.run(chance, to_ms(START) + 10_000, batch=chance.choice([1, 7, 50]))
        assert_all_equal(store, stage)


@pytest.mark.parametrize("seed", range(25))
def test_crashes_anywhere_change_nothing(seed: int) -> None:
    chance = Random(seed)
    made = made_up(chance, 80)
    stage, store = rehearsal()
    fill(stage, made, chance)
    crashes = 0
    while not stage.run(chance, to_ms(START) + 10_000, batch=13, crash_after=chance.randrange(1, 60) + crashes):
        crashes += 1  # each run may go a little further than the one before
        stage.restart(disk_lost=chance.random() < 0.5)
    assert crashes > 0
    assert_all_equal(store, stage)
    assert_all_equal(as_a_new_owner_would_serve(stage), stage)


def as_a_new_owner_would_serve(stage: TopologyTestDriver) -> MemoryStore:
    """Rows made of what the changelog holds, and of nothing else."""
    store = MemoryStore()
    processor = ProfilesProcessor(store, CATALOGUE.get, BURST)
    for (partition, user), state in stage.states.changelog.items():
        processor.publish([processor.advance(user, partition, state, [], 0).row])
    return store


def test_a_crash_between_state_and_feast_is_made_good_by_the_redelivery() -> None:
    made = [Happened("e1", "click", USERS[0], "p1", micros(START))]
    stage, store = rehearsal()
    stage.append(record(made[0]), to_ms(START))
    assert not stage.run(Random(0), to_ms(START), crash_after=2)  # stored and in the changelog, not published
    assert stage.states.changelog and not store.rows
    stage.restart()
    assert stage.run(Random(0), to_ms(START))
    assert_all_equal(store, stage)


def test_what_is_no_event_goes_to_the_dead_letters_and_hurts_nobody() -> None:
    good = Happened("e1", "view", USERS[0], "p1", micros(START))
    stage, store = rehearsal()
    whole = record(good)
    stage.append(whole, to_ms(START))
    stage.append(Record(whole.topic, whole.key, b"\xff\xff", whole.headers), to_ms(START))
    stage.append(Record(whole.topic, b"alice@example.org", whole.value, whole.headers, 3), to_ms(START))
    assert stage.run(Random(0), to_ms(START))
    assert {dict(sent.headers)["adloom_reason"] for sent in stage.sent} == {b"undecodable", b"not_a_pseudonym"}
    assert [sent.topic for sent in stage.sent] == [DEADLETTER, DEADLETTER]
    assert all(b"alice" not in (sent.key or b"") + (sent.value or b"") for sent in stage.sent)
    assert_all_equal(store, stage)


@pytest.mark.parametrize("seed", range(12))
def test_copies_that_wait_for_hours_in_another_partition_count_once(seed: int) -> None:
    """Inputs are read unevenly over four days, so that moved messages arrive behind much younger ones."""
    chance, (stage, store) = Random(seed), rehearsal()
    for event in made_up(chance, 40):
        after = timedelta(hours=chance.uniform(0, 96))
        sent = record(replace(event, time_us=micros(START + after)))
        for later in (after, after + timedelta(hours=chance.uniform(0, 23)))[: chance.choice([1, 2])]:
            astray = chance.randrange(6) if chance.random() < 0.5 else None
            stage.append(replace(sent, partition=astray), to_ms(START + later))
    while not stage.run(chance, to_ms(START) + 200 * 3_600_000, batch=1, crash_after=chance.randrange(20, 90)):
        stage.restart(disk_lost=chance.random() < 0.3)
    assert_all_equal(store, stage)
    assert not stage.sent, "nothing is refused"

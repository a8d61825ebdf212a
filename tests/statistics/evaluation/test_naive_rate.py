"""Clicks settle early and silence late: a rate over everything settled so far is biased upwards, and ours is not.

Impressions come at a steady pace, a tenth of them is clicked after a while, and somebody looks while windows are open.
Everything goes through the real join, one shopper an impression, and through the real tally.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2, outcome_pb2
from services.common.token import Token, TokenKeys
from services.evaluation.outcome_tally import OutcomeTally, TrafficKind
from services.outcomes.processor import OutcomesProcessor
from services.wire.codec.decode import decode
from services.wire.codec.envelope import Envelope, RawRecord

RATE = 0.1
WINDOW = timedelta(minutes=30)
LOOK = timedelta(minutes=45)  # after the first impression; two thirds of the impressions have open windows
PER_MINUTE = 60
RUNS = 8
START = datetime(2026, 3, 1, tzinfo=UTC)
KEYS = TokenKeys("1", {"1": b"key"})


@dataclass
class Looked:
    """What is known at the time of the look."""

    naive: OutcomeTally  # everything settled so far, as if its window had closed
    ours: OutcomeTally


def look(seed: int) -> Looked:
    chance = random.Random(seed)
    room = OutcomesProcessor(lambda: KEYS, int(WINDOW.total_seconds() * 1000))
    looked, at = Looked(OutcomeTally(), OutcomeTally()), START + LOOK
    for number in range(int(LOOK.total_seconds() / 60 * PER_MINUTE)):
        shown_at = START + timedelta(minutes=number / PER_MINUTE)
        events = [event for event in _events(number, shown_at, chance) if event.appended_at <= at]
        made = room.advance(_user(number), 0, None, events, int(at.timestamp() * 1000))
        settled = {(o := _outcome(r.topic, r.key, r.value, r.headers)).outcome_id: o for r in made.records}
        for outcome in settled.values():
            looked.naive.add_closed(outcome)
            if outcome.window_closed:
                looked.ours.add_closed(outcome)
    return looked


def _events(number: int, shown_at: datetime, chance: random.Random) -> list[Envelope]:
    name, user = f"i{number}", _user(number)
    shown = impression_pb2.Impression(
        impression_id=name, user_id=user, policy_id="uniform", creative_id="c", propensity=0.5
    )
    events = [_envelope("ad.impressions", shown_at, user, shown)]
    if chance.random() < RATE:
        after = min(timedelta(minutes=chance.expovariate(1 / 4)), WINDOW)
        token = Token(name, user, "c", "p", 0.5, "top", 0, int(shown_at.timestamp() * 1000))
        click = events_pb2.Click(user_id=user, product_id="p", impression_token=KEYS.sign(token))
        events.append(_envelope("ad.clicks", shown_at + after, user, click))
    return events


def _envelope(topic: str, at: datetime, user: str, message: impression_pb2.Impression | events_pb2.Click) -> Envelope:
    return Envelope(f"{topic}{user}", "t", "t", at, topic, 0, 0, at, user.encode(), message)


def _user(number: int) -> str:
    return f"u1-{number:032x}"


def _outcome(topic: str, key: bytes | None, value: bytes | None, headers: object) -> outcome_pb2.Outcome:
    message = decode(RawRecord(topic, 0, 0, 0, key, value, headers)).message  # type: ignore[arg-type]
    assert isinstance(message, outcome_pb2.Outcome)
    return message


def test_the_naive_rate_is_biased_upwards_and_ours_is_not() -> None:
    naive, ours, impressions = [], [], 0
    for seed in range(RUNS):
        looked = look(seed)
        a, b = (tally.rates[TrafficKind("uniform", False)] for tally in (looked.naive, looked.ours))
        naive.append(a.clicks / a.impressions)
        ours.append(b.clicks / b.impressions)
        impressions += b.impressions
    error = (RATE * (1 - RATE) / impressions) ** 0.5
    assert abs(sum(ours) / RUNS - RATE) < 4 * error, "ours is right within four standard errors"
    assert sum(naive) / RUNS > RATE + 20 * error, "the naive one is far too high"
    assert min(naive) > 2 * RATE

"""A plain oracle of outcomes, histories to try it on, and what to compare.

The oracle sorts nothing and remembers everything; it is handed what was meant (which impression a click names, whether
its token is good), not tokens, and imports nothing of ours. Only the makers of messages below it do.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import events_pb2, impression_pb2, outcome_pb2
from services.common.token import Token, TokenKeys
from services.outcomes.facts import event_identity
from services.wire.envelope import Envelope

START = datetime(2026, 3, 1, tzinfo=UTC)
BURST = 2
DAY_MS = 24 * 3600 * 1000
WINDOW_MS = 30 * 60 * 1000
USER = "u1-" + "a" * 32
Row = tuple[str, bool, int, int, str]  # kind, closed, value, delay, invalid
OTHER = "u1-" + "b" * 32
KEYS = TokenKeys("1", {"1": b"ours"})
STRANGERS = TokenKeys("1", {"1": b"theirs"})
TOPICS = ("ad.impressions", "ad.clicks", "ad.orders")


@dataclass(frozen=True)
class Appended:
    """One message, with what was meant by it."""

    topic: str
    at_ms: int  # LogAppendTime, after START
    event: str
    impression: str  # empty: outside ads
    token: str  # good, forged, foreign, expired
    bot: bool = False
    value: int = 0


@dataclass
class Expected:
    """What the oracle says."""

    outcomes: dict[str, Row] = field(default_factory=dict)
    refused: dict[tuple[str, int], str] = field(default_factory=dict)


def oracle(logs: dict[str, list[Appended]]) -> Expected:
    """Plain loops over the whole logs, after all windows have closed."""
    told = Expected()
    click: dict[str, Appended] = {}
    orders: dict[str, list[Appended]] = {}
    seen: set[tuple[str, str]] = set()
    for topic, offset, m in naming(logs):
        if (topic, m.event) in seen:
            continue
        if m.token != "good":
            told.refused[topic, offset] = m.token
        elif topic == "ad.clicks" and m.impression in click:
            told.refused[topic, offset] = "used"
        else:
            seen.add((topic, m.event))
            click |= {m.impression: m} if topic == "ad.clicks" else {}
            orders.setdefault(m.impression, []).extend([m] if topic == "ad.orders" else [])
    marks = {"bot": [m.at_ms for log in logs.values() for m in log if m.bot], "rate": bursts(logs)}
    first = {m.impression: m for m in reversed(logs["ad.impressions"])}
    for name, shown in first.items():
        told.outcomes |= settled(shown, click.get(name), orders.get(name, []), marks)
    return told


def bursts(logs: dict[str, list[Appended]]) -> list[int]:
    """When events beyond `BURST` in their minute were appended; copies of one that settled something do not count."""
    found: list[int] = []
    for topic in ("ad.clicks", "ad.orders"):
        seen: set[str] = set()
        used: set[str] = set()
        minutes: list[int] = []
        for m in logs[topic]:
            if m.event in seen:
                continue
            settles = m.impression and m.token == "good" and not (topic == "ad.clicks" and m.impression in used)
            seen |= {m.event} if settles else set()
            used |= {m.impression} if settles else set()
            minutes.append(m.at_ms // 60_000)
            found += [m.at_ms] if minutes.count(minutes[-1]) > BURST else []
    return found


def naming(logs: dict[str, list[Appended]]) -> Iterator[tuple[str, int, Appended]]:
    """Clicks and orders that came with a token, with their places."""
    for topic in ("ad.clicks", "ad.orders"):
        yield from ((topic, offset, m) for offset, m in enumerate(logs[topic]) if m.impression)


def settled(
    shown: Appended, click: Appended | None, orders: list[Appended], marks: dict[str, list[int]]
) -> dict[str, Row]:
    """What the issue says about one impression."""
    end = shown.at_ms + WINDOW_MS
    since = (shown.at_ms // 3_600_000 - 24) * 3_600_000
    invalid = next((why for why, times in marks.items() if any(since <= at <= end for at in times)), "")
    in_time = click is not None and shown.at_ms - DAY_MS <= click.at_ms <= end
    kind, at = ("CLICKED", click.at_ms) if click is not None and in_time else ("IGNORED", end)
    rows: dict[str, Row] = {f"{shown.impression}:click": (kind, True, 0, at - shown.at_ms, invalid)}
    for o in orders:
        why = invalid or ("bot" if o.bot else "")
        rows[f"{shown.impression}:order:{o.event}"] = ("ORDERED", True, o.value, o.at_ms - shown.at_ms, why)
    return rows


def history(chance: random.Random) -> dict[str, list[Appended]]:
    """Logs of one shopper over an hour or two: late, early, repeated, forged and automatic messages among them."""
    names = [f"i{n}" for n in range(chance.randint(1, 5))]
    log: list[Appended] = []
    for name in names:
        at = chance.randrange(0, 3_600_000)
        for _ in range(chance.choice([1, 1, 2])):
            log.append(Appended("ad.impressions", at + chance.choice([0, 5_000]), f"e-{name}", name, "good"))
    for n in range(chance.randint(0, 10)):
        topic = chance.choice(["ad.clicks", "ad.clicks", "ad.orders"])
        token = chance.choice(["good"] * 6 + ["forged", "foreign", "expired"])
        name = chance.choice([*names, "never-shown", ""])
        bot = chance.random() < 0.08
        at = chance.choice([chance.randrange(0, 7_200_000), 3_600_000 + chance.randrange(60_000)])
        first = Appended(topic, at, f"{topic}-{n}", name, token, bot, chance.randrange(500))
        log += [first, Appended(topic, first.at_ms + 60_000, *_rest(first))][: chance.choice([1, 1, 1, 2])]
    log.sort(key=lambda m: m.at_ms)
    return {topic: [m for m in log if m.topic == topic] for topic in TOPICS}


def _rest(m: Appended) -> tuple[str, str, str, bool, int]:
    return m.event, m.impression, m.token, m.bot, m.value


def envelope(m: Appended, offset: int) -> Envelope:
    """The message as an event that was read."""
    at = START + timedelta(milliseconds=m.at_ms)
    made = message_of(m)
    kind = made.DESCRIPTOR.full_name
    return Envelope(m.event, "t", kind, at, m.topic, 0, offset, at, USER.encode(), made)


def message_of(m: Appended) -> Message:
    """The message, with a token that is worth what was meant."""
    at = START + timedelta(milliseconds=m.at_ms)
    agent, token = "Googlebot/2.1" if m.bot else "Firefox", _token(m, at)
    if m.topic == "ad.impressions":
        return impression_pb2.Impression(
            impression_id=m.impression, user_id=USER, creative_id="c", policy_id="uniform", propensity=0.5, shown_at=at
        )
    if m.topic == "ad.clicks":
        return events_pb2.Click(user_id=USER, product_id="p", impression_token=token, user_agent=agent)
    return events_pb2.Order(user_id=USER, product_id="p", impression_token=token, user_agent=agent, value_minor=m.value)


def _token(m: Appended, at: datetime) -> str:
    if not m.impression:
        return ""
    shown_at = at - timedelta(hours=25 if m.token == "expired" else 1)
    user = OTHER if m.token == "foreign" else USER
    token = Token(m.impression, user, "c", "p", 0.5, "top", 0, int(shown_at.timestamp() * 1000))
    return (STRANGERS if m.token == "forged" else KEYS).sign(token)


def final(emitted: Iterable[outcome_pb2.Outcome]) -> dict[str, Row]:
    """Of several messages with one id the one with `window_closed` says more; those must agree."""
    told: dict[str, Row] = {}
    for o in emitted:
        kind = outcome_pb2.OutcomeKind.Name(o.kind)
        row = (kind, o.window_closed, o.value_minor, o.delay_ms, o.invalid_traffic)
        if o.window_closed and told.get(o.outcome_id, row)[1]:
            assert told.get(o.outcome_id, row) == row, "a closed outcome changed"
        if o.window_closed or o.outcome_id not in told:
            told[o.outcome_id] = row
    return told


def named(expected: Expected) -> dict[str, Row]:
    """Order outcomes are called after a hash of their event, which the oracle does not know."""
    rows: dict[str, Row] = {}
    for key, row in expected.outcomes.items():
        head, _, event = key.partition(":order:")
        rows[f"{head}:order:{event_identity('t', event).hex()}" if event else key] = row
    return rows

"""Histories of one shopper to try outcomes on, and what the oracle of the drills says of them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.message import Message

from protos.gen.adloom.events.v1 import consent_pb2, events_pb2, impression_pb2, outcome_pb2
from services.common.clock import to_ms
from services.common.token import Token, TokenKeys
from services.tools.drills.oracle import oracle
from services.tools.drills.oracle.plain import fields_of, plain
from services.wire.codec.encode import encode
from services.wire.codec.envelope import Envelope, RawRecord, Record

START = datetime(2026, 3, 1, tzinfo=UTC)
BURST = 2
DAY_MS = 24 * 3600 * 1000
WINDOW_MS = 30 * 60 * 1000
USER = "u1-" + "a" * 32
OTHER = "u1-" + "b" * 32
KEYS = TokenKeys("1", {"1": b"ours"})
STRANGERS = TokenKeys("1", {"1": b"theirs"})
TOPICS = ("ad.impressions", "ad.clicks", "ad.orders", "ad.renders")


@dataclass(frozen=True)
class Appended:
    """One message, with what was meant by it."""

    topic: str
    at_ms: int  # LogAppendTime, after START
    event: str
    impression: str  # empty: outside ads
    token: str  # good, forged, foreign, expired, or another creative's
    bot: bool = False
    value: int = 0

    @property
    def currency(self) -> str:
        """One of several, and none, by the value."""
        return ("", "EUR", "JPY", "KWD")[self.value % 4]

    @property
    def consent(self) -> consent_pb2.Consent | None:
        """None, or one of three, likewise."""
        said = (None, {}, {"profile": True}, {"profile": False})[self.value % 4]
        return None if said is None else consent_pb2.Consent(**said)


def expected(raws: Iterable[RawRecord], partitions: int) -> oracle.Expected:
    """What the oracle says of these messages."""
    rules = oracle.Rules(WINDOW_MS, KEYS.secrets, {}, BURST, partitions)
    return oracle.expected([plain(raw) for raw in raws], rules)


def expected_of(logs: dict[str, list[Appended]]) -> oracle.Expected:
    """Likewise, for logs of one partition."""
    return expected((raw_of(m, offset) for log in logs.values() for offset, m in enumerate(log)), 1)


def history(chance: random.Random) -> dict[str, list[Appended]]:
    """Logs of one shopper over an hour or two: late, early, repeated, forged and automatic messages among them.

    Clicks and orders are numbered apart, so that one of each may bear the same id.
    """
    names = [f"i{n}" for n in range(chance.randint(1, 5))]
    log: list[Appended] = []
    for name in names:
        at = chance.randrange(0, 3_600_000)
        for _ in range(chance.choice([1, 1, 2])):
            appended = at + chance.choice([0, 5_000])
            log.append(Appended("ad.impressions", appended, f"e-{name}", name, "good", value=int(name[1:])))
    for _ in range(chance.randint(0, 12)):
        topic = chance.choice(["ad.clicks", "ad.clicks", "ad.orders", "ad.renders"])
        token = chance.choice(["good"] * 6 + ["forged", "foreign", "expired", "another creative's"])
        name = chance.choice([*names, "never-shown", *([] if topic == "ad.renders" else [""])])
        bot = chance.random() < 0.08
        at = chance.choice([chance.randrange(0, 7_200_000), 3_600_000 + chance.randrange(60_000)])
        first = Appended(
            topic, at, f"e{len({m.event for m in log if m.topic == topic})}", name, token, bot, chance.randrange(500)
        )
        log += [first, Appended(topic, first.at_ms + 60_000, *_rest(first))][: chance.choice([1, 1, 1, 2])]
    log.sort(key=lambda m: m.at_ms)
    return {topic: [m for m in log if m.topic == topic] for topic in TOPICS}


def _rest(m: Appended) -> tuple[str, str, str, bool, int]:
    return m.event, m.impression, m.token, m.bot, m.value


def record_of(m: Appended) -> Record:
    """The message as it was sent, at the moment at which it was appended."""
    at = START + timedelta(milliseconds=m.at_ms)
    return encode(message_of(m), event_id=m.event, source="t", time=at, key=USER.encode())


def raw_of(m: Appended, offset: int) -> RawRecord:
    """The message in the log of a topic with one partition."""
    record = record_of(m)
    return RawRecord(m.topic, 0, offset, to_ms(START) + m.at_ms, record.key, record.value, record.headers)


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
            impression_id=m.impression, user_id=USER, creative_id="c", policy_id="uniform", propensity=0.5, shown_at=at,
            consent=m.consent, render_pixel=m.value % 2 == 0,
        )  # fmt: skip
    if m.topic == "ad.renders":
        return events_pb2.Render(user_id=USER, impression_token=token, user_agent=agent)
    said = m.consent
    if m.topic == "ad.clicks":
        return events_pb2.Click(user_id=USER, product_id="p", impression_token=token, user_agent=agent, consent=said)
    made = events_pb2.Order(user_id=USER, product_id="p", impression_token=token, user_agent=agent, consent=said)
    made.value_minor, made.currency = m.value, m.currency
    return made


def _token(m: Appended, at: datetime) -> str:
    if not m.impression:
        return ""
    shown_at = at - timedelta(hours=25 if m.token == "expired" else 1)
    user = OTHER if m.token == "foreign" else USER
    creative_id = "d" if m.token == "another creative's" else "c"
    token = Token(m.impression, user, creative_id, "p", 0.5, "top", 0, int(shown_at.timestamp() * 1000))
    return (STRANGERS if m.token == "forged" else KEYS).sign(token)


def final(emitted: Iterable[outcome_pb2.Outcome]) -> dict[str, dict[str, Any]]:
    """Of several messages with one id the one with `window_closed` says more; those must agree."""
    told: dict[str, dict[str, Any]] = {}
    for outcome in emitted:
        row = fields_of(outcome)
        name, closed = outcome.outcome_id, outcome.window_closed
        if closed and told.get(name, row)["window_closed"]:
            assert told.get(name, row) == row, "a closed outcome changed"
        if closed or name not in told:
            told[name] = row
    return told

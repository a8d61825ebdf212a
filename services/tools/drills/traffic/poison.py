"""Ways to spoil a valid record, each with the reason of the dead letter that it must become."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from services.common.clock import to_ms
from services.common.token import Token, TokenKeys
from services.common.topics import CLICKS, IMPRESSIONS, ORDERS, RENDERS
from services.wire.codec import rfc3339
from services.wire.codec.envelope import Record

RAW_USER = b"alice@example.org"
SOMEBODY = "u1-" + "5" * 32
_TOKEN_FIELD = {CLICKS: 3, ORDERS: 6, RENDERS: 2}


@dataclass(frozen=True, slots=True)
class Spoiler:
    """The inputs for spoiling a record."""

    keys: TokenKeys  # the deployment's own
    now: datetime
    chance: Random


@dataclass(frozen=True, slots=True)
class Poison:
    """One way to spoil a protobuf record of a view, click, order, impression or render."""

    kind: str
    reason: str
    spoil: Callable[[Record, Spoiler], Record]
    topics: tuple[str, ...] = ()  # empty: any


def header(name: str, value: bytes | None) -> Callable[[Record, Spoiler], Record]:
    """The record with this header, or without it."""

    def spoil(record: Record, _: Spoiler) -> Record:
        kept = tuple(pair for pair in record.headers if pair[0] != name)
        return replace(record, headers=kept if value is None else (*kept, (name, value)))

    return spoil


def at(back: timedelta) -> Callable[[Record, Spoiler], Record]:
    """The record with an event time `back` before now."""
    return lambda record, by: header("ce_time", rfc3339.text(by.now - back).encode())(record, by)


def value(text: bytes | None) -> Callable[[Record, Spoiler], Record]:
    """The record with another value."""
    return lambda record, _: replace(record, value=text)


def wrong_field(record: Record, _: Spoiler) -> Record:
    """A product id or a render's user agent that is too long; a propensity above 1 in an impression."""
    if record.topic == RENDERS:
        return replace(record, value=(record.value or b"") + _field(4, b"x" * 600))
    wrong = b"\x61" + struct.pack("<d", 2.0) if record.topic == IMPRESSIONS else _field(2, b"x" * 200)
    return replace(record, value=(record.value or b"") + wrong)


def raw_user(record: Record, _: Spoiler) -> Record:
    """A shop's own user id, in key and value."""
    named = _field(3 if record.topic == IMPRESSIONS else 1, RAW_USER)
    return replace(record, key=RAW_USER, value=(record.value or b"") + named)


def wrapped_raw_user(record: Record, by: Spoiler) -> Record:
    """A shop's own user id in a value that was compressed, under a pseudonym as key."""
    return replace(record, value=gzip.compress(raw_user(record, by).value or b"", mtime=0))


def with_token(make: Callable[[str, Spoiler], str]) -> Callable[[Record, Spoiler], Record]:
    """The click or order with a token that `make` gives for its user."""

    def spoil(record: Record, by: Spoiler) -> Record:
        token = make((record.key or b"").decode(), by).encode()
        return replace(record, value=(record.value or b"") + _field(_TOKEN_FIELD[record.topic], token))

    return spoil


def _token(user: str, by: Spoiler, age: timedelta = timedelta(minutes=1)) -> Token:
    name = f"imp-{by.chance.getrandbits(64):016x}"
    return Token(name, user, "c", "p", 0.5, "top", 0, to_ms(by.now - age))


def _forged(user: str, by: Spoiler) -> str:
    text = by.keys.sign(_token(user, by))
    strangers = TokenKeys(by.keys.signing, {by.keys.signing: b"not this deployment's"})
    return by.chance.choice([strangers.sign(_token(user, by)), text[:-5], f"{text}.x", "no token at all"])


def _field(number: int, content: bytes) -> bytes:
    """A protobuf field to append; of several fields with one number the last one wins."""
    length = len(content)
    sized = bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])
    return bytes([number << 3 | 2]) + sized + content


_USES = (CLICKS, ORDERS, RENDERS)

POISON: tuple[Poison, ...] = (
    Poison("garbage", "undecodable", value(b"\xff\xff\xff\xff")),
    Poison("no value", "undecodable", value(None)),
    Poison("no content type", "undecodable", header("content-type", None)),
    Poison("another content type", "undecodable", header("content-type", b"text/plain")),
    Poison(
        "broken JSON", "undecodable", lambda r, by: header("content-type", b"application/json")(value(b"{")(r, by), by)
    ),
    Poison("no id", "invalid", header("ce_id", None)),
    Poison("another version of CloudEvents", "invalid", header("ce_specversion", b"0.3")),
    Poison("nonsense as its time", "invalid", header("ce_time", b"yesterday")),
    Poison("a field against its rule", "invalid", wrong_field),
    Poison("somebody else's key", "invalid", lambda record, _: replace(record, key=SOMEBODY.encode())),
    Poison("a raw user", "not_a_pseudonym", raw_user),
    Poison("a raw user in gzip", "undecodable", wrapped_raw_user),
    Poison("no key", "not_a_pseudonym", lambda record, _: replace(record, key=None)),
    Poison("two days old", "too_old", at(timedelta(hours=48))),
    Poison("of tomorrow", "from_the_future", at(timedelta(hours=-24))),
    Poison("a type nobody knows", "unknown_type", header("ce_type", b"adloom.events.v9.View")),
    Poison("a type of another topic", "unknown_type", header("ce_type", b"adloom.events.v1.Report")),
    Poison("a forged token", "forged", with_token(_forged), _USES),
    Poison(
        "an expired token", "expired", with_token(lambda u, by: by.keys.sign(_token(u, by, timedelta(hours=25)))), _USES
    ),
    Poison("another's token", "foreign", with_token(lambda _, by: by.keys.sign(_token(SOMEBODY, by))), _USES),
)

"""Messages that cannot be used, kept as they came with the reason: topic `ad.deadletter`, key of the origin.

A dead letter's identity is (topic, partition, offset) of its origin; after a crash it may be written again. What shows
a user who is no pseudonym is kept without key and value, and with our own headers only (law 7).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from services.common.errors import Rejected
from services.common.pseudonym import is_pseudonym
from services.common.topics import DEADLETTER
from services.wire.encode import largest
from services.wire.envelope import RawRecord, Record
from services.wire.message_types import MESSAGE_TYPES

REDACTED = b"redacted"

_OWN = "adloom_"
_CUT_KEY_BYTES = 1024
_CUT_VALUE_BYTES = 512 * 1024
_KEPT_WHEN_REDACTED = {"content-type", "ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time"}
_JSON_USER = re.compile(rb'"user_?[iI]d"\s*:\s*"?([^",}\s]*)')
_USER_TOPICS = {kind.topic for kind in MESSAGE_TYPES.values() if kind.user_keyed}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a dead letter came from, and why it is one."""

    topic: str
    partition: int
    offset: int
    reason: str


def dead_letter(raw: RawRecord, reason: str, redact: bool, attempts: int = 1) -> Record:
    """`raw` for the dead letters, with `reason`; redacted where asked, and wherever a raw user id can be seen in it.

    What is larger than the topic takes (a compressed batch may unpack to that) is cut, with its size as
    `adloom_cut_from_bytes`.
    """
    own = {
        "adloom_reason": reason,
        "adloom_topic": raw.topic,
        "adloom_partition": str(raw.partition),
        "adloom_offset": str(raw.offset),
        "adloom_attempts": str(attempts),
    }
    added = tuple((name, value.encode()) for name, value in own.items())
    kept = tuple((name, value or b"") for name, value in raw.headers if name not in own)
    if redact or shows_raw_user(raw):
        known = tuple(header for header in kept if header[0].lower() in _KEPT_WHEN_REDACTED)
        return _fitting(Record(DEADLETTER, REDACTED, REDACTED, known + added), added)
    return _fitting(Record(DEADLETTER, raw.key, raw.value, kept + added), added)


def _fitting(letter: Record, added: tuple[tuple[str, bytes], ...]) -> Record:
    """`letter`, or as much of it as the topic takes."""
    size = letter.size_bytes()
    if size <= largest(DEADLETTER):
        return letter
    cut = (*added, ("adloom_cut_from_bytes", str(size).encode()))
    return Record(DEADLETTER, (letter.key or b"")[:_CUT_KEY_BYTES], (letter.value or b"")[:_CUT_VALUE_BYTES], cut)


def shows_raw_user(raw: RawRecord) -> bool:
    """Whether `raw`, on a topic keyed by user, has a key or a readable `user_id` that is no pseudonym."""
    if raw.topic not in _USER_TOPICS:
        return False
    if raw.key is not None and not is_pseudonym(raw.key.decode("latin-1")):
        return True
    return any(user and not is_pseudonym(user) for user in _readable_users(raw))


def _readable_users(raw: RawRecord) -> list[str]:
    """What stands as `user_id` in the value, whether it is protobuf, JSON, or JSON that cannot be parsed."""
    value = raw.value or b""
    users = [found.decode("utf-8", "replace") for found in _JSON_USER.findall(value)]
    kind = next(kind for kind in MESSAGE_TYPES.values() if kind.topic == raw.topic)
    try:
        return [*users, kind.cls.FromString(value).user_id]  # type: ignore[attr-defined]  # user-keyed: it has one
    except DecodeError:
        return users


def read_origin(raw: RawRecord) -> Origin:
    """Where the dead letter `raw` came from; raises `Rejected` for a message that is none."""
    found = dict(raw.headers)
    try:
        texts = [(found.get(f"{_OWN}{name}") or b"").decode() for name in ("topic", "partition", "offset", "reason")]
        topic, partition, offset, reason = texts
        if topic and reason:
            return Origin(topic, int(partition), int(offset), reason)
    except ValueError:
        pass  # falls through to the refusal
    raise Rejected("invalid", "headers", sorted(found), "adloom_reason, adloom_topic, adloom_partition, adloom_offset")

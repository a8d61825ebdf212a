"""Turns a raw message into an event, or a dead letter with its reason: nothing is dropped silently (law 6). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import Message

from services.common.errors import Rejected
from services.wire.codec.deadletter import dead_letter
from services.wire.codec.decode import decode
from services.wire.codec.envelope import Envelope, RawRecord, Record


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that its consumer cannot use; the consumer sends `record` and counts it under `topic` and `reason`."""

    topic: str  # of the message
    reason: str
    record: Record


def dead_letter_of(raw: RawRecord, reason: str) -> DeadLetter:
    """The dead letter of `raw`; redacted where the reason is that the key or the user is not a pseudonym."""
    return DeadLetter(raw.topic, reason, dead_letter(raw, reason, redact=reason == "not_a_pseudonym"))


def decode_or_dead_letter(raw: RawRecord) -> Envelope | DeadLetter:
    """The event in `raw`, or its dead letter where it cannot be decoded. Never raises, whatever the bytes are."""
    try:
        return decode(raw)
    except Rejected as refusal:
        return dead_letter_of(raw, refusal.reason)


def decode_keyed(raw: RawRecord) -> tuple[str, Message | None] | DeadLetter:
    """The key and message of a record on a compacted topic, None: a tombstone; or its dead letter.

    The key is "" where it is no text: the caller refuses a message that does not bear its key.
    """
    try:
        key = (raw.key or b"").decode()
    except UnicodeDecodeError:
        key = ""
    if raw.value is None and key:
        return key, None
    found = decode_or_dead_letter(raw)
    return found if isinstance(found, DeadLetter) else (key, found.message)

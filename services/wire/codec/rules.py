"""Checks that a decoded message is valid; one function per rule, so that each has one reason and one text.

Field rules are annotated in the protos and checked by protovalidate (about 3 microseconds a message).
"""

from __future__ import annotations

from collections.abc import Iterator, Sized
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

import protovalidate
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from protos.gen.adloom.events.v1.events_pb2 import Click
from services.common.errors import Rejected
from services.common.pseudonym import is_pseudonym
from services.wire.codec.message_types import MESSAGE_TYPES, MessageType
from services.wire.codec.rule_messages import in_words

LATENESS = timedelta(hours=24)
"""An event may arrive this long after it happened; its id is remembered for the same time."""

AHEAD = timedelta(minutes=5)
"""A sender's clock may be this far ahead of the broker's."""

HIDDEN = "(not shown)"
"""Replaces a user id in messages, which end up in logs and dead letters."""

_VALIDATOR = protovalidate.Validator()
_NAMING = {
    "adloom.events.v1.Impression": ("impression_id",),
    "adloom.events.v1.Outcome": ("outcome_id",),
}
"""Fields from which event ids are made; event ids must be printable (`headers.py`)."""

_FIRST_S, _LAST_S = -62_135_596_800, 253_402_300_799  # of the years 1 and 9999


def type_for(name: str, topic: str) -> MessageType:
    """The type called `name`; raises `Rejected("unknown_type")` where there is none or it belongs on another topic."""
    found = MESSAGE_TYPES.get(name)
    if found is None or found.topic != topic:
        here = [known.name for known in MESSAGE_TYPES.values() if known.topic == topic]
        raise Rejected("unknown_type", "ce_type", name, f"{' or '.join(here) or 'no event'} on {topic}")
    return found


def check_fields(message: Message) -> None:
    """Raises `Rejected("invalid")` that names the first field that breaks a rule of the proto or is no valid time."""
    for violation in _VALIDATOR.collect_violations(message, fail_fast=True):
        field = path_of(violation)
        value = HIDDEN if field.endswith("user_id") else _shown(violation.field_value)
        raise Rejected("invalid", field, value, expected_by(violation))
    for field, moment_of in _MOMENTS.get(message.DESCRIPTOR.full_name, ()):
        check_moment(moment_of(message), field)
    for name in _NAMING.get(message.DESCRIPTOR.full_name, ()):
        value = getattr(message, name)
        if not value.isprintable():
            raise Rejected("invalid", name, value, "printable characters")
    if isinstance(message, Click) and not (message.product_id or message.impression_token):
        raise Rejected("invalid", "product_id", "", "text, or the impression_token of an ad that is for no product,")


def check_moment(moment: Any, field: str) -> None:
    """Raises `Rejected` for a `Timestamp` out of range: on the wire it may hold any two numbers."""
    if not (_FIRST_S <= moment.seconds <= _LAST_S and 0 <= moment.nanos < 10**9):
        shown = f"{moment.seconds} s {moment.nanos} ns"
        raise Rejected("invalid", field, shown, "a moment between the years 1 and 9999")


def _moments(kind: Any, before: str = "") -> Iterator[str]:
    """The paths of the non-repeated timestamps in messages of a kind, to a depth of two, such as `context.time`."""
    for field in kind.fields:
        if field.message_type is None or field.is_repeated:
            continue
        if field.message_type.full_name == Timestamp.DESCRIPTOR.full_name:
            yield before + field.name
        elif not before:
            yield from _moments(field.message_type, f"{field.name}.")


def expected_by(violation: protovalidate.Violation) -> str:
    """What a violated rule expects, in words that stand before "was expected"."""
    return in_words(violation.proto.message or violation.proto.rule_id or "")


def _shown(value: object) -> object:
    """A field's value for an error message; of a repeated field the length, because it may be a hundred thousand."""
    return f"{len(value)} of them" if isinstance(value, Sized) and not isinstance(value, str | bytes) else value


def path_of(violation: protovalidate.Violation) -> str:
    """The path of a violation, such as `events[3].view.product_id`; empty for the message as a whole."""
    path = violation.proto.field
    if path is None:
        return ""
    return ".".join(
        f"{element.field_name}[{element.subscript.value}]" if element.subscript else str(element.field_name)
        for element in path.elements
    )


def check_user(kind: MessageType, message: Message, key: bytes | None) -> None:
    """Raises `Rejected` where the user of a user-keyed message is no pseudonym or differs from the message's key."""
    if not kind.user_keyed:
        return
    user = message.user_id  # type: ignore[attr-defined]  # every user-keyed message has it (tests/unit/wire)
    if user.encode() == key and is_pseudonym(user):
        return
    if not is_pseudonym(user) or key is None or not is_pseudonym(key.decode("latin-1")):
        where = "user_id" if not is_pseudonym(user) else "key"
        raise Rejected("not_a_pseudonym", where, HIDDEN, "a pseudonym such as u1-4360c67bc81025114044578d7c4e8e0f")
    raise Rejected("invalid", "key", key, f"the message's user_id {user}")


def check_time(kind: MessageType, time: datetime, appended_at: datetime) -> None:
    """Raises `Rejected` where an event happened too long before, or too far after, the broker appended it."""
    if not kind.timed:
        return
    late = appended_at - time
    if late > LATENESS:
        expected = f"a time at most {LATENESS} before {appended_at.isoformat()}"
        raise Rejected("too_old", "ce_time", time.isoformat(), expected)
    if late < -AHEAD:
        expected = f"a time at most {AHEAD} after {appended_at.isoformat()}"
        raise Rejected("from_the_future", "ce_time", time.isoformat(), expected)


_MOMENTS = {
    name: tuple((field, attrgetter(field)) for field in _moments(kind.cls.DESCRIPTOR))
    for name, kind in MESSAGE_TYPES.items()
}

"""Turns an event received from a shop into a record that every consumer accepts; pure.

The received user id is the shop's own and always becomes a pseudonym, whatever it looks like. With this one rule a
shopper has the same pseudonym on every path that events take.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp

from protos.gen.adloom.events.v1 import event_service_pb2 as pb
from protos.gen.adloom.events.v1 import events_pb2
from services.common.errors import Rejected
from services.common.pseudonym import PseudonymKey
from services.wire.codec.encode import encode_with
from services.wire.codec.envelope import Record
from services.wire.codec.headers import PROTOBUF, EventHeaders
from services.wire.codec.message_types import MESSAGE_TYPES
from services.wire.codec.rules import HIDDEN, check_moment, check_time

DEFAULT_SOURCE = "shop"
MAX_USER_CHARACTERS = 256

Payload = events_pb2.View | events_pb2.Click | events_pb2.Order


def admit(event: pb.Event, event_id: str, key: PseudonymKey, now: datetime, traceparent: str = "") -> Record:
    """The record of `event` under `event_id`; raises `Rejected` that names the field.

    `event_id` is the event's own id, or the one generated for it.
    """
    payload = payload_of(event)
    time = time_of(event.time) if event.HasField("time") else now
    name = payload.DESCRIPTOR.full_name
    headers = EventHeaders(PROTOBUF, event_id, event.source or DEFAULT_SOURCE, name, time, traceparent)
    record = admit_payload(payload, headers, key)
    check_time(MESSAGE_TYPES[name], time, now)
    return record


def admit_payload(payload: Payload, headers: EventHeaders, key: PseudonymKey) -> Record:
    """The record of `payload`, whose raw user id becomes a pseudonym in a copy; raises `Rejected`."""
    if not 0 < len(payload.user_id) <= MAX_USER_CHARACTERS:
        raise Rejected("invalid", "user_id", payload.user_id and HIDDEN, f"1 to {MAX_USER_CHARACTERS} characters")
    known = copy.deepcopy(payload)
    known.user_id = key.pseudonym(payload.user_id)
    return encode_with(headers, known, known.user_id.encode())


def payload_of(event: pb.Event) -> Payload:
    """The view, click or order in `event`; raises `Rejected` where there is none."""
    if event.HasField("view"):
        return event.view
    if event.HasField("click"):
        return event.click
    if event.HasField("order"):
        return event.order
    raise Rejected("invalid", "payload", None, "one of view, click, order")


def time_of(time: Timestamp) -> datetime:
    """`time` as a datetime; raises `Rejected` where it is out of range."""
    check_moment(time, "time")
    return time.ToDatetime(UTC)

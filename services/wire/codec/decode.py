"""Decodes Kafka records into events."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.message import DecodeError, Message

from services.common.clock import from_ms
from services.common.errors import Rejected
from services.wire.codec.envelope import Envelope, RawRecord
from services.wire.codec.headers import JSON, read_headers
from services.wire.codec.json_codec import from_json
from services.wire.codec.moved import first_appended_ms
from services.wire.codec.rules import check_fields, check_time, check_user, type_for


def decode(raw: RawRecord) -> Envelope:
    """The event in `raw`, checked; raises `Rejected` and nothing else, whatever the bytes are.

    The first check that fails gives the reason: headers (`undecodable`, `invalid`), the type and its topic
    (`unknown_type`), the bytes (`undecodable`), the fields (`invalid`), the user (`not_a_pseudonym`, `invalid`), the
    time (`too_old`, `from_the_future`).
    """
    headers = read_headers(raw.headers)
    kind = type_for(headers.type, raw.topic)
    message = _message(kind.cls, headers.content_type, raw.value)
    check_fields(message)
    check_user(kind, message, raw.key)
    appended_at = _appended_at(first_appended_ms(raw))
    check_time(kind, headers.time, appended_at)
    return Envelope(
        headers.event_id,
        headers.source,
        kind.name,
        headers.time,
        raw.topic,
        raw.partition,
        raw.offset,
        appended_at,
        raw.key or b"",
        message,
        headers.traceparent,
    )


def _message(cls: type[Message], content_type: str, value: bytes | None) -> Message:
    if value is None:
        raise Rejected("undecodable", "value", None, f"the bytes of {cls.DESCRIPTOR.full_name}")
    if content_type == JSON:
        return from_json(cls, value)
    try:
        return cls.FromString(value)
    except DecodeError as exc:
        expected = f"protobuf of {cls.DESCRIPTOR.full_name}"
        raise Rejected("undecodable", "value", f"{len(value)} bytes", expected) from exc


def _appended_at(timestamp_ms: int) -> datetime:
    try:
        return from_ms(timestamp_ms)
    except OverflowError as exc:
        raise Rejected("invalid", "timestamp", timestamp_ms, "milliseconds since 1970") from exc

"""Messages into Kafka records."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.message import Message

from services.common.errors import Rejected
from services.common.topics import MAX_MESSAGE_BYTES
from services.wire.envelope import Record
from services.wire.headers import JSON, PROTOBUF, EventHeaders, write_headers
from services.wire.json_codec import to_json
from services.wire.message_types import MESSAGE_TYPES
from services.wire.rules import check_fields, check_user

_ROOM_FOR_BATCH = 1024
"""Bytes that Kafka's own framing may add to a message."""


def encode(message: Message, *, event_id: str, source: str, time: datetime, key: bytes) -> Record:
    """`message` as a protobuf record for its topic, which `decode` reads back as it was.

    Raises `Rejected` for whatever `decode` would refuse whenever it is read (fields, user, headers), and for a record
    larger than a topic takes.
    """
    return encode_with(EventHeaders(PROTOBUF, event_id, source, message.DESCRIPTOR.full_name, time), message, key)


def encode_with(headers: EventHeaders, message: Message, key: bytes) -> Record:
    """As `encode`, with the content type and the trace context that `headers` name."""
    kind = MESSAGE_TYPES[message.DESCRIPTOR.full_name]
    check_fields(message)
    check_user(kind, message, key)
    value = to_json(message) if headers.content_type == JSON else message.SerializeToString()
    check_size(value)
    return Record(kind.topic, key, value, write_headers(headers))


def check_size(value: bytes) -> None:
    """Raises `Rejected("invalid")` for a value that no topic takes."""
    limit = MAX_MESSAGE_BYTES - _ROOM_FOR_BATCH
    if len(value) > limit:
        raise Rejected("invalid", "value", f"{len(value)} bytes", f"at most {limit} bytes")

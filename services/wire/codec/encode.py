"""Encodes messages as Kafka records."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.message import Message

from services.common.errors import Rejected
from services.common.topics import MAX_MESSAGE_BYTES, TOPICS
from services.wire.codec.envelope import Record
from services.wire.codec.headers import JSON, PROTOBUF, EventHeaders, write_headers
from services.wire.codec.json_codec import to_json
from services.wire.codec.message_types import MESSAGE_TYPES
from services.wire.codec.rules import check_fields, check_user

_LARGEST = {topic.name: topic.max_message_bytes for topic in TOPICS}
_ROOM_FOR_BATCH = 1024
"""Bytes that Kafka's own framing may add to a message."""


def encode(message: Message, *, event_id: str, source: str, time: datetime, key: bytes) -> Record:
    """`message` as a protobuf record for its topic; `decode` reads back the same message.

    Raises `Rejected` for everything that `decode` would refuse independently of the time (fields, user, headers), and
    for a record larger than its topic takes.
    """
    return encode_with(EventHeaders(PROTOBUF, event_id, source, message.DESCRIPTOR.full_name, time), message, key)


def encode_with(headers: EventHeaders, message: Message, key: bytes) -> Record:
    """As `encode`, with the content type and the trace context given in `headers`."""
    kind = MESSAGE_TYPES[message.DESCRIPTOR.full_name]
    check_fields(message)
    check_user(kind, message, key)
    value = to_json(message) if headers.content_type == JSON else message.SerializeToString()
    record = Record(kind.topic, key, value, write_headers(headers))
    check_size(record)
    return record


def check_size(record: Record) -> None:
    """Raises `Rejected("invalid")` for a record that is larger than its topic takes."""
    limit, size = largest(record.topic), record.size_bytes()
    if size > limit:
        raise Rejected("invalid", "value", f"{size} bytes", f"at most {limit} bytes on {record.topic}")


def largest(topic: str) -> int:
    """The size of the largest record that `topic` takes, in bytes.

    >>> largest("ad.views") < largest("ad.deadletter")
    True
    """
    return _LARGEST.get(topic, MAX_MESSAGE_BYTES) - _ROOM_FOR_BATCH

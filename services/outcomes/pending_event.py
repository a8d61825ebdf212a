"""A click or order in bytes while it waits for its impression, so that it can still become a dead letter.

What is kept is the event, encoded anew, at its own place: a message that came as JSON is kept as protobuf.
"""

from __future__ import annotations

import copy

import msgpack

from services.common.clock import to_ms
from services.wire.codec.envelope import Envelope, RawRecord
from services.wire.codec.headers import PROTOBUF, EventHeaders, write_headers


def pack(envelope: Envelope) -> bytes:
    """`envelope` in bytes, for `unpack`.

    Nothing is checked again: it is not sent anywhere, and under our headers a message may be a few bytes longer than
    any topic takes. What does not fit in the shopper's state is refused by `limits`, what does not fit in a letter cut.
    """
    message = copy.deepcopy(envelope.message)
    message.DiscardUnknownFields()  # type: ignore[attr-defined]  # they may name a person; the stubs do not know it
    value = message.SerializeToString()
    headers = write_headers(EventHeaders(PROTOBUF, envelope.event_id, envelope.source, envelope.type, envelope.time))
    position = (envelope.topic, envelope.partition, envelope.offset, to_ms(envelope.appended_at))
    packed: bytes = msgpack.packb((*position, envelope.key, value, headers))
    return packed


def unpack(data: bytes) -> RawRecord:
    """The message that `pack` wrote, as it could have been read from its place."""
    topic, partition, offset, timestamp_ms, key, value, headers = msgpack.unpackb(data)
    return RawRecord(topic, partition, offset, timestamp_ms, key, value, tuple((name, held) for name, held in headers))

"""Packs a click or order that waits for its impression, so that it can still become a dead letter.

The event is encoded again, with its original position: a message that came as JSON is kept as protobuf.
"""

from __future__ import annotations

import copy

import msgpack

from services.common.clock import to_ms
from services.wire.codec.envelope import Envelope, RawRecord
from services.wire.codec.headers import PROTOBUF, EventHeaders, write_headers


def pack(envelope: Envelope) -> bytes:
    """`envelope` in bytes, for `unpack`.

    The size is not checked: the result is not sent, and with our headers a message may be a few bytes longer than its
    topic takes. `limits` refuses a message that does not fit in the state; a dead letter that is too large is cut.
    """
    message = copy.deepcopy(envelope.message)
    message.DiscardUnknownFields()  # type: ignore[attr-defined]  # they may name a person; not in the stubs
    value = message.SerializeToString()
    headers = write_headers(EventHeaders(PROTOBUF, envelope.event_id, envelope.source, envelope.type, envelope.time))
    position = (envelope.topic, envelope.partition, envelope.offset, to_ms(envelope.appended_at))
    packed: bytes = msgpack.packb((*position, envelope.key, value, headers))
    return packed


def unpack(data: bytes) -> RawRecord:
    """The message that `pack` wrote, as if read from its original position."""
    topic, partition, offset, timestamp_ms, key, value, headers = msgpack.unpackb(data)
    return RawRecord(topic, partition, offset, timestamp_ms, key, value, tuple((name, held) for name, held in headers))

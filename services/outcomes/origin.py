"""A click or order in bytes while it waits for its impression, so that it can still become a dead letter.

What is kept is the event, encoded anew, at its own place: a message that came as JSON is kept as protobuf.
"""

from __future__ import annotations

import msgpack

from services.common.clock import to_ms
from services.wire.encode import encode
from services.wire.envelope import Envelope, RawRecord


def pack(envelope: Envelope) -> bytes:
    """`envelope` in bytes, for `unpack`."""
    record = encode(
        envelope.message,
        event_id=envelope.event_id,
        source=envelope.source,
        time=envelope.time,
        key=envelope.key,
    )
    place = (envelope.topic, envelope.partition, envelope.offset, to_ms(envelope.appended_at))
    packed: bytes = msgpack.packb((*place, record.key, record.value, record.headers))
    return packed


def unpack(data: bytes) -> RawRecord:
    """The message that `pack` wrote, as it could have been read from its place."""
    topic, partition, offset, timestamp_ms, key, value, headers = msgpack.unpackb(data)
    return RawRecord(topic, partition, offset, timestamp_ms, key, value, tuple((name, held) for name, held in headers))

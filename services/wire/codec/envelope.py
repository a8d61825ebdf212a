"""The nouns of the wire: a record to be sent, a record as it was read, and the event decoded from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from google.protobuf.message import Message

Headers = tuple[tuple[str, bytes | None], ...]
TopicPartition = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Record:
    """A message to be appended to a topic."""

    topic: str
    key: bytes | None  # None only for dead letters whose origin had none
    value: bytes | None  # None only for dead letters whose origin had none
    headers: tuple[tuple[str, bytes], ...]
    partition: int | None = None  # None: the partition of the key

    def size_bytes(self) -> int:
        """The size of key, value and headers together, without Kafka's framing."""
        headers = sum(len(name.encode()) + len(value) for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A message as Kafka delivered it, not yet decoded or checked."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int  # LogAppendTime, milliseconds since 1970
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event that passed every check, with its identity and its position in the log."""

    event_id: str  # together with `source` the event's identity
    source: str
    type: str  # protobuf full name, "adloom.events.v1.View"
    time: datetime  # when the event happened, by the sender's clock; UTC
    topic: str
    partition: int
    offset: int
    appended_at: datetime  # when the broker appended it first; a moved message was appended twice (`moved.py`); UTC
    key: bytes
    message: Message
    traceparent: str = ""  # W3C trace context, empty where the message had none

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
class Position:
    """Where and when a message was appended: of two messages under one key, the later counts."""

    partition: int
    offset: int
    appended_ms: int  # LogAppendTime, which may go back with the broker's clock

    def follows(self, other: Position | None) -> bool:
        """Whether this message is the later one; `other` is None where there was none.

        >>> first = Position(0, 7, 2_000)
        >>> [Position(*it).follows(first) for it in ((0, 8, 1_000), (0, 6, 1_000), (1, 0, 2_001), (1, 0, 1_999))]
        [True, False, True, False]
        """
        if other is None or self.appended_ms > other.appended_ms:  # later, or the topic was made again
            return True
        if self.partition == other.partition:
            return self.offset > other.offset
        return self.appended_ms == other.appended_ms


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

    def position(self) -> Position:
        """Where and when it was appended."""
        return Position(self.partition, self.offset, self.timestamp_ms)


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

"""Record batches as strangers make them, byte by byte, and sent without a client that would know better."""

from __future__ import annotations

import itertools
import socket
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from kafka.record.util import calc_crc32c

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
_TRANSACTIONAL, _CONTROL = 0x10, 0x20
_PRODUCE, _VERSION = 0, 7

Header = tuple[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the broker said: 0, or its number for what is wrong."""

    error: int
    offset: int


def varint(value: int) -> bytes:
    """Zigzag, base 128."""
    raw, out = (value << 1) ^ (value >> 63), bytearray()
    while raw >= 0x80:
        out.append(raw & 0x7F | 0x80)
        raw >>= 7
    out.append(raw)
    return bytes(out)


def _bytes(value: bytes | None) -> bytes:
    return varint(-1) if value is None else varint(len(value)) + value


def record(number: int, key: bytes | None, value: bytes | None, headers: Sequence[Header] = (), ms: int = 0) -> bytes:
    """One record of format v2."""
    named = b"".join(_bytes(name.encode()) + _bytes(held) for name, held in headers)
    body = b"\0" + varint(ms) + varint(number) + _bytes(key) + _bytes(value) + varint(len(headers)) + named
    return varint(len(body)) + body


def vast(key: bytes, length: int) -> tuple[bytes, bytes]:
    """What stands before and behind the value of a record whose value has so many bytes."""
    head = b"\0" + varint(0) + varint(0) + _bytes(key) + varint(length)
    return varint(len(head) + length + 1) + head, varint(0)


def batch(records: bytes, count: int, codec: int = NONE, *, magic: int = 2, crc_off: int = 0) -> bytes:
    """A batch around `records`, which are packed already where `codec` says so."""
    tail = struct.pack(">hiqqqhii", codec, count - 1, 0, 0, -1, -1, -1, count) + records
    crc = (calc_crc32c(tail) + crc_off) & 0xFFFFFFFF
    rest = struct.pack(">ibI", -1, magic, crc) + tail
    return struct.pack(">qi", 0, len(rest)) + rest


def old_message(magic: int, key: bytes, value: bytes) -> bytes:
    """A message as clients wrote them before Kafka 0.11."""
    stamp = struct.pack(">q", 0) if magic else b""
    rest = (
        struct.pack(">bb", magic, 0) + stamp + struct.pack(">i", len(key)) + key + struct.pack(">i", len(value)) + value
    )
    message = struct.pack(">I", zlib.crc32(rest)) + rest
    return struct.pack(">qi", 0, len(message)) + message


class Line:
    """A connection to the broker that says what it is told to."""

    _numbers = itertools.count(1)

    def __init__(self, address: str, timeout_s: float = 30.0) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout_s)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def produce(self, topic: str, partition: int, records: bytes, version: int = _VERSION) -> Answer:
        """Sends a batch and returns the answer; `ConnectionError` where the broker hangs up."""
        name = topic.encode()
        body = struct.pack(">hhi", -1, -1, 20_000)  # no transaction, all replicas
        body += struct.pack(">ih", 1, len(name)) + name + struct.pack(">iii", 1, partition, len(records)) + records
        number = next(self._numbers)
        head = struct.pack(">hhih", _PRODUCE, version, number, 7) + b"foreign"
        self._socket.sendall(struct.pack(">i", len(head) + len(body)) + head + body)
        answer = self._exactly(struct.unpack(">i", self._exactly(4))[0])
        at = 4 + 4 + 2 + len(name) + 4 + 4  # correlation, topics, name, partitions, partition
        error, offset = struct.unpack_from(">hq", answer, at)
        return Answer(error, offset)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            found = self._socket.recv(count - len(data))
            if not found:
                raise ConnectionError("the broker hung up")
            data += found
        return data

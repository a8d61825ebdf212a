"""Records as bytes one after another in a file; a frame that was not written whole is told apart.

frame   length of the body (u32) | CRC-32 of the body (u32) | body
body    topic | key | value | name and value of each header, each as its length (i32, -1: there is none) and bytes
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from services.wire.codec.envelope import Record

_HEAD: Final = struct.Struct("<II")
_LENGTH: Final = struct.Struct("<i")


def frame(record: Record) -> bytes:
    """The record as one frame. The partition is not kept: it is the one that the key belongs to.

    >>> kept = Record("ad.impressions", b"u1", b"value", (("ce_id", b"i-1"),))
    >>> [record_in(body) == kept for body in bodies(frame(kept) + frame(kept)) if body]
    [True, True]
    """
    fields = [record.topic.encode(), record.key, record.value]
    for name, content in record.headers:
        fields += (name.encode(), content)
    body = b"".join(
        [part for field in fields for part in (_LENGTH.pack(-1 if field is None else len(field)), field or b"")]
    )
    return _HEAD.pack(len(body), zlib.crc32(body)) + body


def bodies(data: bytes) -> Iterator[bytes | None]:
    """The bodies in the order of their frames; None for a damaged one, and for an end that was not written whole."""
    at = 0
    while at < len(data):
        head, at = data[at : at + _HEAD.size], at + _HEAD.size
        length, checksum = _HEAD.unpack(head) if len(head) == _HEAD.size else (len(data), 0)
        body, at = data[at : at + length], at + length
        yield body if len(body) == length and zlib.crc32(body) == checksum else None


def record_in(body: bytes) -> Record:
    """The record of a body that `bodies` gave."""
    fields: list[bytes | None] = []
    at = 0
    while at < len(body):
        (length,) = _LENGTH.unpack_from(body, at)
        at += _LENGTH.size
        fields.append(None if length < 0 else body[at : at + length])
        at += max(length, 0)
    topic, key, value, *headers = fields
    pairs = tuple(((name or b"").decode(), content or b"") for name, content in zip(*[iter(headers)] * 2, strict=True))
    return Record((topic or b"").decode(), key, value, pairs)
